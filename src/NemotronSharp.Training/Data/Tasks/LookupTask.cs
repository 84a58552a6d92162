namespace NemotronSharp.Training.Data.Tasks;

/// <summary>
/// Facts put at random places of a long text, and questions about them. A training text without reasoning holds many facts and is
/// asked about each; with reasoning a conversation is one sample per question, so there all questions stand in one message.
/// </summary>
internal static class LookupTask
{
    // Measured on the books with pico's tokenizer; TokensPerQuestion is a fact, its question, its answer and their template.
    private const double CharactersPerToken = 3.0, UsedShare = 0.95;
    private const int TokensPerFact = 16, TokensPerQuestion = 60, TokensAround = 50;

    public static Conversation Make(TaskContext context)
    {
        var random = context.Random;
        var conversation = new Conversation(context.Length > 8192 ? "lookup-16k" : "lookup-4k", context.Thinks());
        int most = context.Split.HeldOut ? 12 : Math.Clamp(context.Length / 100, 4, 40);
        bool single = context.Split.HeldOut || conversation.Thinking && random.Chance(40);
        var facts = Facts.Draw(context, single ? random.Between(1, Math.Min(most, 12)) : random.Between(Math.Max(2, most / 3), most));
        int tokens = (int)(UsedShare * context.Length) - TokensAround - facts.Length * (single ? TokensPerFact : TokensPerQuestion);
        string text = Hide(context, conversation, facts, (int)(CharactersPerToken * tokens));

        random.Shuffle(facts);
        string begin = random.Pick("", "", "Read this text.\n\n", "Text:\n\n", "Here is a text:\n\n") + text + "\n\n";
        if (single)
        {
            conversation.User(begin + facts[0].Question(random));
            CopyTask.Answer(conversation, facts[0]);
        }
        else if (conversation.Thinking)
        {
            string[] sentences = [.. facts.Select(f => f.Sentence)];
            conversation.User(begin + string.Join('\n', facts.Select(f => f.Question(random))));
            conversation.Assistant($"The text says: {string.Join(' ', sentences)}", string.Join('\n', sentences), Expectation.Says([.. facts.Select(f => Fact.Shown(f.Sentence, f.Value))]));
        }
        else
            for (int i = 0; i < facts.Length; i++)
            {
                conversation.User((i == 0 ? begin : "") + facts[i].Question(random));
                CopyTask.Answer(conversation, facts[i]);
            }
        return conversation;
    }

    // Puts each fact after the end of some sentence.
    private static string Hide(TaskContext context, Conversation conversation, Fact[] facts, int characters)
    {
        var passage = context.Passages.Draw(context.Random, context.Split, Math.Max(200, characters));
        var ends = Enumerable.Range(1, passage.Text.Length - 1).Where(i => char.IsWhiteSpace(passage.Text[i]) && passage.Text[i - 1] is '.' or '?' or '!').ToArray();
        if (ends.Length == 0) ends = [passage.Text.Length];
        Insertion[] inserts = [.. facts.Select(f => new Insertion(context.Random.Pick(ends), $" {f.Sentence}")).OrderBy(i => i.Offset)];
        string text = DocumentSlice.Expand(passage.Text, inserts);
        if (passage.Source is not null) conversation.Document = new DocumentSlice(passage.Source, passage.Line, passage.Start, passage.Text.Length, inserts, text);
        return text;
    }
}
