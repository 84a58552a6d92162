namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Calendar, languages, topics, and words that do not exist.</summary>
internal static partial class Words
{
    public static string[] Days { get; } = Of("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");

    public static string[] Months { get; } = Of("January February March April May June July August September October November December");

    public static string[] Languages { get; } = Of("German French Spanish Italian Polish Japanese Chinese Dutch Greek Turkish Russian Portuguese Swedish Danish Finnish Arabic Hindi Korean Czech Hungarian");

    public static string[] Topics { get; } = List("""
        music, sports, science, history, art, space, weather, health, money, politics, games, film, travel, food, nature, football, chess, books, the ocean, old cars, volcanoes,
        modern art, computers, cooking, gardening, dinosaurs, medicine, poetry, robots, trains, birds, mountains, fashion, languages, physics, the stars
        """);

    private static readonly string[] _onsets = Of("b d f g h k l m n p r s t v z br dr gr kr pl st tr sh");

    private static readonly string[] _vowels = Of("a e i o u a e i o ai ou");

    private static readonly string[] _codas = ["", "", "", "n", "r", "l", "s", "m", "t", "k"];

    /// <summary>A word that does not exist: only copying can get it right.</summary>
    public static string Invented(SeededRandom random)
    {
        string word = "";
        for (int syllables = random.Between(2, 3); syllables > 0; syllables--)
            word += random.Pick(_onsets) + random.Pick(_vowels) + random.Pick(_codas);
        return word;
    }

    /// <summary>A code of letters and digits: K7, B204, XT-51, 48213.</summary>
    public static string Code(SeededRandom random) => random.Next(6) switch
    {
        0 => $"{Letter(random)}{random.Between(1, 99)}",
        1 => $"{Letter(random)}{random.Between(100, 999)}",
        2 => $"{Letter(random)}{Letter(random)}-{random.Between(10, 99)}",
        3 => random.Between(1000, 9999).ToString(),
        4 => $"{Letter(random)}{random.Between(1, 9)}{Letter(random)}{random.Between(1, 9)}",
        _ => random.Between(10000, 99999).ToString(),
    };

    /// <summary>A time of day as people write it: 7:30, 14:05.</summary>
    public static string Time(SeededRandom random) => $"{random.Between(6, 22)}:{random.Pick("00", "15", "30", "45", "10", "20", "40", "50", "05")}";

    public static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    public static string LowerFirst(string text) => char.ToLowerInvariant(text[0]) + text[1..];

    /// <summary>The noun with its article, by the letter it begins with.</summary>
    public static string An(string noun) => ("aeiou".Contains(noun[0]) ? "an " : "a ") + noun;

    private static char Letter(SeededRandom random) => "ABCDEFGHJKLMNPQRSTUVWXYZ"[random.Next(24)];
}
