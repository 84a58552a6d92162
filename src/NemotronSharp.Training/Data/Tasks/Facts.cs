namespace NemotronSharp.Training.Data.Tasks;

/// <summary>A fact in one sentence, and how one asks for its value. The questions repeat the key words of the sentence.</summary>
/// <param name="Key">What the fact is about; no two facts of a text share it.</param>
/// <param name="Sentence">The fact, in words that also answer the question.</param>
/// <param name="Value">What is asked; it stands in the sentence.</param>
/// <param name="Questions">Ways to ask.</param>
internal sealed record Fact(string Key, string Sentence, string Value, string[] Questions)
{
    public string Question(SeededRandom random) => random.Pick(Questions);

    /// <summary>A value inside an answer with the characters around it, so that 7 is not found in 17.</summary>
    public static string Shown(string answer, string value)
    {
        int at = answer.LastIndexOf(value, StringComparison.Ordinal);
        return answer[Math.Max(0, at - 1)..Math.Min(answer.Length, at + value.Length + 1)];
    }
}

/// <summary>Draws facts of many relations. Names are those of this side of the split, values are open.</summary>
internal static class Facts
{
    private const int Relations = 14;

    private static readonly string[] _numbers = Pool("key, code, number, room number, seat number, ticket number, phone number, order number, box number, locker number, pin");

    private static readonly string[] _codes = Pool("access code, secret code, password, license plate, flight number, product code, locker code, door code, member code, badge code");

    private static readonly string[] _words = Pool("secret word, magic word, code word, nickname, boat name, team name, first word, pass word");

    private static string[] Pool(string names) => names.Split(", ");

    /// <summary>So many facts with different keys; half of the time many share one relation, so that only the key tells them apart.</summary>
    public static Fact[] Draw(TaskContext context, int count)
    {
        var random = context.Random;
        var keys = new HashSet<string>();
        var facts = new List<Fact>();
        int shared = random.Chance(50) ? random.Next(Relations) : -1;
        string attribute = Attribute(random);
        while (facts.Count < count)
        {
            var fact = shared >= 0 && random.Chance(75) ? Make(context, shared, attribute) : Make(context, random.Next(Relations), Attribute(random));
            if (keys.Add(fact.Key)) facts.Add(fact);
        }
        return [.. facts];
    }

    private static string Attribute(SeededRandom random) => random.Next(6) switch
    {
        0 or 1 => random.Pick(_numbers),
        2 or 3 => random.Pick(_codes),
        4 => random.Pick(_words),
        _ => random.Pick("favorite color", "home town", "pet", "favorite food", "job"),
    };

    private static string ValueOf(TaskContext context, string attribute)
    {
        var random = context.Random;
        return attribute switch
        {
            "favorite color" => random.Pick(Words.Colors),
            "home town" => random.Pick(Words.Cities),
            "pet" => $"{Words.An(random.Pick(Words.Animals))}",
            "favorite food" => random.Pick(Words.Foods),
            "job" => random.Pick(Words.Professions),
            _ when _codes.Contains(attribute) => Words.Code(random),
            _ when _words.Contains(attribute) => random.Chance(50) ? Words.Invented(random) : random.Pick(Words.Things),
            _ => random.Between(1, random.Pick(99, 999, 99999)).ToString(),
        };
    }

    // A person, full or by one name, or something with an invented name.
    private static string Owner(TaskContext context)
    {
        var random = context.Random;
        return random.Next(10) switch
        {
            < 4 => context.Person(),
            < 7 => context.FullName(),
            _ => context.InventedName(),
        };
    }

    private static Fact Make(TaskContext context, int relation, string attribute)
    {
        var random = context.Random;
        string who = Owner(context), thing = random.Pick(Words.Things), how = random.Pick(Words.Adjectives), value = ValueOf(context, attribute);
        string place = random.Pick(Words.Places), box = $"{random.Pick(Words.Adjectives)} {random.Pick("box", "bag", "drawer", "basket", "chest", "jar", "cupboard", "case")}", day = random.Pick(Words.Days), time = Words.Time(random);
        string city = random.Pick(Words.Cities), company = random.Pick(Words.Companies), things = random.Pick(Words.Plurals), number = random.Between(2, 999).ToString();
        string name = who.Split(' ')[0]; // "Anna" and "Anna Lind" in one text would be ambiguous
        return relation switch
        {
            0 or 1 or 2 => new($"{attribute} {name}", $"The {attribute} of {who} is {value}.", value,
                [$"What is the {attribute} of {who}?", $"What is the {attribute} of {who}?", $"Tell me the {attribute} of {who}.", $"What is {who}'s {attribute}?"]),
            3 or 4 => new($"{attribute} {name}", $"{who}'s {attribute} is {value}.", value,
                [$"What is {who}'s {attribute}?", $"Tell me {who}'s {attribute}.", $"What is the {attribute} of {who}?"]),
            5 => new($"keeps {name} {thing}", $"{who} keeps the {thing} in the {box}.", box, [$"Where does {who} keep the {thing}?", $"In what does {who} keep the {thing}?"]),
            6 => new($"lives {name}", $"{who} lives in {city}.", city, [$"Where does {who} live?", $"In which city does {who} live?"]),
            7 => new($"meets {name}", $"{who} comes on {day} at {time}.", time, [$"At what time does {who} come?", $"When does {who} come?"]),
            8 => new($"cost {how} {thing}", $"The {how} {thing} costs {number} dollars.", $"{number} dollars", [$"How much does the {how} {thing} cost?", $"What does the {how} {thing} cost?"]),
            9 => new($"is {how} {thing}", $"The {how} {thing} is in the {place}.", place, [$"Where is the {how} {thing}?", $"Tell me where the {how} {thing} is."]),
            10 => new($"works {name}", $"{who} works for {company}.", company, [$"For whom does {who} work?", $"Which company does {who} work for?"]),
            11 => new($"bought {name} {thing}", $"{who} bought the {thing} in {city}.", city, [$"Where did {who} buy the {thing}?", $"In which city did {who} buy the {thing}?"]),
            12 => new($"has {name} {things}", $"{who} has {number} {things}.", number, [$"How many {things} does {who} have?"]),
            _ => new($"leaves {city}", $"The train to {city} leaves at {time}.", time, [$"When does the train to {city} leave?", $"At what time does the train to {city} leave?"]),
        };
    }
}
