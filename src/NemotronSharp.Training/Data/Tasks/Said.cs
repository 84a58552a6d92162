using System.Text.RegularExpressions;

namespace NemotronSharp.Training.Data.Tasks;

/// <summary>A sentence of a paragraph: a topic's form whose blanks are filled once, for the sentence and for the questions about it.</summary>
internal sealed partial class Said
{
    private readonly Dictionary<string, string> _values = [];
    private readonly TaskContext _context;

    public Said(TaskContext context, Topic topic, string form, string who)
    {
        (_context, Topic, Who) = (context, topic, who);
        _values["N"] = who;
        Text = Fill(form);
    }

    public Topic Topic { get; }

    public string Who { get; }

    public string Text { get; }

    public IReadOnlyList<Ask> Asks => Topic.Asks;

    /// <summary>Fills blanks such as {city}; {a:animal} has its article, {reason:capital} begins a sentence.</summary>
    public string Fill(string form) => Words.Capital(Value(form));

    /// <summary>The piece of the sentence that answers the question.</summary>
    public string Value(Ask ask) => Value(ask.Value);

    private string Value(string form) => Blank().Replace(form, match =>
    {
        string name = match.Groups["name"].Value;
        if (!_values.TryGetValue(name, out string? value)) _values[name] = value = Draw(name);
        return match.Groups["a"].Success ? Words.An(value) : match.Groups["capital"].Success ? Words.Capital(value) : value;
    });

    private string Draw(string name)
    {
        var random = _context.Random;
        return name switch
        {
            "M" => _context.Draw(_context.Person, p => p != Who),
            "city" => random.Pick(Words.Cities),
            "country" => random.Pick(Words.Countries),
            "company" => random.Pick(Words.Companies),
            "place" => random.Pick(Words.Places),
            "room" => random.Pick(Words.Rooms),
            "thing" => random.Pick(Words.Things),
            "things" => random.Pick(Words.Plurals),
            "animal" => random.Pick(Words.Animals),
            "pet" => random.Chance(50) ? _context.InventedName() : Words.Capital(random.Pick(Words.Things)),
            "food" => random.Pick(Words.Foods),
            "drink" => random.Pick(Words.Drinks),
            "adj" => random.Pick(Words.Adjectives),
            "color" => random.Pick(Words.Colors),
            "job" => random.Pick(Words.Professions),
            "hobby" => random.Pick(Words.Hobbies),
            "vehicle" => random.Pick(Words.Vehicles),
            "language" => random.Pick(Words.Languages),
            "day" => random.Pick(Words.Days),
            "month" => random.Pick(Words.Months),
            "time" => Words.Time(random),
            "num" => random.Between(2, 99).ToString(),
            "kin" => random.Pick("brother", "sister", "friend", "neighbor", "cousin", "teacher", "boss", "student", "uncle", "aunt"),
            "mood" => random.Pick(Words.Moods),
            "weather" => random.Pick(Words.Weathers),
            "state" => random.Pick("late", "slow", "full", "broken", "old", "lost", "gone", "too small", "too slow", "out of order", "not there", "very slow"),
            "reason" => Reason(random),
            _ => throw new FormatException($"no words for the blank '{name}'"),
        };
    }

    private static string Reason(SeededRandom random) => random.Next(6) switch
    {
        0 => $"the {random.Pick(Words.Things)} was {random.Pick("broken", "lost", "new", "ready", "gone", "too small", "too big", "dirty", "clean", "stolen", "found again")}",
        1 => $"the {random.Pick(Words.Animals)} ran away",
        2 => $"it was {random.Pick(Words.Days)}",
        3 => $"there was no {random.Pick(Words.Drinks)}",
        4 => $"the {random.Pick(Words.Places)} was closed",
        _ => $"a letter came from {random.Pick(Words.Cities)}",
    };

    [GeneratedRegex(@"\{(?<a>a:)?(?<name>\w+)(?<capital>:capital)?\}")]
    private static partial Regex Blank();
}
