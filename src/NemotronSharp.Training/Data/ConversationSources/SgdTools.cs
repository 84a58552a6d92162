using System.Text.Json.Nodes;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Data.ConversationSources;

/// <summary>The tools of one dialogue: the intents it calls, and others of the same services.</summary>
internal sealed class SgdTools
{
    private const int Most = 5;

    private readonly Dictionary<(string Service, string Intent), SgdTool> _called = [];
    private SgdTool[] _offered = [];

    /// <summary>Null when there are too many, or when one has no name or keys for training.</summary>
    public static SgdTools? Choose(TaskContext context, SgdSchema schema, JsonLine line, IReadOnlyList<SgdTurn> turns)
    {
        var tools = new SgdTools();
        var calls = turns.SelectMany(t => t.Calls).ToArray();
        foreach (var group in calls.GroupBy(c => (c.Service, c.Intent)))
        {
            var intent = schema.Find(group.Key.Service, group.Key.Intent) ?? throw line.Wrong("turns", $"calls of the schema's intents, not {group.Key}");
            if (SgdTool.Of(context, intent, group.SelectMany(c => c.Parameters).Select(p => p.Slot).ToHashSet()) is not { } tool) return null;
            tools._called[group.Key] = tool;
        }
        if (tools._called.Count is 0 or > Most) return null;
        var others = calls.Select(c => c.Service).Distinct().SelectMany(s => schema.Of(s).Where(i => !tools._called.ContainsKey((s, i.Name))))
            .Select(i => SgdTool.Of(context, i, new HashSet<string>())).OfType<SgdTool>();
        tools._offered = [.. tools._called.Values.Concat(others).DistinctBy(t => t.Name).Take(Most)];
        if (tools._called.Values.Except(tools._offered).Any()) return null;
        context.Random.Shuffle(tools._offered);
        return tools;
    }

    public SgdTool Of(SgdCall call) => _called[(call.Service, call.Intent)];

    /// <summary>The tools in OpenAI form; <paramref name="said"/> are values that the calls give.</summary>
    public JsonArray ToJson(ILookup<string, string> said) => [.. _offered.Select(t => t.ToJson(said))];
}
