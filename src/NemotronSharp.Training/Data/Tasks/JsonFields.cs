using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.Tasks;

internal enum JsonKind { String, Integer, Number, Boolean, Enum, Array, Object }

/// <summary>One property of a schema with its value.</summary>
/// <param name="Key">As in the schema: <c>ship_color</c>.</param>
/// <param name="Words">As in the text: <c>ship color</c>.</param>
/// <param name="Kind">Its type.</param>
/// <param name="Value">What the answer holds; null for an object.</param>
/// <param name="Said">How the text and the reasoning say the value.</param>
/// <param name="Choices">The values of an enum.</param>
/// <param name="Inner">The properties of an object.</param>
internal sealed record JsonField(string Key, string Words, JsonKind Kind, JsonNode? Value, string Said, string[]? Choices = null, JsonField[]? Inner = null)
{
    public string Sentence(SeededRandom random) => Kind switch
    {
        JsonKind.Array => random.Pick($"The {Words} are {Said}.", $"As {Words} we have {Said}."),
        JsonKind.Boolean => $"Is it {Words}? {Tasks.Words.Capital(Said)}.",
        _ => random.Pick($"The {Words} {Is} {Said}.", $"The {Words} {Is} {Said}.", $"{Tasks.Words.Capital(Words)} {Is} {Said}.", $"It has the {Words} {Said}."),
    };

    private string Is => Words.EndsWith('s') && !Words.EndsWith("ss", StringComparison.Ordinal) && !Words.EndsWith("us", StringComparison.Ordinal) ? "are" : "is";
}

/// <summary>Draws properties: keys from a pool or put together of two words, some invented. Evaluation keys are never in training.</summary>
internal static class JsonFields
{
    private static readonly string[] _owners = "user order product ship room book film game house car team shop city garden school train ticket hotel letter table song client guest owner parcel engine machine project meal course tool plant animal bank store park trip road lake farm boat".Split(' ');

    private static readonly string[] _strings = "name title city country color street label status owner author brand model material category language currency department address".Split(' ');

    private static readonly string[] _integers = "age count year quantity size height floor pages points seats rank score number weeks stock speed level days miles".Split(' ');

    private static readonly string[] _numbers = "price weight length rate width temperature distance rating cost depth".Split(' ');

    private static readonly string[] _booleans = "active open paid new ready public urgent available broken free full sold clean safe used closed local secret".Split(' ');

    private static readonly string[] _arrays = "tags colors items friends foods animals things names tools toys cities guests".Split(' ');

    private static readonly string[][] _enums =
    [
        ["low", "medium", "high"], ["small", "medium", "large"], ["red", "green", "blue"], ["new", "used"], ["north", "south", "east", "west"], ["open", "closed", "locked"], ["cat", "dog", "bird"],
        ["cash", "card"], ["car", "bus", "train"], ["spring", "summer", "autumn", "winter"], ["hot", "cold", "warm"], ["morning", "noon", "evening"], ["gold", "silver", "bronze"], ["draft", "sent", "done"],
    ];

    private static readonly string[] _enumKeys = "priority size type kind class state mode option choice group quality phase season direction".Split(' ');

    private static readonly string[] _objects = "address contact details owner place maker info data person item".Split(' ');

    public static JsonField[] Draw(TaskContext context, int count, bool nested)
    {
        var keys = new HashSet<string>();
        var fields = Distinct(context, count, keys);
        if (nested)
        {
            string key = Key(context, _objects, keys);
            fields.Insert(context.Random.Next(fields.Count + 1), new JsonField(key, Words(key), JsonKind.Object, null, "", Inner: [.. Distinct(context, context.Random.Between(1, 3), keys)]));
        }
        return [.. fields];
    }

    private static List<JsonField> Distinct(TaskContext context, int count, HashSet<string> keys) => [.. Enumerable.Range(0, count).Select(_ => Field(context, keys))];

