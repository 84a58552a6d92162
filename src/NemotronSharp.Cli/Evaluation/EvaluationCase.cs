using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>One question with a checkable answer, a line of a cases file that <c>data prepare</c> wrote.</summary>
/// <param name="Task">Which skill it belongs to.</param>
/// <param name="Thinking">Whether the model may reason first.</param>
/// <param name="Messages">The conversation up to the turn to be judged.</param>
/// <param name="Tools">Tools on offer.</param>
/// <param name="Contains">Texts that the answer must contain, all of them.</param>
/// <param name="Function">Name of the one call expected; null when there must be none.</param>
/// <param name="Arguments">Its exact arguments.</param>
internal sealed record EvaluationCase(
    string Task, bool Thinking, JsonArray Messages, JsonArray? Tools, string[] Contains, string? Function, JsonObject? Arguments)
{
    /// <exception cref="InvalidDataException">A line is no case; the message names it.</exception>
    public static IEnumerable<EvaluationCase> Load(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (line.Length > 0) yield return Parse(line, $"{path}: line {number}");
        }
    }

    /// <summary>Whether a message shows all that is expected, and calls nothing that is not.</summary>
    public bool IsMetBy(ParsedMessage message)
    {
        if (!Contains.All(text => message.Content?.Contains(text, StringComparison.Ordinal) == true)) return false;
        if (Function is null) return message.ToolCalls.Count == 0;
        return message.ToolCalls is [var call] && call.Name == Function && JsonNode.DeepEquals(call.Arguments, Arguments);
    }

    private static EvaluationCase Parse(string line, string where)
    {
        try
        {
            var json = JsonNode.Parse(line)!.AsObject();
            var expect = json["expect"]!.AsObject();
            var call = expect["tool_call"]?.AsObject();
            return new EvaluationCase(
                json["task"]!.GetValue<string>(), json["thinking"]!.GetValue<bool>(), json["messages"]!.AsArray(), json["tools"]?.AsArray(),
                [.. expect["contains"]!.AsArray().Select(text => text!.GetValue<string>())], call?["name"]!.GetValue<string>(), call?["arguments"]!.AsObject());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException)
        {
            throw new InvalidDataException($"{where}: found no case, expected task, thinking, messages and expect ({e.Message})", e);
        }
    }
}
