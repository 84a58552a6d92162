namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Texts to repeat: words, lists, sentences, codes, numbers, invented words. 1 in 20 is never seen in training.</summary>
internal static class Phrases
{
    public static string Draw(TaskContext context) => context.Draw(() => Any(context), context.Split.Phrase);

    /// <summary>A short item of a list, of one to three words.</summary>
    public static string Item(TaskContext context) => context.Draw(() => AnyItem(context), context.Split.Phrase);

    private static string AnyItem(TaskContext context)
    {
        var random = context.Random;
        return random.Next(10) switch
        {
            0 or 1 => Words.Invented(random),
            2 => $"{random.Pick(Words.Adjectives)} {random.Pick(Words.Things)}",
            3 => random.Pick(Words.Cities),
            4 => random.Pick(Words.Animals),
            5 => random.Pick(Words.Foods),
            6 => Words.Code(random),
            7 => context.Person(),
            _ => random.Pick(Words.Things),
        };
    }

    private static string Any(TaskContext context)
    {
        var random = context.Random;
        return random.Next(16) switch
        {
            0 => Words.Invented(random),
            1 => $"{Words.Invented(random)} {Words.Invented(random)}",
            2 => string.Join(' ', Enumerable.Range(0, random.Between(3, 6)).Select(_ => random.Chance(50) ? Words.Invented(random) : random.Pick(Words.Things))),
            3 => random.Between(1, 99999).ToString(),
            4 => string.Join(' ', Enumerable.Range(0, random.Between(2, 6)).Select(_ => random.Between(0, 99))),
            5 => Words.Code(random),
            6 => $"the {random.Pick(Words.Adjectives)} {random.Pick(Words.Things)}",
            7 => $"{context.Person()} likes {random.Pick(Words.Foods)} and {random.Pick(Words.Drinks)}.",
            8 => $"The {random.Pick(Words.Adjectives)} {random.Pick(Words.Things)} is in {random.Pick(Words.Cities)}.",
            9 => string.Join(", ", Enumerable.Range(0, random.Between(2, 6)).Select(_ => AnyItem(context))),
            10 => $"{context.FullName()}, {random.Between(1, 150)} {random.Pick(Words.Streets)}, {random.Pick(Words.Cities)}",
            11 => $"I saw {Words.An(random.Pick(Words.Adjectives))} {random.Pick(Words.Animals)} near the {random.Pick(Words.Places)} at {Words.Time(random)}.",
            12 => $"{random.Pick("Please bring", "Do not forget", "I need", "She wants", "We bought", "They lost")} the {random.Pick(Words.Things)} and the {random.Pick(Words.Things)}.",
            13 => $"{random.Pick(Words.Days)}, {random.Between(1, 28)} {random.Pick(Words.Months)}",
            14 => $"{context.InventedName()} is a {random.Pick(Words.Professions)} at {random.Pick(Words.Companies)}.",
            _ => random.Pick(Words.Things),
        };
    }
}
