using System.Globalization;

namespace NemotronSharp.Checkpoints;

/// <summary>The metadata of a GGUF file with typed access; every error names file and key.</summary>
internal sealed class GgufMetadata(string path, IReadOnlyDictionary<string, GgufValue> values)
{
    public string Path { get; } = path;

    public IReadOnlyDictionary<string, GgufValue> Values { get; } = values;

    public bool Has(string key) => Values.ContainsKey(key);

    /// <summary>A whole number of any width.</summary>
    public long Whole(string key, long least = 0, long most = int.MaxValue)
    {
        var value = Whole(key, Get(key));
        return value >= least && value <= most ? value : throw Error(key, value.ToString(CultureInfo.InvariantCulture), $"{least} to {most}");
    }

    /// <summary>The same, or a default if the key is absent.</summary>
    public long Whole(string key, long fallback, long least, long most) => Has(key) ? Whole(key, least, most) : fallback;

    /// <summary>A number.</summary>
    public double Number(string key) => Get(key).Value switch
    {
        double d => d,
        long l => l,
        ulong u => u,
        _ => throw Error(key, Get(key).ToString(), "a number"),
    };

    public bool Flag(string key, bool fallback) => !Has(key) ? fallback : Get(key).Value is bool flag ? flag : throw Error(key, Get(key).ToString(), "true or false");

    public string Text(string key) => Get(key).Value as string ?? throw Error(key, Get(key).ToString(), "a text");

    public string? TextOrNull(string key) => Has(key) ? Text(key) : null;

    /// <summary>An array of texts.</summary>
    public string[] Texts(string key) => Get(key).Value as string[] ?? throw Error(key, Get(key).ToString(), "an array of texts");

    /// <summary>Whole numbers for each of a number of layers: an array of that length, or one value for all.</summary>
    public int[] PerLayer(string key, int layers, int least = 0)
    {
        var value = Get(key);
        long[] numbers = value.Value switch
        {
            long[] array => array,
            ulong[] array => [.. array.Select(u => u > long.MaxValue ? long.MaxValue : (long)u)],
            _ => [.. Enumerable.Repeat(Whole(key, value), layers)],
        };
        if (numbers.Length != layers) throw Error(key, $"{numbers.Length} values", $"one or {layers}, the number of blocks");
        foreach (var number in numbers)
            if (number < least || number > int.MaxValue) throw Error(key, number.ToString(CultureInfo.InvariantCulture), $"{least} to {int.MaxValue}");
        return [.. numbers.Select(n => (int)n)];
    }

    public InvalidDataException Error(string key, string found, string expected) => new($"{Path}: metadata '{Excerpt.Of(key)}': found {found}, expected {expected}");

    private GgufValue Get(string key) => Values.TryGetValue(key, out var value) ? value : throw Error(key, "nothing", "a value");

    private long Whole(string key, GgufValue value) => value.Value switch
    {
        long l => l,
        ulong u and <= long.MaxValue => (long)u,
        _ => throw Error(key, value.ToString(), "a whole number"),
    };
}
