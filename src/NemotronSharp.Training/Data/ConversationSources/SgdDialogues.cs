using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Data.ConversationSources;

/// <summary>
/// Schema-Guided Dialogue (Rastogi et al. 2020): intents become tools, service calls tool calls, results tool responses. The services' schemas
/// lie beside the file: <c>train_schema.json</c> for <c>train.jsonl.gz</c>. Kept are dialogues whose arguments were said before, cut before
/// the first answer that nothing heard supports, and to what a short row holds.
/// </summary>
internal static class SgdDialogues
{
    private const int MostCharacters = 1100, MostRows = 3;

    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<Conversation> Read(TextReader reader, string file, TaskContext context)
    {
        var schema = SgdSchema.Load(Path.Combine(Path.GetDirectoryName(file) ?? "", Path.GetFileName(file).Split('.')[0] + "_schema.json"));
        foreach (var line in JsonLines.Read(reader, file))
            if (Make(context, schema, line, SgdTurn.All(line)) is { } conversation) yield return conversation;
    }

    private static Conversation? Make(TaskContext context, SgdSchema schema, JsonLine line, IReadOnlyList<SgdTurn> turns)
    {
        if (SgdTools.Choose(context, schema, line, turns) is not { } tools) return null;
        var conversation = new Conversation("sgd", thinking: false);
        conversation.System(context.System());
        var heard = new List<string>();
        var said = new List<(string Slot, string Value)>();
        int characters = 0;
        for (int i = 0; i + 1 < turns.Count; i += 2)
        {
            var (user, system) = (turns[i], turns[i + 1]);
            if (!user.FromUser || system.FromUser) throw line.Wrong("turns", "the user and the system in turn");
            heard.Add(user.Text);
            var steps = new List<(string Function, JsonObject Arguments, string Response)>();
            foreach (var call in system.Calls)
            {
                if (Said(call, heard, user.Spoken) is not { } values || tools.Of(call).Arguments(values) is not { } arguments) return null;
                steps.Add((tools.Of(call).Name, arguments, Response(call, system.Counts, Told(turns, i + 1))));
                heard.Add(steps[^1].Response);
                said.AddRange(values.Select(v => (v.Key, v.Value)));
                characters += steps[^1].Response.Length + arguments.ToJsonString().Length;
            }
            characters += user.Text.Length + system.Text.Length;
            if (characters > MostCharacters || !system.Told.All(t => t.Value is "True" or "False" || heard.Any(h => Holds(h, t.Value)))) break;
            conversation.User(user.Text);
            foreach (var (function, arguments, response) in steps) conversation.Call("", function, arguments).Tool(response);
            conversation.Assistant("", system.Text);
            heard.Add(system.Text);
        }
        conversation.Tools = tools.ToJson(said.ToLookup(v => v.Slot, v => v.Value));
        return conversation.Messages.Any(m => m!["tool_calls"] is not null) ? conversation : null;
    }

    // What the system tells from this turn on, up to the next call.
    private static (string Slot, string Value)[] Told(IReadOnlyList<SgdTurn> turns, int from) =>
        [.. turns[from].Told, .. turns.Skip(from + 1).TakeWhile(t => t.Calls.Count == 0).SelectMany(t => t.Told)];

    // The arguments in the words that were used last; null when one was never said.
    private static Dictionary<string, string>? Said(SgdCall call, List<string> heard, IReadOnlyList<(string Slot, string Value)> spoken)
    {
        var said = new Dictionary<string, string>();
        foreach (var (slot, value) in call.Parameters)
        {
            if (value is "True" or "False") said[slot] = value;
            else if (spoken.Where(s => s.Slot == slot).Select(s => s.Value).Prepend(value).MaxBy(v => heard.FindLastIndex(h => Holds(h, v))) is { } words && heard.Any(h => Holds(h, words))) said[slot] = words;
            else if (value != "dontcare") return null;
        }
        return said;
    }

    // The fields that the answers up to the next call tell, of the rows they tell of, and how many rows there were when they say so.
    private static string Response(SgdCall call, bool counts, (string Slot, string Value)[] told)
    {
        var slots = told.Select(t => t.Slot).ToHashSet();
        var rows = call.Results.Where((row, i) => i == 0 || row.Any(f => told.Contains(f) && call.Results[0].Contains(f) is false)).Take(MostRows).Select(row =>
        {
            var kept = row.Where(f => slots.Contains(f.Slot)).DefaultIfEmpty(row.FirstOrDefault()).Where(f => f.Slot is not null);
            return (JsonNode)new JsonObject(kept.Select(f => KeyValuePair.Create(f.Slot, (JsonNode?)f.Value)));
        }).ToArray();
        JsonNode json = rows.Length == 1 ? rows[0] : new JsonArray(rows);
        if (counts) json = new JsonObject { ["count"] = call.Results.Count, ["results"] = json };
        return json.ToJsonString(_json).Replace("\":", "\": ").Replace(",\"", ", \"").Replace("},{", "}, {");
    }

    // The value with nothing of a word on either side.
    private static bool Holds(string text, string value)
    {
        for (int at = text.IndexOf(value, StringComparison.Ordinal); at >= 0; at = text.IndexOf(value, at + 1, StringComparison.Ordinal))
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (at + value.Length == text.Length || !char.IsLetterOrDigit(text[at + value.Length]))) return true;
        return false;
    }
}
