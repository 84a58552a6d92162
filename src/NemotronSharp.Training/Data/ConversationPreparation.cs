using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Text;
using NemotronSharp.Training.Data.Corpus;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Data;

/// <summary>The conversations of a preparation: evaluation cases first, then the training conversations of each part. For one thread.</summary>
/// <param name="recipe">What to make.</param>
/// <param name="root">The folder of the sources.</param>
/// <param name="tokenizer">Encodes.</param>
/// <param name="encoder">Renders.</param>
/// <param name="evaluation">13-grams that no training conversation may contain.</param>
internal sealed class ConversationPreparation(DataRecipe recipe, string root, Tokenizer tokenizer, ChatEncoder encoder, NGramIndex evaluation)
{
    private static readonly JsonSerializerOptions _lines = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly HeldOutCases _cases = new();
    private readonly Dictionary<string, SourcePassages> _passages = [];
    private readonly CorpusFilter _published = new(evaluation, new NGramIndex());
    private readonly Dictionary<string, SourceCounts> _counts = recipe.ConversationSources.ToDictionary(s => s.Name, _ => new SourceCounts());

    public SourceCounts Counts(ConversationSource source) => _counts[source.Name];

    /// <summary>Writes the cases of every task, as JSON lines and packed, and adds their texts to <paramref name="judged"/>; returns their number by part.</summary>
    public JsonObject HoldOut(PackedDatasetWriter writer, TextWriter lines, NGramIndex judged, Action<double> report)
    {
        var counts = new JsonObject();
        var samples = new SampleWriter(writer, tokenizer, encoder);
        var parts = recipe.Parts.Where(p => p.Task is not null && p.HeldOut > 0).ToArray();
        foreach (var part in parts)
        {
            int count = 0;
            foreach (var conversation in Generate(part, heldOut: true).Take(100 * part.HeldOut + 1))
            {
                if (count == part.HeldOut) break;
                if (!_cases.TryAdd(conversation)) continue;
                lines.WriteLine(HeldOutCases.ToJson(conversation, $"{part.Name}-{++count:D4}").ToJsonString(_lines));
                samples.Add(conversation);
                judged.Add(TextOf(conversation));
            }
            if (count < part.HeldOut)
                throw new InvalidDataException($"part '{part.Name}': only {count} different held-out cases in {100 * part.HeldOut} conversations, the recipe wants {part.HeldOut}");
            counts[part.Name] = count;
            report((double)counts.Count / parts.Length);
        }
        return counts;
    }

    /// <summary>Packs the part's training conversations until it has its tokens; returns what was counted.</summary>
    public JsonObject Write(DataPart part, PackedDatasetWriter writer, Action<double> report)
    {
        int conversations = 0, heldOut = 0, contaminated = 0, stripped = 0, truncated = 0;
        var samples = new SampleWriter(writer, tokenizer, encoder, part.LearnPrompts, part.KeepReasoning);
        var random = SeededRandom.For((ulong)recipe.Seed, $"{part.Name} reasoning");
        foreach (var conversation in part.Task is not null ? Generate(part, heldOut: false) : Published(part, writer))
        {
            if (writer.Tokens >= part.Tokens) break;
            if (_cases.Holds(conversation)) heldOut++;
            else if (part.Task is not null && evaluation.Touches(TextOf(conversation))) contaminated++;
            else
            {
                if (conversation.Thinking && random.Chance(part.StrippedPercent))
                {
                    stripped++;
                    samples.Add(ReasoningEdits.Strip(conversation));
                }
                else if (conversation.Thinking && random.Chance(part.TruncatedPercent))
                {
                    truncated++;
                    samples.Add(ReasoningEdits.Truncate(conversation, random), learnClose: false);
                }
                else samples.Add(conversation);
                if (++conversations % 500 == 0) report((double)writer.Tokens / part.Tokens);
            }
        }
        return new JsonObject
        {
            ["conversations"] = conversations,
            ["stripped"] = stripped,
            ["truncated"] = truncated,
            ["refused_as_held_out"] = heldOut,
            ["contaminated"] = contaminated,
        };
    }

    // Generators repeat themselves by design; published conversations are taken once, and none that touches an evaluation set.
    private IEnumerable<Conversation> Published(DataPart part, PackedDatasetWriter writer)
    {
        foreach (var source in part.Conversations!.Select(name => recipe.ConversationSources.Single(s => s.Name == name)))
        {
            var counts = _counts[source.Name];
            var context = new TaskContext(SeededRandom.For((ulong)recipe.Seed, $"{part.Name} {source.Name}"), new Split(heldOut: false), part.ThinkingPercent);
            foreach (var conversation in source.Read(root, context))
            {
                counts.Documents++;
                if (!_published.Keep(TextOf(conversation), counts)) continue;
                long before = writer.Tokens;
                yield return conversation;
                counts.Tokens += writer.Tokens - before;
            }
        }
    }

    private IEnumerable<Conversation> Generate(DataPart part, bool heldOut) =>
        TaskCatalog.Generate(part.Task!, part.Name, (ulong)recipe.Seed, heldOut, part.ThinkingPercent, part.RowLength ?? recipe.RowLength, Passages(part), part.Turns);

    private IPassages? Passages(DataPart part)
    {
        if (part.Passages is null) return null;
        string key = string.Join(' ', part.Passages);
        if (!_passages.TryGetValue(key, out var passages))
            _passages[key] = passages = new SourcePassages(part.Passages.Select(name => recipe.Sources.Single(s => s.Name == name)), root);
        return passages;
    }

    // All that is said, thought and passed to functions.
    private static string TextOf(Conversation conversation) =>
        string.Join('\n', conversation.Messages.Select(m => $"{m!["reasoning_content"]}\n{m["content"]}\n{m["tool_calls"]?.ToJsonString()}"));
}
