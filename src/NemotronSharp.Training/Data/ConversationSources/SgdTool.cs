using System.Text.Json.Nodes;
using NemotronSharp.Training.Data.Tasks;
using NemotronSharp.Training.Data.Tasks.Tools;

namespace NemotronSharp.Training.Data.ConversationSources;

/// <summary>An intent as a tool of one conversation.</summary>
internal sealed class SgdTool
{
    private const int MostParameters = 6, MostChoices = 5;

    private readonly SgdIntent _intent;
    private readonly SgdSlot[] _slots;

    private SgdTool(SgdIntent intent, string name, SgdSlot[] slots) => (_intent, Name, _slots) = (intent, name, slots);

    public string Name { get; }

    /// <summary>The intent with a name and keys on this side of the split; null when there are none.</summary>
    /// <param name="context">Its split decides.</param>
    /// <param name="intent">What the tool does.</param>
    /// <param name="used">Slots that its calls fill.</param>
    public static SgdTool? Of(TaskContext context, SgdIntent intent, IReadOnlySet<string> used)
    {
        string words = NameStyle.Spoken(intent.Name);
        string[] names = [NameStyle.Snake(words), NameStyle.Camel(words), intent.Name, NameStyle.Snake(words) + "_tool"];
        // Optional slots that nobody fills stay few: they only make the prompt longer.
        var unused = intent.Optional.Where(s => !used.Contains(s.Name)).Take(1);
        SgdSlot[] slots = [.. intent.Required.Concat(intent.Optional.Where(s => used.Contains(s.Name))).Concat(unused).Take(MostParameters)];
        var orders = Enumerable.Range(0, Math.Max(1, slots.Length)).Select(n => slots.Skip(n).Concat(slots.Take(n)).ToArray());
        return names.FirstOrDefault(context.Split.Function) is { } name && orders.FirstOrDefault(o => context.Split.Schema(o.Select(s => s.Name))) is { } order
            ? new SgdTool(intent, name, order) : null;
    }

    /// <summary>The tool in OpenAI form; <paramref name="said"/> are values that its calls give.</summary>
    public JsonObject ToJson(ILookup<string, string> said)
    {
        var properties = new JsonObject();
        foreach (var slot in _slots)
        {
            var property = new JsonObject { ["type"] = slot.IsFlag ? "boolean" : "string" };
            if (!slot.IsFlag && slot.Values.Length is > 1 and <= MostChoices && said[slot.Name].All(slot.Values.Contains)) property["enum"] = new JsonArray([.. slot.Values.Select(v => (JsonNode)v)]);
            else property["description"] = slot.Description;
            if (slot is { IsFlag: false, Default: { } value }) property["default"] = value;
            properties[slot.Name] = property;
        }
        var parameters = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (_intent.Required.Length > 0) parameters["required"] = new JsonArray([.. _intent.Required.Select(s => (JsonNode)s.Name)]);
        return new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = Name, ["description"] = _intent.Description, ["parameters"] = parameters } };
    }

    /// <summary>The arguments in the schema's order; null when one is not among its parameters.</summary>
    public JsonObject? Arguments(IReadOnlyDictionary<string, string> said)
    {
        if (said.Keys.Except(_slots.Select(s => s.Name)).Any()) return null;
        var arguments = new JsonObject();
        foreach (var slot in _slots)
            if (said.TryGetValue(slot.Name, out string? value)) arguments[slot.Name] = slot.IsFlag ? value == "True" : value;
        return arguments;
    }
}
