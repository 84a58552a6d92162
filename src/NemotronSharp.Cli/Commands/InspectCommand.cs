using System.CommandLine;
using System.Text.Json.Nodes;
using NemotronSharp.Checkpoints;
using NemotronSharp.Cli.Terminal;
using NemotronSharp.Configuration;
using Spectre.Console;
using static System.FormattableString;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron inspect</c>: a model's layers, parameters and memory, and how its files store it; no weights are read.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var preset = new Option<string?>("--preset", "-p") { Description = $"A published shape instead: {string.Join(", ", NemotronPresets.Names)}", HelpName = "NAME" };
        var json = CommonOptions.Json("everything");
        var tensors = new Option<bool>("--tensors") { Description = "List every tensor: name in the file, type, shape, bytes, file" };
        var command = new ExampleCommand(
            "inspect", "Shows a model's layers, parameters and memory, and the types of its tensors",
            "./nemotron inspect", "./nemotron inspect -m ~/models/Nemotron-3-Nano --tensors", "./nemotron inspect --preset super-120b-a12b --json")
        {
            model, preset, tensors, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(model) is not null && result.GetValue(preset) is not null) result.AddError("found -m and --preset, expected one of them");
            if (result.GetValue(tensors) && result.GetValue(preset) is not null) result.AddError("found --tensors and --preset, expected a model with weights");
        });
        command.SetAction(result =>
        {
            var (asJson, list) = (result.GetValue(json), result.GetValue(tensors));
            if (result.GetValue(preset) is { } presetName) Write(presetName, NemotronPresets.Get(presetName), null, asJson, list);
            else InspectModel(ModelFolder.Find(result.GetValue(model)), asJson, list);
        });
        return command;
    }

    private static void InspectModel(string path, bool asJson, bool list)
    {
        var name = Path.GetFileName(path) == "config.json" ? Path.GetFileName(Path.GetDirectoryName(path)!) : Path.GetFileName(path);
        using var checkpoint = Checkpoint.HasWeights(path) ? Checkpoint.Open(path) : null;
        if (list && checkpoint is null) throw new CommandException($"--tensors: found no weights in {path}, expected *.safetensors or a GGUF file");
        Write(name, checkpoint?.Config ?? ModelText.LoadConfig(path), checkpoint, asJson, list);
    }

    private static void Write(string name, NemotronConfig config, Checkpoint? checkpoint, bool asJson, bool list)
    {
        var summary = checkpoint is null ? null : CheckpointSummary.Of(checkpoint);
        if (asJson)
        {
            var json = ToJson(name, config);
            if (summary is not null) json["checkpoint"] = CheckpointJson.Of(summary);
            if (list) json["tensors"] = CheckpointJson.Tensors(checkpoint!);
            Console.WriteLine(json.ToJsonString(CliJson.Indented));
            return;
        }
        WriteTables(name, config);
        if (summary is not null) CheckpointTables.Write(summary);
        if (list) CheckpointTables.WriteTensors(checkpoint!);
    }

    private static void WriteTables(string name, NemotronConfig config)
    {
        var footprint = config.Footprint;
        var layers = Tables.New().AddColumn("layer").AddColumn(new TableColumn("count").RightAligned()).AddColumn("shape")
            .AddColumn(new TableColumn("parameters").RightAligned()).AddColumn(new TableColumn("in all").RightAligned());
        foreach (var kind in Enum.GetValues<LayerKind>())
        {
            if (config.CountOf(kind) is not (> 0 and var count)) continue;
            var all = footprint.ParametersOf(kind);
            layers.AddTextRow($"{kind.Letter()} {kind.BlockType()}", Invariant($"{count}"), Shape(config, kind), Sizes.Short(all / count), Sizes.Short(all));
        }
        Tables.Write(layers);

        var facts = Tables.New().HideHeaders().AddColumn("").AddColumn("");
        void Add(string what, string value) => facts.AddTextRow(what, value);
        Add("model", name);
        Add("pattern", config.Pattern);
        if (!config.PerLayer.IsEmpty) Add("layers of one kind", "differ in size: shown are the first one's, and parameters on average");
        Add("hidden size, vocabulary", Invariant($"{config.HiddenSize}, {config.VocabSize}{(config.TieWordEmbeddings ? " (tied)" : "")}"));
        Add("parameters", Sizes.Count(footprint.Parameters));
        Add("active per token", $"{Sizes.Count(footprint.ActiveParameters)}, without the embedding table {Sizes.Count(footprint.ActiveParametersWithoutEmbedding)}");
        if (config.MtpDepth > 0) Add("MTP head", $"{Sizes.Count(footprint.MtpParameters)} ({string.Concat(config.MtpLayers.Select(k => k.Letter()))})");
        Add("state per sequence", $"{Sizes.Bytes(footprint.StateBytesPerSequence)} (Mamba, whatever the length)");
        Add("keys and values per token", Sizes.Bytes(footprint.KeyValueBytesPerToken));
        Add("held by this engine", $"{Sizes.Bytes(footprint.HeldStateBytesPerSequence)} per sequence, {Sizes.Bytes(footprint.HeldKeyValueBytesPerToken(new EngineOptions().KeyValues))} per token (float32 state; --kv chooses other keys and values)");
        Add("longest context", Invariant($"{config.MaxPositionEmbeddings} tokens: {Sizes.Bytes(footprint.StateBytesPerSequence + footprint.KeyValueBytesPerToken * config.MaxPositionEmbeddings)} per sequence"));
        Tables.Write(facts);
    }

    private static string Shape(NemotronConfig c, LayerKind kind) => Invariant(kind switch
    {
        LayerKind.Mamba => $"{c.MambaNumHeads} heads × {c.MambaHeadDim}, state {c.SsmStateSize}, {c.MambaGroups} groups",
        LayerKind.Attention => $"{c.NumAttentionHeads} heads × {c.HeadDim}, {c.NumKeyValueHeads} key/value heads",
        LayerKind.Experts => $"{c.ExpertsPerToken} of {c.RoutedExperts} experts × {c.MoeIntermediateSize}{(c.MoeLatentSize > 0 ? $" in latent {c.MoeLatentSize}" : "")}, shared {c.SharedIntermediateSize}",
        _ => (FormattableString)$"{c.IntermediateSize}",
    });

    private static JsonObject ToJson(string name, NemotronConfig config)
    {
        var footprint = config.Footprint;
        var layers = new JsonObject();
        foreach (var kind in Enum.GetValues<LayerKind>())
            layers[kind.BlockType()] = new JsonObject { ["count"] = config.CountOf(kind), ["parameters_each"] = config.CountOf(kind) is > 0 and var count ? footprint.ParametersOf(kind) / count : 0, ["parameters"] = footprint.ParametersOf(kind) };
        return new JsonObject
        {
            ["name"] = name,
            ["pattern"] = config.Pattern,
            ["hidden_size"] = config.HiddenSize,
            ["vocab_size"] = config.VocabSize,
            ["layers"] = layers,
            ["layer_sizes"] = new JsonArray([.. config.PerLayer.Select(s => (JsonNode)new JsonObject { ["num_key_value_heads"] = s.NumKeyValueHeads, ["intermediate_size"] = s.IntermediateSize, ["num_experts_per_tok"] = s.ExpertsPerToken, ["moe_intermediate_size"] = s.MoeIntermediateSize })]),
            ["parameters"] = footprint.Parameters,
            ["router_biases"] = footprint.RouterBiases,
            ["mtp_parameters"] = footprint.MtpParameters,
            ["active_parameters"] = footprint.ActiveParameters,
            ["active_parameters_without_embedding"] = footprint.ActiveParametersWithoutEmbedding,
            ["state_bytes_per_sequence"] = footprint.StateBytesPerSequence,
            ["key_value_bytes_per_token"] = footprint.KeyValueBytesPerToken,
            ["held_state_bytes_per_sequence"] = footprint.HeldStateBytesPerSequence,
            ["held_key_value_bytes_per_token"] = footprint.HeldKeyValueBytesPerToken(new EngineOptions().KeyValues),
            ["max_position_embeddings"] = config.MaxPositionEmbeddings,
        };
    }
}
