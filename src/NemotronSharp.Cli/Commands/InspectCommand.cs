using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using NemotronSharp.Cli.Terminal;
using NemotronSharp.Configuration;
using Spectre.Console;
using static System.FormattableString;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron inspect</c>: a model's layers, parameters and memory, from what it says of itself; no weights are read.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var preset = new Option<string?>("--preset", "-p") { Description = $"A published shape instead: {string.Join(", ", NemotronPresets.Names)}", HelpName = "NAME" };
        var json = CommonOptions.Json("everything");
        var command = new ExampleCommand("inspect", "Shows a model's layers, parameters and memory", "./nemotron inspect", "./nemotron inspect -m ~/models/Nemotron-3-Nano", "./nemotron inspect --preset super-120b-a12b --json")
        {
            model, preset, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(model) is not null && result.GetValue(preset) is not null) result.AddError("found -m and --preset, expected one of them");
        });
        command.SetAction(result =>
        {
            var (name, config) = result.GetValue(preset) is { } presetName ? (presetName, NemotronPresets.Get(presetName)) : Load(result.GetValue(model));
            if (result.GetValue(json)) Console.WriteLine(ToJson(name, config).ToJsonString(CliJson.Indented));
            else WriteTables(name, config);
        });
        return command;
    }

    private static (string Name, NemotronConfig Config) Load(string? model)
    {
        var path = ModelFolder.Find(model);
        var name = Path.GetFileName(path) == "config.json" ? Path.GetFileName(Path.GetDirectoryName(path)!) : Path.GetFileName(path);
        return (name, ModelText.LoadConfig(path));
    }

    private static void WriteTables(string name, NemotronConfig config)
    {
        var footprint = config.Footprint;
        var layers = Tables.New().AddColumn("layer").AddColumn(new TableColumn("count").RightAligned()).AddColumn("shape")
            .AddColumn(new TableColumn("parameters").RightAligned()).AddColumn(new TableColumn("in all").RightAligned());
        foreach (var kind in Enum.GetValues<LayerKind>())
        {
            if (config.CountOf(kind) is not (> 0 and var count)) continue;
            var each = footprint.LayerParameters(kind);
            layers.AddTextRow($"{kind.Letter()} {kind.BlockType()}", Invariant($"{count}"), Shape(config, kind), Short(each), Short(each * count));
        }
        Tables.Write(layers);

        var facts = Tables.New().HideHeaders().AddColumn("").AddColumn("");
        void Add(string what, string value) => facts.AddTextRow(what, value);
        Add("model", name);
        Add("pattern", config.Pattern);
        Add("hidden size, vocabulary", Invariant($"{config.HiddenSize}, {config.VocabSize}{(config.TieWordEmbeddings ? " (tied)" : "")}"));
        Add("parameters", Big(footprint.Parameters));
        Add("active per token", $"{Big(footprint.ActiveParameters)}, without the embedding table {Big(footprint.ActiveParametersWithoutEmbedding)}");
        if (config.MtpDepth > 0) Add("MTP head", $"{Big(footprint.MtpParameters)} ({string.Concat(config.MtpLayers.Select(k => k.Letter()))})");
        Add("state per sequence", $"{Bytes(footprint.StateBytesPerSequence)} (Mamba, whatever the length)");
        Add("keys and values per token", Bytes(footprint.KeyValueBytesPerToken));
        Add("held by this engine", $"{Bytes(footprint.HeldStateBytesPerSequence)} per sequence, {Bytes(footprint.HeldKeyValueBytesPerToken)} per token (float32 throughout)");
        Add("longest context", Invariant($"{config.MaxPositionEmbeddings} tokens: {Bytes(footprint.StateBytesPerSequence + footprint.KeyValueBytesPerToken * config.MaxPositionEmbeddings)} per sequence"));
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
            layers[kind.BlockType()] = new JsonObject { ["count"] = config.CountOf(kind), ["parameters_each"] = config.CountOf(kind) > 0 ? footprint.LayerParameters(kind) : 0 };
        return new JsonObject
        {
            ["name"] = name,
            ["pattern"] = config.Pattern,
            ["hidden_size"] = config.HiddenSize,
            ["vocab_size"] = config.VocabSize,
            ["layers"] = layers,
            ["parameters"] = footprint.Parameters,
            ["router_biases"] = footprint.RouterBiases,
            ["mtp_parameters"] = footprint.MtpParameters,
            ["active_parameters"] = footprint.ActiveParameters,
            ["active_parameters_without_embedding"] = footprint.ActiveParametersWithoutEmbedding,
            ["state_bytes_per_sequence"] = footprint.StateBytesPerSequence,
            ["key_value_bytes_per_token"] = footprint.KeyValueBytesPerToken,
            ["held_state_bytes_per_sequence"] = footprint.HeldStateBytesPerSequence,
            ["held_key_value_bytes_per_token"] = footprint.HeldKeyValueBytesPerToken,
            ["max_position_embeddings"] = config.MaxPositionEmbeddings,
        };
    }

    private static string Big(long value) => $"{value.ToString("N0", CultureInfo.InvariantCulture)} ({Short(value)})";

    private static string Short(long value) => value >= 1_000_000_000 ? Invariant($"{value / 1e9:0.00} B") : Invariant($"{value / 1e6:0.00} M");

    private static string Bytes(long value)
    {
        ReadOnlySpan<string> units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var (scaled, unit) = ((double)value, 0);
        for (; scaled >= 1024 && unit < units.Length - 1; unit++) scaled /= 1024;
        return Invariant($"{scaled:0.##} {units[unit]}");
    }
}
