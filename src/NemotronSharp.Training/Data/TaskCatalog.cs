using NemotronSharp.Training.Data.Tasks;
using NemotronSharp.Training.Data.Tasks.Tools;

namespace NemotronSharp.Training.Data;

/// <summary>The generators by the name a recipe gives them.</summary>
internal static class TaskCatalog
{
    private static readonly Dictionary<string, TaskKind> _tasks = new()
    {
        ["sum"] = new(SumTask.Make),
        ["product"] = new(ProductTask.Make),
        ["word-problem"] = new(WordProblemTask.Make),
        ["tool-call"] = new(ToolCallTask.Make),
        ["no-tool"] = new(NoToolTask.Make),
        ["multi-step"] = new(MultiStepTask.Make),
        ["copy"] = new(CopyTask.Make),
        ["lookup-4k"] = new(LookupTask.Make, 4096),
        ["lookup-16k"] = new(LookupTask.Make, 16384),
        ["json"] = new(JsonTask.Make),
        ["chat"] = new(ChatTask.Make),
        ["paragraph"] = new(ParagraphTask.Make),
    };

    public static IReadOnlyCollection<string> Names => _tasks.Keys;

    /// <summary>
    /// An endless stream of conversations: the same seed, stream name, side and share of thinking give the same conversations.
    /// Tasks with long texts take a length in tokens (0: their own) and a supplier of texts (null: generated sentences).
    /// </summary>
    public static IEnumerable<Conversation> Generate(string task, string stream, ulong seed, bool heldOut, int thinkingPercent, int length = 0, IPassages? passages = null, int turns = 1)
    {
        var kind = _tasks[task];
        var random = SeededRandom.For(seed, $"{task} {stream} {(heldOut ? "held out" : "training")}");
        var context = new TaskContext(random, new Split(heldOut), thinkingPercent, length > 0 ? length : kind.Length, passages) { Turns = turns };
        while (true) yield return kind.Make(context);
    }

    /// <param name="Make">Makes one conversation.</param>
    /// <param name="Length">Its length in tokens, for tasks that have one.</param>
    private sealed record TaskKind(Func<TaskContext, Conversation> Make, int Length = 1024);
}
