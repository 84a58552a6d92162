namespace NemotronSharp.Training.Data.Tasks;

/// <summary>What every generator draws from: the random numbers, the side of the split, and how often the assistant thinks.</summary>
internal sealed class TaskContext(SeededRandom random, Split split, int thinkingPercent)
{
    private static readonly string[] _systems =
    [
        "You are a helpful assistant.", "You are pico.", "Be brief.", "You are a helpful assistant. Answer briefly.", "Answer the user's questions.",
        "You are a friendly assistant.", "You are pico, a small assistant.", "Be kind and short.", "You are an assistant that can use tools.",
        "Help the user.", "You are a careful assistant.", "Keep your answers short.",
    ];

    public SeededRandom Random { get; } = random;

    public Split Split { get; } = split;

    public bool Thinks() => Random.Chance(thinkingPercent);

    /// <summary>No system prompt in most conversations, else one of a dozen.</summary>
    public string? System() => Random.Chance(65) ? null : Random.Pick(_systems);

    public string Person() => Draw(Words.People, Split.Person);

    /// <summary>Draws until the item lies on this side of the split.</summary>
    public T Draw<T>(IReadOnlyList<T> items, Func<T, bool> belongs)
    {
        for (int attempt = 0; attempt < 10_000; attempt++)
        {
            var item = Random.Pick(items);
            if (belongs(item)) return item;
        }
        throw new InvalidOperationException($"none of {items.Count} items lies on the {(Split.HeldOut ? "held-out" : "training")} side of the split");
    }
}
