using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Text;
using NemotronSharp.Training.Data.Corpus;

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
    private const string TemplateFile = "chat_template.jinja", CasesFile = "heldout.jsonl", HeldOutFile = "heldout.bin", HeldOutTextFile = "heldout-text.bin", HeldOutListFile = "heldout-text.json", ManifestFile = "manifest.json";
    private static readonly JsonSerializerOptions _indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true, NewLine = "\n" };

    private readonly NGramIndex _evaluation = new();
    private readonly ulong _seed = (ulong)recipe.Seed;

    /// <summary>Runs all stages; returns the manifest.</summary>
    public JsonObject Run()
    {
        Directory.CreateDirectory(output);
        File.Delete(In(ManifestFile)); // it comes last: a folder with a manifest is complete
        CheckSources();
        string template = File.ReadAllText(BesideRecipe(recipe.Template));
        File.WriteAllText(In(TemplateFile), template);
        var encoder = new ChatEncoder(ChatTemplate.Parse(template, recipe.Template));
        var tokenizer = new TokenizerPreparation(recipe, sourceRoot, encoder, done => report("tokenizer", done)).Make(BesideRecipe, output);

        var judged = new NGramIndex(); // our own cases and held-out documents
        var conversations = new ConversationPreparation(recipe, sourceRoot, tokenizer, encoder, _evaluation);
        var heldOut = WriteHeldOut(conversations, tokenizer, judged);
        var text = new TextPreparation(recipe.Sources, sourceRoot, tokenizer, new CorpusFilter(_evaluation, judged));
        heldOut["text"] = WriteHeldOutText(text, tokenizer);
        var parts = new JsonArray();
        foreach (var part in recipe.Parts) parts.Add((JsonNode)WritePart(part, tokenizer, conversations, text));

        var manifest = new JsonObject
        {
            ["format"] = "nemotronsharp-data-1",
            ["recipe"] = Path.GetFileName(recipePath),
            ["recipe_sha256"] = Hash(recipePath),
            ["seed"] = recipe.Seed,
            ["row_length"] = recipe.RowLength,
            ["vocabulary"] = tokenizer.VocabularySize,
            ["tokenizer"] = Entry(TokenizerPreparation.File),
            ["tokenizer_config"] = Entry(TokenizerPreparation.ConfigFile),
            ["chat_template"] = Entry(TemplateFile),
            ["sources"] = new JsonArray([.. recipe.Sources.Select(s => (JsonNode)Describe(s, text.Counts(s)))]),
            ["conversation_sources"] = new JsonArray([.. recipe.ConversationSources.Select(s => (JsonNode)Describe(s, conversations.Counts(s)))]),
            ["decontaminated_against"] = new JsonArray([.. recipe.Decontaminate.Select(e => (JsonNode)new JsonObject { ["path"] = e.Path, ["sha256"] = e.Sha256 })]),
            ["parts"] = parts,
            ["held_out"] = heldOut,
        };
        File.WriteAllText(In(ManifestFile), manifest.ToJsonString(_indented) + "\n");
        return manifest;
    }

    private void CheckSources()
    {
        const string stage = "check sources";
        int done = 0, count = recipe.Sources.Count + recipe.ConversationSources.Count + recipe.Decontaminate.Count;
        foreach (var source in recipe.Sources)
        {
            source.Verify(sourceRoot);
            report(stage, (double)++done / count);
        }
        foreach (var source in recipe.ConversationSources)
        {
            source.Verify(sourceRoot);
            report(stage, (double)++done / count);
        }
        foreach (var set in recipe.Decontaminate)
        {
            set.Verify(sourceRoot);
            foreach (string text in set.Texts(sourceRoot)) _evaluation.Add(text);
            report(stage, (double)++done / count);
        }
    }

    // Held-out first: training then refuses whatever it has taken.
    private JsonObject WriteHeldOut(ConversationPreparation conversations, Tokenizer tokenizer, NGramIndex judged)
    {
        const string stage = "held-out cases";
        using var writer = new PackedDatasetWriter(In(HeldOutFile), recipe.RowLength, tokenizer.VocabularySize);
        JsonObject counts;
        using (var lines = new StreamWriter(In(CasesFile), false, new UTF8Encoding(false)) { NewLine = "\n" })
            counts = conversations.HoldOut(writer, lines, judged, done => report(stage, done));
        writer.Complete();
        report(stage, 1);
        return new JsonObject { ["cases"] = Entry(CasesFile), ["packed"] = Describe(writer, HeldOutFile), ["counts"] = counts };
    }

    private JsonObject WriteHeldOutText(TextPreparation text, Tokenizer tokenizer)
    {
        const string stage = "held-out text";
        using var writer = new PackedDatasetWriter(In(HeldOutTextFile), recipe.RowLength, tokenizer.VocabularySize);
        var list = text.HoldOut(writer, done => report(stage, done));
        writer.Complete();
        File.WriteAllText(In(HeldOutListFile), list.ToJsonString() + "\n");
        report(stage, 1);
        return new JsonObject { ["documents"] = Entry(HeldOutListFile), ["packed"] = Describe(writer, HeldOutTextFile) };
    }

    private JsonObject WritePart(DataPart part, Tokenizer tokenizer, ConversationPreparation conversations, TextPreparation text)
    {
        string file = part.Name + ".bin", parquet = part.Name + ".parquet";
        using var writer = new PackedDatasetWriter(In(file), part.RowLength ?? recipe.RowLength, tokenizer.VocabularySize);
        JsonObject? counts = null;
        if (part.Task is not null || part.Conversations is not null) counts = conversations.Write(part, writer, done => report(part.Name, done));
        else if (part.Sources is not null) text.Write(part, writer, done => report(part.Name, done));
        else WriteSynthetic(part, writer, tokenizer);
        writer.Complete();
        var json = Describe(writer, file);
        json["name"] = part.Name;
        foreach (var (name, value) in counts ?? []) json[name] = value!.DeepClone();
        if (part.Parquet)
        {
            PackedParquet.WriteAsync(In(file), In(parquet)).GetAwaiter().GetResult();
            json["parquet"] = Entry(parquet);
        }
        report(part.Name, 1);
        return json;
    }

    private void WriteSynthetic(DataPart part, PackedDatasetWriter writer, Tokenizer tokenizer)
    {
        var random = SeededRandom.For(_seed, part.Name);
        Func<(int[] Ids, byte[] Mask)> next = part.Text switch
        {
            "repetition" => new RepetitionText(tokenizer, random).Next,
            "echo" => new EchoText(tokenizer, random).Next,
            _ => new InductionText(tokenizer, random, writer.RowLength).Next,
        };
        while (writer.Tokens < part.Tokens)
        {
            var (ids, mask) = next();
            writer.AddSample(ids, mask);
            report(part.Name, (double)writer.Tokens / part.Tokens);
        }
    }

    private JsonObject Describe(PackedDatasetWriter writer, string file)
    {
        var json = Entry(file);
        json["row_length"] = writer.RowLength;
        json["rows"] = writer.RowCount;
        json["documents"] = writer.Documents;
        json["tokens"] = writer.Tokens;
        json["learned_tokens"] = writer.LearnedTokens;
        json["tokens_per_document"] = Math.Round((double)writer.Tokens / Math.Max(1, writer.Documents), 1);
        json["fill"] = Math.Round((double)writer.Tokens / Math.Max(1, (long)writer.RowCount * writer.RowLength), 4);
        json["refused_as_longer_than_a_row"] = writer.Refused;
        return json;
    }

    private static JsonObject Describe(TextSource source, SourceCounts counts) =>
        counts.AddTo(new JsonObject { ["name"] = source.Name, ["path"] = source.Path, ["sha256"] = source.Sha256, ["licence"] = source.Licence });

    private static JsonObject Describe(ConversationSource source, SourceCounts counts) => counts.AddTo(new JsonObject
    {
        ["name"] = source.Name,
        ["files"] = new JsonArray([.. source.Files.Select(f => (JsonNode)new JsonObject { ["path"] = f.Path, ["sha256"] = f.Sha256 })]),
        ["licence"] = source.Licence,
    });

    private string BesideRecipe(string file) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(recipePath))!, file);

    private JsonObject Entry(string file) => new() { ["file"] = file, ["sha256"] = Hash(In(file)) };

    private string In(string file) => Path.Combine(output, file);

    private static string Hash(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
