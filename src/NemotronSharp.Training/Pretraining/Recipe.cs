using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Pretraining;

/// <summary>One dataset of a blend.</summary>
/// <param name="File">Packed dataset, relative to the data folder.</param>
/// <param name="Weight">Share of rows.</param>
internal sealed record BlendPart(string File, double Weight);

/// <summary>A stretch of training on one blend.</summary>
/// <param name="FromStep">Step at which it begins; the first is 0.</param>
/// <param name="Blend">What it reads.</param>
internal sealed record Phase(int FromStep, IReadOnlyList<BlendPart> Blend);

/// <summary>Which weights <see cref="CheckpointMerge"/> averages: those after every <paramref name="Every"/>th step of a window.</summary>
internal sealed record MergeWindow(int FromStep, int ToStep, int Every);

/// <summary>Everything that determines a training run, read from a JSON file with comments.</summary>
internal sealed record Recipe
{
    /// <summary>The model's config.json: inline, or the name of a file beside the recipe (stages share it).</summary>
    public required JsonNode Model { get; init; }

    /// <summary>Folder of packed datasets, relative to the recipe.</summary>
    public required string Data { get; init; }

    public required IReadOnlyList<Phase> Phases { get; init; }

    /// <summary>Packed dataset for the held-out loss, relative to the data folder; none if absent.</summary>
    public string? Validation { get; init; }

    /// <summary>Steps between held-out losses.</summary>
    public int ValidateEvery { get; init; } = 200;

    /// <summary>Rows of the held-out set that are used.</summary>
    public int ValidationRows { get; init; } = 32;

    /// <summary>Files copied beside every exported model (tokenizer, template), relative to the data folder.</summary>
    public IReadOnlyList<string> Attach { get; init; } = [];

    public required int Steps { get; init; }

    /// <summary>Tokens of an optimizer step, a multiple of TokensAtOnce; rows longer than TokensAtOnce make a step larger.</summary>
    public required int TokensPerStep { get; init; }

    /// <summary>Tokens that go through the model at once, or one row where rows are longer.</summary>
    public required int TokensAtOnce { get; init; }

    /// <summary>Stage whose final weights this one begins with; none: random weights.</summary>
    public string? From { get; init; }

    /// <summary>Average of the weights along a stretch of the run; none if absent.</summary>
    public MergeWindow? Merge { get; init; }

    public long Seed { get; init; } = 1;

    public double InitialStd { get; init; } = 0.02;

    /// <summary>Standard deviation of the initial embeddings; <see cref="InitialStd"/> if absent.</summary>
    public double? EmbeddingStd { get; init; }

    /// <summary>tokenizer.json, relative to the data folder, by which tokens that differ in a leading space or upper case begin with like embeddings; independent ones if absent.</summary>
    public string? Kin { get; init; }

    /// <summary>Whether mixers begin as trained ones end, see <see cref="Training.Model.InitialWeights"/>.</summary>
    public bool Mimetic { get; init; }

    public required double PeakRate { get; init; }

    public required double MinimumRate { get; init; }

    public int WarmupSteps { get; init; } = 100;

    /// <summary>Share of the steps, at the end, over which the rate falls.</summary>
    public double DecayFraction { get; init; } = 0.2;

    public double Beta1 { get; init; } = 0.9;

    public double Beta2 { get; init; } = 0.95;

    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Largest global gradient norm; above it all gradients are scaled down.</summary>
    public double ClipNorm { get; init; } = 1.0;

    /// <summary><c>all</c> parameters, or <c>mtp</c>: the head alone, after the rest of the model is done (the family's MTP boosting).</summary>
    public string Train { get; init; } = "all";

    /// <summary>MTP depths that are trained, on rows of at most TokensAtOnce; all of the model's if absent. All depths share one head.</summary>
    public int? MtpDepths { get; init; }

    /// <summary>Weight of the MTP losses, shared by the depths.</summary>
    public double MtpWeight { get; init; } = 0.3;

    /// <summary>Step of the router bias after each update (arXiv 2408.15664).</summary>
    public double BiasRate { get; init; } = 1e-3;

    /// <summary>Weight of the sequence balance loss.</summary>
    public double BalanceWeight { get; init; } = 1e-4;

