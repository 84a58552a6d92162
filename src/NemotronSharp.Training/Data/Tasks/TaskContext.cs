namespace NemotronSharp.Training.Data.Tasks;

/// <summary>What every generator draws from: the random numbers, the side of the split, and how often the assistant thinks.</summary>
/// <param name="random">Every choice is drawn from it.</param>
/// <param name="split">Training or evaluation.</param>
/// <param name="thinkingPercent">How many conversations reason before they answer.</param>
/// <param name="length">About how many tokens a long conversation fills; only look-ups in long texts use it.</param>
/// <param name="passages">The long texts; null: plain generated sentences.</param>
internal sealed class TaskContext(SeededRandom random, Split split, int thinkingPercent, int length = 1024, IPassages? passages = null)
{
    private static readonly string[] _systems =
    [
        "You are a helpful assistant.", "You are pico.", "Be brief.", "You are a helpful assistant. Answer briefly.", "Answer the user's questions.",
        "You are a friendly assistant.", "You are pico, a small assistant.", "Be kind and short.", "You are an assistant that can use tools.",
        "Help the user.", "You are a careful assistant.", "Keep your answers short.",
    ];

    public SeededRandom Random { get; } = random;

    public Split Split { get; } = split;

    public int Length { get; } = length;

    /// <summary>Most requests of a conversation about the same tools.</summary>
    public int Turns { get; init; } = 1;

    public IPassages Passages { get; } = passages ?? new PlainPassages();

    public bool Thinks() => Random.Chance(thinkingPercent);

    /// <summary>No system prompt in most conversations, else one of a dozen.</summary>
    public string? System() => Random.Chance(65) ? null : Random.Pick(_systems);

    public string Person() => Draw(Words.People, Split.Person);

    /// <summary>A name that nobody has.</summary>
    public string InventedName() => Draw(() => Words.Capital(Words.Invented(Random)), Split.Person);

    /// <summary>First and last name.</summary>
    public string FullName() => $"{Person()} {Random.Pick(Words.LastNames)}";

    /// <summary>So many names, no first name twice.</summary>
    public string[] People(int count)
    {
        var people = new List<string>();
        while (people.Count < count)
        {
            string person = Person();
            if (!people.Contains(person)) people.Add(person);
        }
        return [.. people];
    }

    /// <summary>Draws until the item lies on this side of the split.</summary>
    public T Draw<T>(IReadOnlyList<T> items, Func<T, bool> belongs) => Draw(() => Random.Pick(items), belongs);

    /// <summary>Draws until the item lies on this side of the split.</summary>
    public T Draw<T>(Func<T> draw, Func<T, bool> belongs)
    {
        for (int attempt = 0; attempt < 10_000; attempt++)
        {
            var item = draw();
            if (belongs(item)) return item;
        }
        throw new InvalidOperationException($"10,000 draws gave nothing on the {(Split.HeldOut ? "held-out" : "training")} side of the split");
    }
}
