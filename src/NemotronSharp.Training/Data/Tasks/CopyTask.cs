namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Copying and looking up inside the prompt: the skills every tool call and every follow-up rests on.</summary>
internal static class CopyTask
{
    private static readonly string[] _repeat =
    [
        "Repeat: {0}", "Repeat after me: {0}", "Say {0}", "Say: {0}", "Please repeat: {0}", "Write: {0}", "Copy this: {0}", "Repeat the text: {0}", "Can you say {0}?", "Please say {0}",
        "Copy: {0}", "Please write {0}", "Print this text: {0}", "Repeat this exactly: {0}", "Type {0}", "{0}\n\nRepeat this.", "{0}\nCopy the text.", "Echo: {0}",
    ];

    public static Conversation Make(TaskContext context)
    {
        var conversation = new Conversation("copy", context.Thinks());
        conversation.System(context.System());
        int kind = context.Random.Next(100);
        if (kind < 34) Repeat(context, conversation);
        else if (kind < 70) LookUp(context, conversation);
        else if (kind < 82) Speakers(context, conversation);
        else Position(context, conversation);
        return conversation;
    }

    /// <summary>Plain text in which a list of words comes twice: an induction exercise, only the second half can be known.</summary>
    public static string Induction(SeededRandom random)
    {
        var words = Enumerable.Range(0, random.Between(6, 24)).Select(_ => random.Chance(60) ? Words.Invented(random) : random.Pick(Words.Things)).ToArray();
        string list = string.Join(' ', words);
        return $"{list}\n{list}\n{list}\n";
    }

    private static void Repeat(TaskContext context, Conversation conversation)
    {
        var random = context.Random;
        string text = Phrases.Draw(context);
        string asked = random.Chance(25) ? $"\"{text}\"" : text;
        conversation.User(string.Format(random.Pick(_repeat), asked));
        conversation.Assistant("I repeat the text.", text, Expectation.Says(text));
        if (!random.Chance(10)) return;
        conversation.User(random.Pick("Again.", "Say it again.", "Once more, please.", "Repeat that.")).Assistant("I repeat the text again.", text, Expectation.Says(text));
    }

    private static void LookUp(TaskContext context, Conversation conversation)
    {
        var random = context.Random;
        var facts = Facts.Draw(context, random.Chance(30) ? 1 : random.Between(2, 8));
        int asked = random.Next(facts.Length);
        string text = string.Join(random.Chance(75) ? " " : "\n", facts.Select(f => f.Sentence));
        string question = facts[asked].Question(random);
        switch (random.Next(4))
        {
            case 0: conversation.User(text).Assistant("The user tells me something.", "OK, I will remember that.").User(question); break;
            case 1: conversation.User($"{question}\n\n{text}"); break;
            default: conversation.User($"{text}{random.Pick(" ", "\n", "\n\n")}{question}"); break;
        }
        Answer(conversation, facts[asked]);
        for (int next = asked; facts.Length > 1 && random.Chance(25);)
        {
            next = (next + random.Between(1, facts.Length - 1)) % facts.Length;
            conversation.User(facts[next].Question(random));
            Answer(conversation, facts[next]);
        }
    }

    /// <summary>The answer to a question about a fact is the fact's own sentence.</summary>
    public static void Answer(Conversation conversation, Fact fact) =>
        conversation.Assistant($"The text says: {fact.Sentence}", fact.Sentence, Expectation.Says(Fact.Shown(fact.Sentence, fact.Value)));

    // Who said what: several speakers, quoted.
    private static void Speakers(TaskContext context, Conversation conversation)
    {
        var random = context.Random;
        string[] people = context.People(random.Between(1, 4)), lines = [.. people.Select(_ => Phrases.Draw(context))];
        int asked = random.Next(people.Length);
        bool colon = random.Chance(50);
        string text = string.Join(colon ? "\n" : " ", people.Select((p, i) => colon ? $"{p}: {lines[i]}" : $"{p} said: \"{lines[i]}\""));
        bool who = people.Length > 1 && lines.Distinct().Count() == lines.Length && random.Chance(30);
        conversation.User(text + random.Pick("\n", "\n\n") + (who
            ? random.Pick($"Who said \"{lines[asked]}\"?", $"Which person said \"{lines[asked]}\"?", $"Who said this: {lines[asked]}")
            : random.Pick($"What did {people[asked]} say?", $"Tell me what {people[asked]} said.", $"Repeat what {people[asked]} said.", $"What are the words of {people[asked]}?")));
        string answer = who ? $"{people[asked]} said it." : lines[asked];
        conversation.Assistant($"{people[asked]} said: {lines[asked]}", answer, Expectation.Says(answer));
    }

    // First, last, next item of a list.
    private static void Position(TaskContext context, Conversation conversation)
    {
        var random = context.Random;
        string[] items = [.. Enumerable.Range(0, random.Between(3, 8)).Select(_ => Phrases.Item(context)).Distinct()];
        string list = string.Join(random.Chance(75) ? ", " : "\n", items);
        int at = random.Next(items.Length - 1);
        var (which, answer) = random.Next(3) switch { 0 => ("first", items[0]), 1 => ("last", items[^1]), _ => ($"next after {items[at]}", items[at + 1]) };
        bool next = which[0] == 'n';
        string question = next
            ? random.Pick($"What comes after {items[at]}?", $"Which item comes after {items[at]}?", $"What is next after {items[at]}?", $"Tell me the item after {items[at]}.")
            : random.Pick($"What is the {which} item?", $"Which item comes {which}?", $"Tell me the {which} item.", $"What comes {which} in the list?");
        conversation.User(random.Chance(50) ? $"{list}\n{question}" : $"{question}\n{list}");
        string said = next ? $"After {items[at]} comes {answer}." : $"The {which} item is {answer}.";
        conversation.Assistant(said, said, Expectation.Says(next ? $"comes {answer}." : $"item is {answer}."));
    }
}
