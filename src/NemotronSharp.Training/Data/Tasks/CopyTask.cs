namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Copying and looking up inside the prompt: the skills every tool call and every follow-up rests on.</summary>
internal static class CopyTask
{
    private static readonly string[] _repeat =
    [
        "Repeat: {0}", "Repeat after me: {0}", "Say {0}", "Say: {0}", "Please repeat: {0}", "Write: {0}", "Copy this: {0}", "Repeat the text: {0}", "Can you say {0}?", "Please say {0}",
    ];

    private static readonly string[] _attributes = ["key", "code", "number", "room", "color", "word", "city", "seat"];

    public static Conversation Make(TaskContext context)
    {
        var conversation = new Conversation("copy", context.Thinks());
        conversation.System(context.System());
        int kind = context.Random.Next(100);
        if (kind < 35) Repeat(context, conversation);
        else if (kind < 80) LookUp(context, conversation);
        else Ends(context, conversation);
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
        string text = Phrase(context);
        string asked = random.Chance(25) ? $"\"{text}\"" : text;
        conversation.User(string.Format(random.Pick(_repeat), asked));
        conversation.Assistant("I repeat the text.", text, Expectation.Says(text));
    }

    private static void LookUp(TaskContext context, Conversation conversation)
    {
        var random = context.Random;
        int count = random.Between(1, 4);
        var people = new List<string>();
        while (people.Count < count)
        {
            string person = random.Chance(80) ? context.Person() : Words.Capital(Words.Invented(random));
            if (!people.Contains(person)) people.Add(person);
        }
        string attribute = random.Pick(_attributes);
        var values = people.Select(_ => attribute switch
        {
            "color" => random.Pick(Words.Colors),
            "word" => random.Chance(50) ? random.Pick(Words.Things) : Words.Invented(random),
            "city" => random.Pick(Words.Cities),
            "code" => $"{(char)('A' + random.Next(26))}{random.Between(10, 99)}",
            _ => random.Between(1, 999).ToString(),
        }).ToArray();
        int asked = random.Next(count);
        int form = random.Next(3);
        string facts = string.Join(' ', people.Select((p, i) => form switch
        {
            0 => $"{p}'s {attribute} is {values[i]}.",
            1 => $"{p} has the {attribute} {values[i]}.",
            _ => $"The {attribute} of {p} is {values[i]}.",
        }));
        string question = random.Pick($"What is {people[asked]}'s {attribute}?", $"What is {people[asked]}'s {attribute}?", $"What is the {attribute} of {people[asked]}?", $"Tell me {people[asked]}'s {attribute}.");
        string answer = $"{people[asked]}'s {attribute} is {values[asked]}.";
        if (random.Chance(25))
        {
            conversation.User(facts).Assistant("The user tells me something.", "OK, I will remember that.").User(question);
        }
        else conversation.User($"{facts} {question}");
        conversation.Assistant($"The text says: {people[asked]}, {attribute} {values[asked]}.", answer, Expectation.Says(answer));
        if (count > 1 && random.Chance(20))
        {
            int other = (asked + 1) % count;
            conversation.User(random.Pick($"And {people[other]}'s?", $"And {people[other]}'s {attribute}?", $"What is {people[other]}'s {attribute}?"));
            conversation.Assistant($"The text says: {people[other]}, {attribute} {values[other]}.", $"{people[other]}'s {attribute} is {values[other]}.", Expectation.Says($"{people[other]}'s {attribute} is {values[other]}."));
        }
    }

    private static void Ends(TaskContext context, Conversation conversation)
    {
        var random = context.Random;
        var words = Enumerable.Range(0, random.Between(3, 6)).Select(_ => Word(context)).ToArray();
        bool first = random.Chance(50);
        string end = first ? "first" : "last", answer = first ? words[0] : words[^1];
        string list = string.Join(", ", words);
        conversation.User(random.Pick($"What is the {end} word: {list}?", $"{list}. What is the {end} word?", $"Which word comes {end}: {list}?", $"Tell me the {end} word of: {list}"));
        conversation.Assistant($"The {end} word is {answer}.", $"The {end} word is {answer}.", Expectation.Says($"word is {answer}."));
    }

    private static string Word(TaskContext context)
    {
        while (true)
        {
            string word = context.Random.Chance(60) ? context.Random.Pick(Words.Things) : Words.Invented(context.Random);
            if (context.Split.Phrase(word)) return word;
        }
    }

    private static string Phrase(TaskContext context)
    {
        var random = context.Random;
        while (true)
        {
            string phrase = random.Next(8) switch
            {
                0 or 1 => Words.Invented(random),
                2 => $"{Words.Invented(random)} {Words.Invented(random)}",
                3 => random.Between(1, 99999).ToString(),
                4 => $"the {random.Pick(Words.Adjectives)} {random.Pick(Words.Things)}",
                5 => $"{context.Person()} likes the {random.Pick(Words.Things)}.",
                6 => $"The {random.Pick(Words.Adjectives)} {random.Pick(Words.Things)} is in {random.Pick(Words.Cities)}.",
                _ => random.Pick(Words.Things),
            };
            if (context.Split.Phrase(phrase)) return phrase;
        }
    }
}
