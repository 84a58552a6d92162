using System.Text.Json.Nodes;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>One conversation with checkable answers, a line of a cases file that <c>data prepare</c> wrote.</summary>
/// <param name="Id">Its name in reports.</param>
/// <param name="Skill">Which skill it belongs to (<c>task</c> in the file).</param>
/// <param name="Thinking">Whether the model may reason first.</param>
/// <param name="Messages">The conversation up to the first turn to be judged.</param>
/// <param name="Tools">Tools on offer.</param>
/// <param name="Document">Text of a source that stands in a message for <c>{document}</c>.</param>
/// <param name="Steps">The turns to be judged, in order; the case is right when all are.</param>
internal sealed record EvaluationCase(
    string Id, string Skill, bool Thinking, JsonArray Messages, JsonArray? Tools, SourceExcerpt? Document, IReadOnlyList<EvaluationStep> Steps)
{
    /// <exception cref="InvalidDataException">A line is no case; the message names line and field.</exception>
    public static IEnumerable<EvaluationCase> Load(string path) =>
        File.ReadLines(path).Select((line, i) => (Line: line, Number: i + 1)).Where(l => l.Line.Length > 0).Select(l => Read(JsonFields.Parse(l.Line, $"{path}: line {l.Number}")));

    private static EvaluationCase Read(JsonFields fields)
    {
        EvaluationStep[] steps = [.. fields.Objects("steps").Select(EvaluationStep.Read)];
        if (steps.Length == 0) throw fields.Wrong("steps", "at least one step");
        return new EvaluationCase(
            fields.Text("id"), fields.Text("task"), fields.Flag("thinking"), Conversation(fields, "messages"),
            fields.Has("tools") ? fields.Array("tools") : null, fields.Has("document") ? SourceExcerpt.Read(fields.Object("document")) : null, steps);
    }

    internal static JsonArray Conversation(JsonFields fields, string field)
    {
        foreach (var message in fields.Objects(field)) message.Text("role");
        return fields.Array(field);
    }
}

/// <summary>A judged turn of a case.</summary>
/// <param name="Expect">What the model's next message must show.</param>
/// <param name="Then">Messages that follow the model's own before the step after.</param>
internal sealed record EvaluationStep(Expectation Expect, JsonArray Then)
{
    public static EvaluationStep Read(JsonFields fields) =>
        new(Expectation.Read(fields.Object("expect")), fields.Has("then") ? EvaluationCase.Conversation(fields, "then") : []);
}
