using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>What a tool answers, and the sentence that tells it to the user.</summary>
/// <param name="Shown">The texts of the response that the answer must hold.</param>
internal sealed record ToolResult(string Response, string Answer, IReadOnlyList<string> Shown, bool Failed = false)
{
    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] _problems =
    [
        "not found", "no access", "timeout", "not available", "failed", "server down", "no such name", "too many requests", "wrong password", "sold out", "out of stock", "limit reached",
    ];

    /// <summary>A success without news.</summary>
    public static ToolResult Done(SeededRandom random) =>
        new(random.Pick("ok", "done", "success", "{\"status\": \"ok\"}", "{\"success\": true}", "{\"result\": \"done\"}", "{\"ok\": true}"), "Done.", ["Done"]);

    public static ToolResult Error(SeededRandom random)
    {
        string problem = random.Chance(75) ? random.Pick(_problems) : $"{Words.Invented(random)} is missing";
        string response = random.Next(3) switch { 0 => $"error: {problem}", 1 => $"{{\"error\": \"{problem}\"}}", _ => $"{{\"status\": \"error\", \"message\": \"{problem}\"}}" };
        return new ToolResult(response, $"That did not work: {problem}.", [problem], Failed: true);
    }

    /// <summary>Fields as JSON, told one after the other: "The price is 12 and the owner is Anna."</summary>
    public static ToolResult Fields(SeededRandom random, IReadOnlyList<(string Key, string Value)> fields, string? answer = null)
    {
        var json = new JsonObject();
        foreach (var (key, value) in fields) json[key] = IsNumber(value) ? JsonNode.Parse(value) : value;
        string text = Text(json);
        string told = string.Join(" and ", fields.Select(f => $"the {NameStyle.Spoken(f.Key)} is {f.Value}"));
        if (random.Chance(12)) text = $"{{\"result\": {text}}}";
        return new ToolResult(text, answer ?? $"{Words.Capital(told)}.", [.. fields.Select(f => f.Value)]);
    }

    /// <summary>A list of names, told as "I found A, B and C."</summary>
    public static ToolResult Found(SeededRandom random, IReadOnlyList<string> names)
    {
        string text = Text(new JsonArray([.. names.Select(n => (JsonNode)n)]));
        string told = names.Count == 1 ? names[0] : $"{string.Join(", ", names.Take(names.Count - 1))} and {names[^1]}";
        return new ToolResult(random.Chance(50) ? text : $"{{\"results\": {text}}}", $"I found {told}.", names);
    }

    private static string Text(JsonNode json) => json.ToJsonString(_json).Replace("\":", "\": ").Replace(",\"", ", \"");

    private static bool IsNumber(string value) => value.Length > 0 && value.All(c => char.IsAsciiDigit(c) || c == '.') && value[0] is not ('0' or '.') && value.Count(c => c == '.') <= 1 && value[^1] != '.';
}