    private static JsonField Field(TaskContext context, HashSet<string> keys)
    {
        var random = context.Random;
        var kind = random.Next(20) switch { < 8 => JsonKind.String, < 12 => JsonKind.Integer, < 14 => JsonKind.Number, < 16 => JsonKind.Boolean, < 18 => JsonKind.Enum, _ => JsonKind.Array };
        string key = Key(context, kind switch
        {
            JsonKind.String => _strings,
            JsonKind.Integer => _integers,
            JsonKind.Number => _numbers,
            JsonKind.Boolean => _booleans,
            JsonKind.Enum => _enumKeys,
            _ => _arrays,
        }, keys);
        JsonField Make(JsonNode value, string said, string[]? choices = null) => new(key, Words(key), kind, value, said, choices);
        switch (kind)
        {
            case JsonKind.Integer:
                int whole = random.Between(1, random.Pick(20, 99, 999, 2050));
                return Make(whole, $"{whole}");
            case JsonKind.Number:
                string digits = $"{random.Between(0, 99)}.{random.Between(1, 9)}";
                return Make(JsonNode.Parse(digits)!, digits);
            case JsonKind.Boolean:
                bool yes = random.Chance(50);
                return Make(yes, yes ? "yes" : "no");
            case JsonKind.Enum:
                string[] choices = random.Pick(_enums);
                string chosen = random.Pick(choices);
                return Make(chosen, chosen, choices);
            case JsonKind.Array:
                string[] items = [.. Enumerable.Range(0, random.Between(1, 4)).Select(_ => Item(context, key)).Distinct()];
                return Make(new JsonArray([.. items.Select(i => (JsonNode)i)]), string.Join(", ", items));
            default:
                string text = Text(context, key);
                return Make(text, text);
        }
    }

    // One word, two words, or an invented one; snake case or camel case.
    private static string Key(TaskContext context, string[] names, HashSet<string> taken)
    {
        var random = context.Random;
        return context.Draw(() =>
        {
            string name = random.Pick(names);
            int form = random.Next(10);
            string first = form < 8 ? random.Pick(_owners) : Tasks.Words.Invented(random);
            return form < 3 ? name : random.Chance(80) ? $"{first}_{name}" : first + Tasks.Words.Capital(name);
        }, key => context.Split.Key(key) && taken.Add(key));
    }

    /// <summary>The words of a key: <c>shipColor</c> and <c>ship_color</c> are both "ship color".</summary>
    private static string Words(string key) => string.Concat(key.Select(c => c == '_' ? " " : char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}"));

    private static string Item(TaskContext context, string key) =>
        key.EndsWith("olors", StringComparison.Ordinal) ? context.Random.Pick(Tasks.Words.Colors)
        : key.EndsWith("riends", StringComparison.Ordinal) || key.EndsWith("uests", StringComparison.Ordinal) || key.EndsWith("ames", StringComparison.Ordinal) ? context.Person()
        : key.EndsWith("ities", StringComparison.Ordinal) ? context.Random.Pick(Tasks.Words.Cities)
        : key.EndsWith("nimals", StringComparison.Ordinal) ? context.Random.Pick(Tasks.Words.Animals)
        : context.Random.Chance(25) ? Tasks.Words.Invented(context.Random) : context.Random.Pick(Tasks.Words.Things);

    private static string Text(TaskContext context, string key)
    {
        var random = context.Random;
        bool Ends(string name) => key.EndsWith(name, StringComparison.OrdinalIgnoreCase);
        return Ends("name") || Ends("owner") || Ends("author") ? (random.Chance(50) ? context.Person() : context.FullName())
            : Ends("city") ? random.Pick(Tasks.Words.Cities)
            : Ends("country") ? random.Pick(Tasks.Words.Countries)
            : Ends("color") ? random.Pick(Tasks.Words.Colors)
            : Ends("street") || Ends("address") ? $"{random.Between(1, 150)} {random.Pick(Tasks.Words.Streets)}"
            : Ends("language") ? random.Pick(Tasks.Words.Languages)
            : Ends("brand") ? random.Pick(Tasks.Words.Companies)
            : context.Draw(() => random.Next(5) switch
            {
                0 => Tasks.Words.Invented(random),
                1 => Tasks.Words.Code(random),
                2 => $"{random.Pick(Tasks.Words.Adjectives)} {random.Pick(Tasks.Words.Things)}",
                _ => random.Pick(Tasks.Words.Things),
            }, context.Split.Phrase);
    }
}
