using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Data.ConversationSources;

/// <summary>
/// Schema-Guided Dialogue (Rastogi et al. 2020): intents become tools, service calls tool calls, results tool responses. The services' schemas
/// lie beside the file: <c>train_schema.json</c> for <c>train.jsonl.gz</c>. Kept are dialogues whose arguments were said before, cut after what a short row holds.
/// </summary>
internal static class SgdDialogues
{
    private const int MostTools = 5, MostCharacters = 2000, MostFields = 6;

    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<Conversation> Read(TextReader reader, string file, TaskContext context)
    {
        var schema = SgdSchema.Load(Path.Combine(Path.GetDirectoryName(file) ?? "", Path.GetFileName(file).Split('.')[0] + "_schema.json"));
        foreach (var line in JsonLines.Read(reader, file))
            if (Make(context, schema, line, SgdTurn.All(line)) is { } conversation) yield return conversation;
    }

    private static Conversation? Make(TaskContext context, SgdSchema schema, JsonLine line, IReadOnlyList<SgdTurn> turns)
    {
        var calls = turns.SelectMany(t => t.Calls).ToArray();
        var tools = new Dictionary<(string, string), SgdTool>();
        foreach (var group in calls.GroupBy(c => (c.Service, c.Intent)))
        {
            var intent = schema.Find(group.Key.Service, group.Key.Intent) ?? throw line.Wrong("turns", $"calls of the schema's intents, not {group.Key}");
            if (SgdTool.Of(context, intent, group.SelectMany(c => c.Parameters).Select(p => p.Slot).ToHashSet()) is not { } tool) return null;
            tools[group.Key] = tool;
        }
        if (tools.Count > MostTools) return null;
        var others = calls.Select(c => c.Service).Distinct().SelectMany(s => schema.Of(s).Where(i => !tools.ContainsKey((s, i.Name))))
            .Take(MostTools - tools.Count).Select(i => SgdTool.Of(context, i, new HashSet<string>())).OfType<SgdTool>();
        var offered = tools.Values.Concat(others).DistinctBy(t => t.Name).ToArray();
        context.Random.Shuffle(offered);

        var conversation = new Conversation("sgd", thinking: false);
        conversation.System(context.System());
        var heard = new List<string>();
        var spoken = new List<(string Slot, string Value)>();
        var used = new List<(string Slot, string Value)>();
        int characters = 0, made = 0;
        for (int i = 0; i + 1 < turns.Count; i += 2)
        {
            var (user, system) = (turns[i], turns[i + 1]);
            if (!user.FromUser || system.FromUser) return null;
            heard.Add(user.Text);
            spoken.AddRange(user.Spoken);
            var messages = new List<Action>();
            foreach (var call in system.Calls)
            {
                if (Said(call, heard, spoken) is not { } said || tools[(call.Service, call.Intent)] is var tool && tool.Arguments(said) is not { } arguments) return null;
                string response = Response(call, system.Counts, turns.Skip(i + 1).Select(t => t.Text));
                heard.Add(response);
                used.AddRange(said.Select(s => (s.Key, s.Value)));
                characters += response.Length + arguments.ToJsonString().Length;
                messages.Add(() => conversation.Call("", tool.Name, arguments).Tool(response));
            }
            characters += user.Text.Length + system.Text.Length;
            if (characters > MostCharacters) break;
            conversation.User(user.Text);
            foreach (var add in messages) add();
            conversation.Assistant("", system.Text);
            made += messages.Count;
            heard.Add(system.Text);
        }
        if (made == 0) return null;
        var values = used.ToLookup(u => u.Slot, u => u.Value);
        conversation.Tools = [.. offered.Select(t => t.ToJson(values))];
        return conversation;
    }

    // The arguments in the words that were used; null when one was never said.
    private static Dictionary<string, string>? Said(SgdCall call, List<string> heard, List<(string Slot, string Value)> spoken)
    {
        var said = new Dictionary<string, string>();
        foreach (var (slot, value) in call.Parameters)
        {
            if (value is "True" or "False") said[slot] = value;
            else if (spoken.Where(s => s.Slot == slot).Select(s => s.Value).Prepend(value).FirstOrDefault(v => heard.Any(h => Holds(h, v))) is { } words) said[slot] = words;
            else if (value != "dontcare") return null;
        }
        return said;
    }

    // Of the first row, the fields that the dialogue speaks of, and how many rows there were when it says so.
    private static string Response(SgdCall call, bool counts, IEnumerable<string> later)
    {
        if (call.Results.Count == 0) return "[]";
        var texts = later.ToArray();
        var json = new JsonObject();
        if (counts) json["count"] = call.Results.Count;
        foreach (var (slot, value) in call.Results[0].OrderBy(f => texts.Any(t => Holds(t, f.Value)) ? 0 : 1).Take(MostFields))
            if (json.Count < 2 || texts.Any(t => Holds(t, value))) json[slot] = value;
        return json.ToJsonString(_json).Replace("\":", "\": ").Replace(",\"", ", \"");
    }

    // The value with nothing of a word on either side.
    private static bool Holds(string text, string value)
    {
        for (int at = text.IndexOf(value, StringComparison.Ordinal); at >= 0; at = text.IndexOf(value, at + 1, StringComparison.Ordinal))
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (at + value.Length == text.Length || !char.IsLetterOrDigit(text[at + value.Length]))) return true;
        return false;
    }
}
