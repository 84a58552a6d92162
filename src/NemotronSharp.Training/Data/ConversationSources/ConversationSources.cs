using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Data.ConversationSources;

/// <summary>The readers of published conversations by the name a recipe gives them: from an opened file and its path to a stream of conversations.</summary>
internal static class ConversationSources
{
    public static IReadOnlyDictionary<string, Func<TextReader, string, TaskContext, IEnumerable<Conversation>>> All { get; } =
        new Dictionary<string, Func<TextReader, string, TaskContext, IEnumerable<Conversation>>>
        {
            ["sgd"] = SgdDialogues.Read,
            ["gsm8k"] = Gsm8k.Read,
            ["commonsense-qa"] = CommonsenseQa.Read,
        };
}
