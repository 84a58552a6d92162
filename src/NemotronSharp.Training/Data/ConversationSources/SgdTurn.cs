using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.ConversationSources;

/// <summary>One utterance of a dialogue, with the service calls that came before it.</summary>
/// <param name="FromUser">The user's; else the system's.</param>
/// <param name="Text">The utterance.</param>
/// <param name="Calls">Calls of a system turn.</param>
/// <param name="Spoken">Of a user turn: the values of slots so far, as users say them.</param>
/// <param name="Told">Of a system turn: the slots and values that it tells.</param>
/// <param name="Counts">The system tells how many results there are.</param>
internal sealed record SgdTurn(
    bool FromUser, string Text, IReadOnlyList<SgdCall> Calls, IReadOnlyList<(string Slot, string Value)> Spoken, IReadOnlyList<(string Slot, string Value)> Told, bool Counts)
{
    public static IReadOnlyList<SgdTurn> All(JsonLine line) => [.. line.Array("turns").Select((t, i) => Read(At(t, $"{line.Where}, turn {i}")))];

    private static SgdTurn Read(JsonLine turn)
    {
        var frames = turn.Array("frames").Select((f, i) => At(f, $"{turn.Where}, frame {i}")).ToArray();
        return new SgdTurn(turn.Text("speaker") == "USER", turn.Text("utterance").Trim(),
            [.. frames.Where(f => f.Json["service_call"] is not null).Select(Call)],
            [.. frames.Where(f => f.Json["state"] is not null).SelectMany(Said)],
            [.. frames.SelectMany(f => Acts(f, "OFFER", "INFORM")).SelectMany(Values)],
            frames.Any(f => Acts(f, "INFORM_COUNT").Any()));
    }

    private static IEnumerable<JsonLine> Acts(JsonLine frame, params string[] names) =>
        frame.Array("actions").Select((a, i) => At(a, $"{frame.Where}, action {i}")).Where(a => names.Contains(a.Text("act")));

    private static IEnumerable<(string, string)> Values(JsonLine action) =>
        action.Array("values").Select(v => v is JsonValue value && value.TryGetValue(out string? text) ? (action.Text("slot"), text) : throw action.Wrong("values", "strings"));

    private static SgdCall Call(JsonLine frame)
    {
        var parameters = frame.Json["service_call"]?["parameters"] as JsonObject ?? throw frame.Wrong("service_call.parameters", "an object");
        JsonArray results = frame.Json["service_results"] is null ? [] : frame.Array("service_results");
        return new SgdCall(frame.Text("service"), frame.Text("service_call.method"), Fields(frame, parameters),
            [.. results.Select(r => Fields(frame, r as JsonObject ?? throw frame.Wrong("service_results", "an array of objects")))]);
    }

    private static IEnumerable<(string, string)> Said(JsonLine frame)
    {
        var slots = frame.Json["state"]?["slot_values"] as JsonObject ?? throw frame.Wrong("state.slot_values", "an object");
        foreach (var (slot, values) in slots)
            foreach (var value in values as JsonArray ?? throw frame.Wrong($"state.slot_values.{slot}", "an array"))
                if ((string?)value is { } text) yield return (slot, text);
    }

    private static (string, string)[] Fields(JsonLine frame, JsonObject json) =>
        [.. json.Select(p => p.Value is JsonValue value && value.TryGetValue(out string? text) ? (p.Key, text) : throw frame.Wrong("service_call", $"strings; '{p.Key}' is none"))];

    private static JsonLine At(JsonNode? node, string where) => new(node as JsonObject ?? throw new InvalidDataException($"{where}: found no JSON object, expected one"), where);
}

/// <summary>A call of a service and the rows that came back.</summary>
internal sealed record SgdCall(string Service, string Intent, (string Slot, string Value)[] Parameters, IReadOnlyList<(string Slot, string Value)[]> Results);
