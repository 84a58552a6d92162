using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Data;

/// <summary>The generators by the name a recipe gives them.</summary>
internal static class TaskCatalog
{
    private static readonly Dictionary<string, Func<TaskContext, Conversation>> _tasks = new()
    {
        ["sums"] = SumTask.Make,
        ["tools"] = ToolTask.Make,
        ["chat"] = ChatTask.Make,
        ["copy"] = CopyTask.Make,
    };

    public static IReadOnlyCollection<string> Names => _tasks.Keys;

    /// <summary>An endless stream of conversations: the same seed, stream name, side and share of thinking give the same conversations.</summary>
    public static IEnumerable<Conversation> Generate(string task, string stream, ulong seed, bool heldOut, int thinkingPercent)
    {
        var context = new TaskContext(SeededRandom.For(seed, $"{task} {stream} {(heldOut ? "held out" : "training")}"), new Split(heldOut), thinkingPercent);
        while (true) yield return _tasks[task](context);
    }
}
