using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>The plain-text side of a preparation: held-out documents first, then the training documents of each part, filtered, cut and packed. For one thread.</summary>
/// <param name="sources">The recipe's sources.</param>
/// <param name="root">The folder that holds them.</param>
/// <param name="tokenizer">Cuts and encodes.</param>
/// <param name="filter">Decides what training may have.</param>
internal sealed class TextPreparation(IReadOnlyList<TextSource> sources, string root, Tokenizer tokenizer, CorpusFilter filter)
{
    // Long documents are judged passage by passage: one quotation shared with another book must not cost a whole book.
    private const int PassageCharacters = 20_000;
    private readonly Dictionary<string, SourceCounts> _counts = sources.ToDictionary(s => s.Name, _ => new SourceCounts());

    public SourceCounts Counts(TextSource source) => _counts[source.Name];

    /// <summary>Packs the held-out documents, teaches the filter to refuse them, and tells which they are.</summary>
    public JsonObject HoldOut(PackedDatasetWriter writer, Action<double> report)
    {
        var cutter = new TextCutter(tokenizer, writer.RowLength);
        var listed = new JsonArray();
        foreach (var source in sources.Where(s => s.HeldOutPercent > 0))
        {
            var indices = new JsonArray();
            foreach (var document in source.Documents(root).Where(d => d.HeldOut))
            {
                _counts[source.Name].HeldOut++;
                bool anything = false;
                foreach (string passage in TextCleaning.Passages(document.Text, PassageCharacters)) anything |= filter.HoldOut(passage);
                if (!anything) continue;
                indices.Add(document.Index);
                foreach (int[] piece in cutter.Pieces(document.Text)) writer.AddText(piece);
            }
            listed.Add((JsonNode)new JsonObject { ["name"] = source.Name, ["path"] = source.Path, ["sha256"] = source.Sha256, ["licence"] = source.Licence, ["documents"] = indices });
            report((double)listed.Count / sources.Count);
        }
        return new JsonObject { ["format"] = "nemotronsharp-heldout-text-1", ["sources"] = listed };
    }

    /// <summary>Packs the training documents of the part's sources until it has its tokens.</summary>
    public void Write(DataPart part, PackedDatasetWriter writer, Action<double> report)
    {
        var cutter = new TextCutter(tokenizer, writer.RowLength);
        foreach (var source in part.Sources!.Select(name => sources.Single(s => s.Name == name)))
        {
            var counts = _counts[source.Name];
            foreach (var document in source.Documents(root))
            {
                if (writer.Tokens >= part.Tokens) return;
                counts.Documents++;
                if (document.HeldOut) continue;
                long before = writer.Tokens;
                foreach (string passage in TextCleaning.Passages(document.Text, PassageCharacters).Where(p => filter.Keep(p, counts)))
                    foreach (int[] piece in cutter.Pieces(passage)) writer.AddText(piece);
                counts.Tokens += writer.Tokens - before;
                report((double)writer.Tokens / part.Tokens);
            }
        }
    }
}
