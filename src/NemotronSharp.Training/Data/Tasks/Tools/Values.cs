using static NemotronSharp.Training.Data.Tasks.Words;

namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>Draws the values that users say: known words, words that do not exist, and values of two and three words.</summary>
internal static class Values
{
    private static readonly string[] _mailHosts = ["mail.com", "post.net", "web.org", "home.net", "work.com", "box.org", "example.com", "test.org"];

    private static readonly string[] _longCities = [.. Cities.Where(city => city.Contains(' '))];

    public static string City(TaskContext c) => c.Random.Next(10) switch
    {
        < 5 => c.Random.Pick(Cities),
        < 8 => c.Random.Pick(_longCities),
        8 => Capital(Invented(c.Random)),
        _ => $"{c.Random.Pick("New", "Old", "North", "South", "West", "East", "Port", "San", "Lake", "Fort")} {Capital(Invented(c.Random))}",
    };

    public static string Person(TaskContext c) => c.Random.Next(10) switch
    {
        < 3 => c.Person(),
        < 8 => $"{c.Person()} {c.Random.Pick(LastNames)}",
        8 => $"{c.Person()} {Capital(Invented(c.Random))}",
        _ => Capital(Invented(c.Random)),
    };

    /// <summary>A name that a thing, place or work may bear.</summary>
    public static string Title(TaskContext c) => c.Random.Next(8) switch
    {
        0 => Capital(Invented(c.Random)),
        1 => $"{Capital(Invented(c.Random))} {Capital(c.Random.Pick(Things))}",
        2 => Capital(c.Random.Pick(Things)),
        3 => $"{Capital(c.Random.Pick(Adjectives))} {Capital(Invented(c.Random))}",
        4 => $"The {Capital(c.Random.Pick(Adjectives))} {Capital(c.Random.Pick(Things))}",
        5 => $"{Capital(c.Random.Pick(Things))} {c.Random.Between(1, 99)}",
        _ => $"{Capital(c.Random.Pick(Adjectives))} {Capital(c.Random.Pick(Things))}",
    };

    public static string Word(TaskContext c) => c.Random.Chance(40) ? Invented(c.Random) : c.Random.Pick(Things);

    public static string Item(TaskContext c) => c.Random.Next(4) switch
    {
        0 => $"{c.Random.Pick(Adjectives)} {c.Random.Pick(Things)}",
        1 => $"{c.Random.Pick(Things)} {c.Random.Pick(Things)}",
        _ => Word(c),
    };

    /// <summary>Free text of one to six words; the sentence quotes it.</summary>
    public static string Text(TaskContext c)
    {
        var random = c.Random;
        return random.Next(9) switch
        {
            0 => random.Pick("Hello!", "I am late.", "See you soon.", "Thank you!", "Good luck!", "I am home.", "Call me back.", "Happy birthday!", "Well done!", "Please wait.", "On my way."),
            1 => $"See you on {random.Pick(Days)}.",
            2 => $"The {random.Pick(Things)} is {random.Pick(Adjectives)}.",
            3 => $"Please bring the {random.Pick(Things)}.",
            4 => $"I am in {City(c)}.",
            5 => $"buy {random.Pick(Things)} and {random.Pick(Things)}",
            6 => $"{random.Pick("call", "meet", "visit", "help", "ask")} {Person(c)}",
            7 => $"{random.Pick(Adjectives)} {Invented(random)} {random.Pick(Things)}",
            _ => $"{random.Pick(Topics)} {random.Pick("lesson", "meeting", "game", "class", "show", "plan")}",
        };
    }

    public static string Date(TaskContext c) => c.Random.Chance(60)
        ? $"202{c.Random.Between(4, 9)}-{c.Random.Between(1, 12):D2}-{c.Random.Between(1, 28):D2}"
        : $"{c.Random.Pick(Months)} {c.Random.Between(1, 28)}";

    public static string Time(TaskContext c) => $"{c.Random.Between(0, 23)}:{c.Random.Between(0, 59):D2}";

    public static string Mail(TaskContext c)
    {
        string name = c.Random.Chance(70) ? c.Person().ToLowerInvariant() : Invented(c.Random);
        if (c.Random.Chance(30)) name += "." + c.Random.Pick(LastNames).ToLowerInvariant();
        return $"{name}@{c.Random.Pick(_mailHosts)}";
    }

    public static string Path(TaskContext c)
    {
        string folder = c.Random.Chance(50) ? "" : c.Random.Pick("docs/", "data/", "/tmp/", "home/", "notes/", $"{Word(c)}/");
        return $"{folder}{Word(c)}.{c.Random.Pick("txt", "md", "csv", "json", "log", "pdf", "png")}";
    }

    public static string Id(TaskContext c) => c.Random.Next(5) switch
    {
        0 => $"{(char)('A' + c.Random.Next(26))}{c.Random.Between(1, 999)}",
        1 => $"{(char)('A' + c.Random.Next(26))}{(char)('A' + c.Random.Next(26))}-{c.Random.Between(10, 999)}",
        2 => c.Random.Between(100, 99999).ToString(),
        _ => $"{(char)('A' + c.Random.Next(26))}-{c.Random.Between(10, 9999)}",
    };

    public static string Address(TaskContext c) => $"{c.Random.Between(1, 99)} {(c.Random.Chance(70) ? c.Random.Pick(Streets) : Capital(Invented(c.Random)) + " Street")}";

    public static string Phone(TaskContext c) => $"{c.Random.Between(200, 999)}-{c.Random.Between(1000, 9999)}";

    public static string Site(TaskContext c) => $"www.{Word(c)}.{c.Random.Pick("com", "org", "net")}";

    public static string Decimal(TaskContext c) => c.Random.Chance(40) ? c.Random.Between(1, 500).ToString() : $"{c.Random.Between(0, 99)}.{c.Random.Between(1, 9)}";

    /// <summary>Two or three words, said with commas.</summary>
    public static string List(TaskContext c) => string.Join(", ", Enumerable.Range(0, c.Random.Between(2, 3)).Select(_ => Word(c)).Distinct());

    public static Func<TaskContext, string> From(params string[] words) => c => c.Random.Pick(words);

    public static Func<TaskContext, string> Number(int low, int high) => c => c.Random.Between(low, high).ToString();
}
