using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Training.Data;

/// <summary>
/// Makes everything a training run reads: tokenizer, template, packed parts, held-out cases, and a manifest that says what went in.
/// One run at a time in a folder; memory does not grow with the corpus.
/// </summary>
/// <param name="recipe">What to make.</param>
/// <param name="recipePath">Where the recipe lies; its template lies beside it.</param>
/// <param name="sourceRoot">The folder that holds the text sources.</param>
/// <param name="output">The folder to fill; files of an earlier run are replaced.</param>
/// <param name="report">Told the name of a stage and how far it is, 0 to 1.</param>
internal sealed class DataPreparation(DataRecipe recipe, string recipePath, string sourceRoot, string output, Action<string, double> report)
{
    private const string TemplateFile = "chat_template.jinja", CasesFile = "heldout.jsonl", HeldOutFile = "heldout.bin", ManifestFile = "manifest.json";
    private static readonly JsonSerializerOptions _lines = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions _indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true, NewLine = "\n" };

    private readonly HeldOutCases _cases = new();
    private readonly HashSet<ulong> _heldOutDocuments = [];
    private readonly ulong _seed = (ulong)recipe.Seed;

    /// <summary>Runs all stages; returns the manifest.</summary>
    public JsonObject Run()
    {
        Directory.CreateDirectory(output);
        File.Delete(In(ManifestFile)); // it comes last: a folder with a manifest is complete
        for (int i = 0; i < recipe.Sources.Count; i++)
        {
            recipe.Sources[i].Verify(sourceRoot);
            report("check sources", (i + 1.0) / recipe.Sources.Count);
        }

        string template = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(recipePath))!, recipe.Template));
        File.WriteAllText(In(TemplateFile), template);
        var encoder = new ChatEncoder(ChatTemplate.Parse(template, recipe.Template));
        LearnVocabulary(encoder).Save(output);
        var tokenizer = Tokenizer.Load(In("tokenizer.json"));

        var heldOut = WriteHeldOut(tokenizer, encoder);
        var parts = new JsonArray();
        foreach (var part in recipe.Parts) parts.Add((JsonNode)WritePart(part, tokenizer, encoder));

        var manifest = new JsonObject
        {
            ["format"] = "nemotronsharp-data-1",
            ["recipe"] = Path.GetFileName(recipePath),
            ["recipe_sha256"] = Hash(recipePath),
            ["seed"] = recipe.Seed,
            ["row_length"] = recipe.RowLength,
            ["vocabulary"] = tokenizer.VocabularySize,
            ["tokenizer"] = Entry("tokenizer.json"),
            ["tokenizer_config"] = Entry("tokenizer_config.json"),
            ["chat_template"] = Entry(TemplateFile),
            ["sources"] = new JsonArray([.. recipe.Sources.Select(s => (JsonNode)new JsonObject { ["name"] = s.Name, ["path"] = s.Path, ["sha256"] = s.Sha256, ["licence"] = s.Licence })]),
            ["parts"] = parts,
            ["held_out"] = heldOut,
            ["training_conversations_refused_as_held_out"] = _cases.Refused,
        };
        File.WriteAllText(In(ManifestFile), manifest.ToJsonString(_indented) + "\n");
        return manifest;
    }

    private BpeVocabulary LearnVocabulary(ChatEncoder encoder)
    {
        const string stage = "learn the vocabulary";
        var trainer = new BpeTrainer();
        var tasks = recipe.Parts.Where(p => p.Task is not null).DistinctBy(p => p.Task).ToArray();
        for (int t = 0; t < tasks.Length; t++)
        {
            var conversations = TaskCatalog.Generate(tasks[t].Task!, "tokenizer", _seed, heldOut: false, tasks[t].ThinkingPercent).Take(recipe.TokenizerSample.Conversations);
            foreach (var conversation in conversations)
                foreach (var chunk in encoder.Samples(conversation).SelectMany(s => s)) VocabularyText.Count(trainer, chunk.Text.Value, copied: true);
            report(stage, 0.5 * (t + 1) / tasks.Length);
        }
        foreach (var source in recipe.Sources)
        {
            int characters = 0;
            foreach (string document in source.Documents(sourceRoot))
            {
                VocabularyText.Count(trainer, document, copied: false);
                if ((characters += document.Length) > recipe.TokenizerSample.TextCharacters) break;
            }
        }
        report(stage, 0.7);
        var vocabulary = trainer.Train(recipe.Vocabulary, BpeVocabulary.FamilyTokens);
        report(stage, 1);
        return vocabulary;
    }

    // Held-out first: training then refuses whatever it has taken.
    private JsonObject WriteHeldOut(Tokenizer tokenizer, ChatEncoder encoder)
    {
        const string stage = "held-out cases";
        var counts = new JsonObject();
        using var writer = new PackedDatasetWriter(In(HeldOutFile), recipe.RowLength, tokenizer.VocabularySize);
        var samples = new SampleWriter(writer, tokenizer, encoder);
        using (var lines = new StreamWriter(In(CasesFile), false, new UTF8Encoding(false)) { NewLine = "\n" })
            foreach (var part in recipe.Parts)
            {
                counts[part.Name] = part.Task is not null ? HeldOutTask(part, samples, lines) : HeldOutText(part, samples);
                report(stage, (double)counts.Count / recipe.Parts.Count);
            }
        writer.Complete();
        return new JsonObject { ["cases"] = Entry(CasesFile), ["packed"] = Describe(writer, HeldOutFile), ["counts"] = counts };
    }

    private int HeldOutTask(DataPart part, SampleWriter samples, StreamWriter lines)
    {
        int count = 0;
        foreach (var conversation in TaskCatalog.Generate(part.Task!, part.Name, _seed, heldOut: true, part.ThinkingPercent).Take(100 * part.HeldOut + 1))
        {
            if (count == part.HeldOut) return count;
            if (!_cases.TryAdd(conversation)) continue;
            lines.WriteLine(HeldOutCases.ToJson(conversation, $"{part.Name}-{++count:D4}").ToJsonString(_lines));
            samples.Add(conversation);
        }
        throw new InvalidDataException($"part '{part.Name}': only {count} different held-out cases in {100 * part.HeldOut} conversations, the recipe wants {part.HeldOut}");
    }

    private int HeldOutText(DataPart part, SampleWriter samples)
    {
        int count = 0;
        foreach (string document in Documents(part).Where((_, i) => i % 50 == 7))
        {
            if (count == part.HeldOut) break;
            if (!_heldOutDocuments.Add(StableHash.Of(document))) continue;
            samples.AddText(document.Length > 2000 ? document[..2000] : document);
            count++;
        }
        return count;
    }

    private JsonObject WritePart(DataPart part, Tokenizer tokenizer, ChatEncoder encoder)
    {
        string file = part.Name + ".bin";
        using var writer = new PackedDatasetWriter(In(file), recipe.RowLength, tokenizer.VocabularySize);
        var samples = new SampleWriter(writer, tokenizer, encoder, part.LearnPrompts);
        int conversations = 0;
        if (part.Task is not null)
        {
            var random = SeededRandom.For(_seed, $"{part.Name} induction");
            foreach (var conversation in TaskCatalog.Generate(part.Task, part.Name, _seed, heldOut: false, part.ThinkingPercent))
            {
                if (writer.Tokens >= part.Tokens) break;
                if (_cases.Holds(conversation)) continue;
                samples.Add(conversation);
                if (part.Task == "copy" && random.Chance(5)) samples.AddText(Tasks.CopyTask.Induction(random));
                if (++conversations % 500 == 0) report(part.Name, (double)writer.Tokens / part.Tokens);
            }
        }
        else
            foreach (string document in Documents(part))
            {
                if (writer.Tokens >= part.Tokens) break;
                if (_heldOutDocuments.Contains(StableHash.Of(document))) continue;
                samples.AddText(document);
                report(part.Name, (double)writer.Tokens / part.Tokens);
            }
        writer.Complete();
        report(part.Name, 1);
        var json = Describe(writer, file);
        json["name"] = part.Name;
        json["share"] = part.Share;
        if (part.Task is not null) json["conversations"] = conversations;
        return json;
    }

    private IEnumerable<string> Documents(DataPart part) =>
        part.Sources!.SelectMany(name => recipe.Sources.Single(s => s.Name == name).Documents(sourceRoot));

    private JsonObject Describe(PackedDatasetWriter writer, string file)
    {
        var json = Entry(file);
        json["rows"] = writer.RowCount;
        json["documents"] = writer.Documents;
        json["tokens"] = writer.Tokens;
        json["learned_tokens"] = writer.LearnedTokens;
        json["tokens_per_document"] = Math.Round((double)writer.Tokens / Math.Max(1, writer.Documents), 1);
        json["fill"] = Math.Round((double)writer.Tokens / Math.Max(1, (long)writer.RowCount * recipe.RowLength), 4);
        json["refused_as_longer_than_a_row"] = writer.Refused;
        return json;
    }

    private JsonObject Entry(string file) => new() { ["file"] = file, ["sha256"] = Hash(In(file)) };

    private string In(string file) => Path.Combine(output, file);

    private static string Hash(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
