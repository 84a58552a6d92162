using System.Text.Json.Nodes;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Data.ConversationSources;

/// <summary>Questions with five choices (Talmor et al. 2019). The set holds no solutions, so the assistant answers without reasoning.</summary>
internal static class CommonsenseQa
{
    public static IEnumerable<Conversation> Read(TextReader reader, string file, TaskContext context)
    {
        foreach (var line in JsonLines.Read(reader, file))
        {
            (string Label, string Text)[] choices = [.. line.Array("question.choices").Select(c => Choice(line, c))];
            string key = line.Text("answerKey");
            var right = choices.FirstOrDefault(c => c.Label == key);
            if (right.Text is null) throw line.Wrong("answerKey", $"one of {string.Join(", ", choices.Select(c => c.Label))}");
            string list = string.Join('\n', choices.Select(c => $"{c.Label}: {c.Text}"));
            yield return new Conversation("commonsense-qa", thinking: false)
                .System(context.System())
                .User($"{line.Text("question.stem").Trim()}\n{list}")
                .Assistant("", $"{right.Label}: {right.Text}");
        }
    }

    private static (string, string) Choice(JsonLine line, JsonNode? choice)
    {
        if (choice is JsonObject o && o["label"] is JsonValue label && label.TryGetValue(out string? name) && o["text"] is JsonValue text && text.TryGetValue(out string? words)) return (name, words.Trim());
        throw line.Wrong("question.choices", "objects with 'label' and 'text'");
    }
}
