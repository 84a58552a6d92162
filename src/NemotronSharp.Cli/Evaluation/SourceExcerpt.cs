using System.Text;
using System.Text.Json.Nodes;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>A long text of a case: a stretch of a source's document with sentences put in. The source itself is not shipped.</summary>
/// <param name="Source">Path below the data folder.</param>
/// <param name="Line">Which document of it, from 0.</param>
/// <param name="Start">First character (UTF-16).</param>
/// <param name="Length">Characters.</param>
/// <param name="Insert">Sentences and where they go, in characters of the stretch, ascending.</param>
internal sealed record SourceExcerpt(string Source, int Line, int Start, int Length, IReadOnlyList<Insertion> Insert)
{
    private const string Placeholder = "{document}";

    public static SourceExcerpt Read(JsonFields fields) => new(
        fields.Text("source"), fields.Count("line"), fields.Count("start"), fields.Count("length"),
        [.. fields.Array("insert").Select(node => Insertion.Read(node) ?? throw fields.Wrong("insert", "a list of [offset, \"sentence\"]"))]);

    /// <summary>The stretch of a document, sentences included.</summary>
    /// <exception cref="InvalidDataException">The document is shorter than the case says.</exception>
    public string Of(string document)
    {
        if (Start > document.Length - Length) throw new InvalidDataException($"{Source}: document {Line}: found {document.Length} characters, a case expects at least {(long)Start + Length}");
        var text = new StringBuilder();
        var at = 0;
        foreach (var (offset, sentence) in Insert)
        {
            if (offset < at || offset > Length) throw new InvalidDataException($"{Source}: document {Line}: a sentence at {offset}, expected ascending offsets up to {Length}");
            text.Append(document, Start + at, offset - at).Append(sentence);
            at = offset;
        }
        return text.Append(document, Start + at, Length - at).ToString();
    }

    /// <summary>The case's messages with the text in its place.</summary>
    /// <exception cref="InvalidDataException">No message has a place for it.</exception>
    public static EvaluationCase Expand(EvaluationCase one, string document)
    {
        var text = one.Document!.Of(document);
        var messages = (JsonArray)one.Messages.DeepClone();
        var message = messages.FirstOrDefault(m => (string?)m!["content"] is { } content && content.Contains(Placeholder, StringComparison.Ordinal))
            ?? throw new InvalidDataException($"case {one.Id}: found no message with {Placeholder}, expected one");
        message["content"] = ((string)message["content"]!).Replace(Placeholder, text, StringComparison.Ordinal);
        return one with { Messages = messages };
    }
}

/// <summary>A sentence put into a stretch of text.</summary>
internal sealed record Insertion(int Offset, string Sentence)
{
    public static Insertion? Read(JsonNode? node) =>
        node is JsonArray { Count: 2 } pair && pair[0] is JsonValue first && pair[1] is JsonValue second && first.TryGetValue<int>(out var offset) && offset >= 0 && second.TryGetValue<string>(out var sentence)
            ? new(offset, sentence)
            : null;
}
