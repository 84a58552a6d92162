using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.Tasks;

/// <summary>A small schema and a text: the answer is one JSON object with the schema's keys in their order, and nothing else.</summary>
internal static class JsonTask
{
    private static readonly JsonSerializerOptions _compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Conversation Make(TaskContext context)
    {
        var random = context.Random;
        var conversation = new Conversation("json", context.Thinks());
        bool nested = random.Chance(15);
        var fields = JsonFields.Draw(context, random.Between(1, nested ? 3 : 6), nested);
        string schema = JsonSchemas.Write(random, fields), text = Text(random, [.. Flat(fields)]);
        if (random.Chance(30))
        {
            conversation.System(string.Format(random.Pick("Answer with JSON only.\n{0}", "Answer with one JSON object of this form:\n{0}", "Reply in JSON by this schema:\n{0}", "You turn text into JSON.\n{0}"), schema));
            conversation.User(text);
        }
        else
        {
            conversation.System(context.System());
            conversation.User(string.Format(random.Pick("{1}\n\nGive this as JSON by the schema:\n{0}", "Schema:\n{0}\n\nText: {1}", "Fill this schema from the text. Answer only with JSON.\n{0}\n\n{1}", "{0}\n\nWrite as JSON: {1}",
                "Extract JSON from the text.\nText: {1}\nSchema: {0}", "Make a JSON object of this form:\n{0}\n\n{1}", "{1}\nAnswer with JSON like this:\n{0}"), schema, text));
        }
        var value = Object(fields);
        conversation.Assistant(string.Join(' ', Flat(fields).Select(f => $"{f.Key}: {f.Said}.")), Write(value), Expectation.IsJson(value));
        return conversation;
    }

    /// <summary>One line with a space after each colon and comma, as most JSON in prose is written.</summary>
    public static string Write(JsonNode? value) => value switch
    {
        JsonObject o => "{" + string.Join(", ", o.Select(p => $"{Write(p.Key)}: {Write(p.Value)}")) + "}",
        JsonArray a => "[" + string.Join(", ", a.Select(Write)) + "]",
        null => "null",
        _ => value.ToJsonString(_compact),
    };

    private static JsonObject Object(IReadOnlyList<JsonField> fields) =>
        new(fields.Select(f => KeyValuePair.Create(f.Key, f.Inner is null ? f.Value!.DeepClone() : (JsonNode?)Object(f.Inner))));

    private static IEnumerable<JsonField> Flat(IEnumerable<JsonField> fields) => fields.SelectMany(f => f.Inner ?? [f]);

    // The values in some order: sentences, a list, or lines.
    private static string Text(SeededRandom random, JsonField[] fields)
    {
        if (random.Chance(60)) random.Shuffle(fields);
        int form = random.Next(4);
        return form switch
        {
            0 => string.Join(", ", fields.Select(f => $"{f.Words}: {Listed(f)}")),
            1 => string.Join('\n', fields.Select(f => $"{f.Words}: {f.Said}")),
            _ => string.Join(' ', fields.Select(f => f.Sentence(random))),
        };
        // A list inside a list needs another separator.
        static string Listed(JsonField f) => f.Kind == JsonKind.Array ? f.Said.Replace(", ", " and ") : f.Said;
    }
}
