namespace NemotronSharp.State;

/// <summary>What stored keys and values of a layer are multiplied by to be those that were given; 1 but for FP8 caches.</summary>
internal readonly record struct CacheScales(float Key, float Value)
{
    public static CacheScales None { get; } = new(1, 1);
}