    /// <summary>Precision of the linear layers' products: <c>bfloat16</c> or <c>float32</c>. Weights and everything else are FP32.</summary>
    public string Precision { get; init; } = "bfloat16";

    /// <summary>Minutes between checkpoints (each with an exported model).</summary>
    public double CheckpointMinutes { get; init; } = 10;

    /// <summary>Checkpoints kept; older ones are deleted.</summary>
    public int KeepCheckpoints { get; init; } = 2;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Reads and validates a recipe.</summary>
    /// <exception cref="InvalidDataException">A field is missing, unknown, malformed or out of range; the message names it.</exception>
    public static Recipe Load(string path)
    {
        Recipe recipe;
        try
        {
            recipe = JsonSerializer.Deserialize<Recipe>(File.ReadAllText(path), Options) ?? throw new InvalidDataException($"{path}: found null, expected a recipe");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
        recipe.Validate(path);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return recipe with { Data = Path.GetFullPath(recipe.Data, folder), Model = Inline(recipe.Model, folder) };
    }

    /// <summary>The rate schedule for a number of steps.</summary>
    public LearningRate Schedule => new(PeakRate, MinimumRate, WarmupSteps, Math.Max(1, (int)Math.Round(Steps * DecayFraction)), Steps);

    /// <summary>The model's validated shape.</summary>
    public NemotronConfig Config(string path) => NemotronConfig.FromJson(Model.ToJsonString(), $"{path}: model");

    private static JsonNode Inline(JsonNode model, string folder)
    {
        if (model is not JsonValue) return model;
        var file = Path.Combine(folder, model.GetValue<string>());
        try
        {
            return JsonNode.Parse(File.ReadAllText(file), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: {e.Message}", e);
        }
    }

    private void Validate(string path)
    {
        void Need(bool ok, string field, object found, string expected)
        {
            if (!ok) throw new InvalidDataException($"{path}: field '{field}': found {found}, expected {expected}");
        }

        Need(Steps > 0, "steps", Steps, "a positive number");
        Need(TokensAtOnce > 0 && TokensPerStep > 0 && TokensPerStep % TokensAtOnce == 0, "tokens_per_step", TokensPerStep, $"a multiple of tokens_at_once ({TokensAtOnce})");
        Need(Train is "all" or "mtp", "train", Train, "all or mtp");
        Need(MtpDepths is null or >= 0, "mtp_depths", MtpDepths ?? 0, "0 or more");
        Need(Merge is null || (Merge.Every > 0 && Merge.FromStep >= 0 && Merge.FromStep < Merge.ToStep && Merge.ToStep <= Steps), "merge", Merge!, $"every 1 or more steps, from one step to a later one, {Steps} at most");
        Need(PeakRate > 0 && MinimumRate >= 0 && MinimumRate <= PeakRate, "peak_rate", PeakRate, "positive and not below minimum_rate");
        Need(WarmupSteps >= 0, "warmup_steps", WarmupSteps, "0 or more");
        Need(DecayFraction is >= 0 and <= 1, "decay_fraction", DecayFraction, "0 to 1");
        Need(Beta1 is >= 0 and < 1 && Beta2 is >= 0 and < 1, "beta1, beta2", $"{Beta1}, {Beta2}", "at least 0 and below 1");
        Need(InitialStd > 0, "initial_std", InitialStd, "a positive number");
        Need(EmbeddingStd is null or > 0, "embedding_std", EmbeddingStd ?? 0, "a positive number");
        Need(ClipNorm > 0, "clip_norm", ClipNorm, "a positive number");
        Need(Precision is "bfloat16" or "float32", "precision", Precision, "bfloat16 or float32");
        Need(CheckpointMinutes > 0 && KeepCheckpoints > 0, "checkpoint_minutes, keep_checkpoints", $"{CheckpointMinutes}, {KeepCheckpoints}", "positive numbers");
        Need(ValidateEvery > 0 && ValidationRows > 0, "validate_every, validation_rows", $"{ValidateEvery}, {ValidationRows}", "positive numbers");
        Need(Phases.Count > 0 && Phases[0].FromStep == 0 && Phases.Zip(Phases.Skip(1)).All(p => p.First.FromStep < p.Second.FromStep), "phases",
            string.Join(", ", Phases.Select(p => p.FromStep)), "'from_step' values that start at 0 and rise");
    }
}
