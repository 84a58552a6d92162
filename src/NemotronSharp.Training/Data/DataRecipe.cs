using System.Text.Json;
using System.Text.Json.Serialization;
using NemotronSharp.Training.Data.Corpus;

namespace NemotronSharp.Training.Data;

/// <summary>What <c>data prepare</c> makes: a commented JSON file beside the chat template it names.</summary>
internal sealed record DataRecipe
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Same seed, same bytes.</summary>
    public required long Seed { get; init; }

    /// <summary>Tokens per packed row, where a part does not say otherwise.</summary>
    public required int RowLength { get; init; }

    /// <summary>The model's chat template, relative to the recipe.</summary>
    public required string Template { get; init; }

    /// <summary>A tokenizer that exists, or how to learn one.</summary>
    public required TokenizerChoice Tokenizer { get; init; }

    /// <summary>One packed file each.</summary>
    public required IReadOnlyList<DataPart> Parts { get; init; }

    /// <summary>Plain-text sources of the parts that name them.</summary>
    public required IReadOnlyList<TextSource> Sources { get; init; }

    /// <summary>Published conversations of the parts that name them.</summary>
    public IReadOnlyList<ConversationSource> ConversationSources { get; init; } = [];

    /// <summary>Evaluation sets that no training text may share a 13-gram with.</summary>
    public IReadOnlyList<EvaluationSet> Decontaminate { get; init; } = [];

    /// <summary>Every file below the source root that the recipe reads.</summary>
    public IEnumerable<string> SourcePaths(string root) =>
        [.. Sources.Select(s => Path.Combine(root, s.Path)), .. ConversationSources.SelectMany(s => s.Files).Select(f => Path.Combine(root, f.Path)),
        .. Decontaminate.SelectMany(e => SourceFiles.Match(e.Path, root, e.Path))];

    /// <summary>Reads and checks a recipe.</summary>
    /// <exception cref="InvalidDataException">A field is missing, unknown or out of range; the message names it.</exception>
    public static DataRecipe Load(string path)
    {
        DataRecipe recipe;
        try
        {
            recipe = JsonSerializer.Deserialize<DataRecipe>(File.ReadAllText(path), _options) ?? throw new InvalidDataException($"{path}: found null, expected a recipe");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
        recipe.Check(path);
        return recipe;
    }

    private void Check(string path)
    {
        Need("row_length", RowLength is >= 16 and <= PackedFormat.MaxRowLength, RowLength, $"16 to {PackedFormat.MaxRowLength}");
        Need("tokenizer", Tokenizer.File is null == Tokenizer.Sha256 is null && Tokenizer.File is null != Tokenizer.Learn is null, "something else", "either 'file' and 'sha256', or 'learn'");
        if (Tokenizer.Learn is { } learn)
            Need("tokenizer.learn.vocabulary", learn.Vocabulary is >= 512 and <= PackedFormat.MaxVocabulary, learn.Vocabulary, $"512 to {PackedFormat.MaxVocabulary}");
        Need("parts", Parts.Count > 0, "none", "one or more");
        Need("parts.name", Parts.DistinctBy(p => p.Name).Count() == Parts.Count, "a name twice", "a name of its own for each part");
        foreach (var source in Sources)
            Need($"sources.{source.Name}.held_out_percent", source.HeldOutPercent is >= 0 and < 100, source.HeldOutPercent, "0 to 99");
        foreach (var source in ConversationSources)
        {
            Need("conversation_sources.name", ConversationSource.Names.Contains(source.Name), source.Name, string.Join(", ", ConversationSource.Names));
            Need($"conversation_sources.{source.Name}.files", source.Files.Count > 0, "none", "one or more");
        }
        foreach (var part in Parts) Check(part, $"parts.{part.Name}");
        string[] used = [.. Parts.SelectMany(p => p.Sources ?? []), .. Parts.SelectMany(p => p.Conversations ?? [])];
        Need("parts.sources", used.Distinct().Count() == used.Length, "a source twice", "each source in one part, or its text would be read twice");

        void Check(DataPart part, string field)
        {
            Need($"{field}.name", part.Name.Length > 0 && part.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'), part.Name, "letters, digits, '-' or '_'");
            Need($"{field}.tokens", part.Tokens > 0, part.Tokens, "more than 0");
            Need($"{field}.row_length", part.RowLength is null or >= 16 and <= PackedFormat.MaxRowLength, part.RowLength ?? 0, $"16 to {PackedFormat.MaxRowLength}");
            Need($"{field}.thinking_percent", part.ThinkingPercent is >= 0 and <= 100, part.ThinkingPercent, "0 to 100");
            Need($"{field}.stripped_percent", part.StrippedPercent is >= 0 and <= 100, part.StrippedPercent, "0 to 100");
            Need($"{field}.truncated_percent", part.TruncatedPercent is >= 0 and <= 100, part.TruncatedPercent, "0 to 100");
            Need($"{field}.held_out", part.HeldOut >= 0, part.HeldOut, "0 or more");
            Need($"{field}.turns", part.Turns is >= 1 and <= 100, part.Turns, "1 to 100");
            string[] kinds = [.. new[] { part.Task is null ? "" : "task", part.Sources is null ? "" : "sources", part.Conversations is null ? "" : "conversations", part.Text is null ? "" : "text" }.Where(k => k != "")];
            Need(field, kinds.Length == 1, kinds.Length == 0 ? "none" : string.Join(" and ", kinds), "one of task, sources, conversations, text");
            if (part.Task is not null) Need($"{field}.task", TaskCatalog.Names.Contains(part.Task), part.Task, string.Join(", ", TaskCatalog.Names));
            if (part.Text is not null) Need($"{field}.text", part.Text is "induction" or "repetition" or "echo", part.Text, "induction, repetition or echo");
            foreach (string source in part.Sources ?? [])
                Need($"{field}.sources", Sources.Any(s => s.Name == source), source, "the name of one of 'sources'");
            foreach (string source in part.Conversations ?? [])
                Need($"{field}.conversations", ConversationSources.Any(s => s.Name == source), source, "the name of one of 'conversation_sources'");
            foreach (string source in part.Passages ?? [])
                Need($"{field}.passages", Sources.Any(s => s.Name == source), source, "the name of one of 'sources'");
        }

        void Need(string field, bool ok, object found, string expected)
        {
            if (!ok) throw new InvalidDataException($"{path}: field '{field}': found {found}, expected {expected}");
        }
    }
}

/// <summary>Where the tokenizer comes from.</summary>
/// <param name="File">A <c>tokenizer.json</c> relative to the recipe, with its <c>tokenizer_config.json</c> beside it.</param>
/// <param name="Sha256">Of that file, in lower-case hex.</param>
/// <param name="Learn">Learn one instead.</param>
internal sealed record TokenizerChoice(string? File = null, string? Sha256 = null, VocabularySample? Learn = null);

/// <summary>What a vocabulary is learned from.</summary>
/// <param name="Vocabulary">Number of token ids.</param>
/// <param name="Conversations">Conversations of each task.</param>
/// <param name="TextCharacters">Characters of each text source.</param>
internal sealed record VocabularySample(int Vocabulary, int Conversations, int TextCharacters);

/// <summary>One packed file: conversations of a task, documents of sources, published conversations, or synthetic text.</summary>
/// <param name="Name">Names the file: <c>NAME.bin</c>.</param>
/// <param name="Tokens">Stop after so many tokens (sources may end earlier).</param>
/// <param name="RowLength">Tokens per row, if not the recipe's.</param>
/// <param name="Task">The generator.</param>
/// <param name="ThinkingPercent">How many of the conversations reason before they answer.</param>
/// <param name="StrippedPercent">How many of those are given without their reasoning, as with thinking off.</param>
/// <param name="TruncatedPercent">How many of the others have their reasoning cut at a random budget; the answer stays, and the end of the reasoning is not learned.</param>
/// <param name="Passages">Plain-text sources from which tasks with long texts draw them.</param>
/// <param name="Sources">Plain-text sources.</param>
/// <param name="Conversations">Published conversations.</param>
/// <param name="Text">Synthetic text: <c>induction</c>, <c>repetition</c> or <c>echo</c>.</param>
/// <param name="Turns">Most requests of a conversation about the same tools; evaluation cases have one.</param>
/// <param name="KeepReasoning">One sample a conversation with the reasoning of every turn, where inference would empty that of earlier turns.</param>
/// <param name="LearnPrompts">Learn every token of the conversations, as in pre-training, not only the assistant's.</param>
/// <param name="HeldOut">Evaluation cases kept out of training.</param>
/// <param name="Parquet">Write <c>NAME.parquet</c> too.</param>
internal sealed record DataPart(string Name, long Tokens, int? RowLength = null, string? Task = null, int ThinkingPercent = 0, int StrippedPercent = 0, int TruncatedPercent = 0,
    IReadOnlyList<string>? Passages = null, IReadOnlyList<string>? Sources = null, IReadOnlyList<string>? Conversations = null, string? Text = null, int HeldOut = 0, bool LearnPrompts = false, bool Parquet = false, int Turns = 1, bool KeepReasoning = false);
