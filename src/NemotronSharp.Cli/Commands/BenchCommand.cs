using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using NemotronSharp.Cli.Benchmarks;
using NemotronSharp.Cli.Terminal;
using Spectre.Console;
using static System.FormattableString;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron bench</c>: tokens a second of prompts and of decoding, and the share of what the machine can do.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var (model, threads, json) = (CommonOptions.Model(), CommonOptions.Threads(), CommonOptions.Json("the rows"));
        var activations = CommonOptions.Activations();
        var prompts = Numbers("--prompt", "-p", "512", "Tokens of the prompts, separated by commas; 0 for none", least: 0);
        var decode = new Option<int>("--decode", "-n") { Description = "Tokens to decode one by one; 0 for none", DefaultValueFactory = _ => 64, HelpName = "N" };
        var depths = Numbers("--depth", "-d", "0", "Tokens that the sequence has seen before", least: 0);
        var repetitions = CommonOptions.AtLeastOne(new("--repetitions", "-r") { Description = "Runs of each row, behind one that warms up; the median is shown", DefaultValueFactory = _ => 3, HelpName = "N" });
        var command = new ExampleCommand("bench", "Measures tokens a second, and the share of the machine's limits", "./nemotron bench -p 128,512 -n 64", "./nemotron bench -m nano.gguf -p 512,2048 -n 64 -d 0,4096 -t 2 --json")
        {
            model, prompts, decode, depths, repetitions, threads, activations, json,
        };
        command.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValue(decode) < 0) result.AddError($"--decode: found {result.GetValue(decode)}, expected at least 0");
        });
        command.SetAction(result =>
        {
            using var interrupt = new Interrupt();
            using var engine = NemotronEngine.Load(ModelFolder.Find(result.GetValue(model)), CommonOptions.Engine(result.GetValue(threads), result.GetRequiredValue(activations)));
            var limits = MachineLimits.Measure(result.GetValue(threads));
            var cost = TokenCost.Of(engine);
            int[] lengths = [.. result.GetRequiredValue(prompts).Where(p => p > 0)];
            var rows = new List<BenchmarkRow>();
            foreach (var row in new Benchmark(engine, result.GetValue(repetitions), interrupt.Token).Run(lengths, result.GetValue(decode), result.GetRequiredValue(depths)))
            {
                rows.Add(row);
                if (!Console.IsErrorRedirected) Console.Error.WriteLine(Invariant($"{row.Name}: {row.Median:0.0} tokens/s"));
            }
            if (result.GetValue(json)) Console.WriteLine(ToJson(rows, limits, cost, result.GetValue(threads)).ToJsonString(CliJson.Indented));
            else Write(rows, limits, cost, result.GetValue(threads));
        });
        return command;
    }

    private static void Write(List<BenchmarkRow> rows, MachineLimits limits, TokenCost cost, int threads)
    {
        var table = Tables.New().AddColumn("test");
        foreach (var column in (string[])["tokens/s", "slowest to fastest", "GB/s", "of read", "Gop/s", "of float32"]) table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var row in rows)
        {
            var ops = OpsPerSecond(row, cost);
            var bytes = BytesPerSecond(row, cost);
            table.AddTextRow(row.Name, Invariant($"{row.Median:0.00}"), Invariant($"{row.Rates[0]:0.00} to {row.Rates[^1]:0.00}"),
                bytes is { } b ? Invariant($"{b / 1e9:0.0}") : "", bytes is { } read ? Invariant($"{read / limits.ReadBytesPerSecond:P0}") : "", Invariant($"{ops / 1e9:0}"), Invariant($"{ops / limits.Float32OpsPerSecond:P0}"));
        }
        Tables.Write(table);
        Console.WriteLine(Invariant($"{threads} threads read {limits.ReadBytesPerSecond / 1e9:0.0} GB/s and compute {limits.Float32OpsPerSecond / 1e9:0} Gop/s in float32; a decoded token touches {cost.WeightBytes / 1e9:0.000} GB of weights and {cost.StateBytes / 1e6:0.0} MB of state"));
    }

    private static double OpsPerSecond(BenchmarkRow row, TokenCost cost) => row.Median * (row.Prompt ? cost.PromptOps : cost.DecodeOps);

    // A prompt reads weights once for many tokens: bytes say nothing there.
    private static double? BytesPerSecond(BenchmarkRow row, TokenCost cost) => row.Prompt ? null : row.Median * cost.DecodeBytes(row.Depth + row.Tokens / 2);

    private static JsonObject ToJson(List<BenchmarkRow> rows, MachineLimits limits, TokenCost cost, int threads) => new()
    {
        ["threads"] = threads,
        ["read_bytes_per_second"] = limits.ReadBytesPerSecond,
        ["float32_ops_per_second"] = limits.Float32OpsPerSecond,
        ["weight_bytes_per_token"] = cost.WeightBytes,
        ["state_bytes_per_token"] = cost.StateBytes,
        ["key_value_bytes_per_position"] = cost.KeyValueBytesPerPosition,
        ["rows"] = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
        {
            ["test"] = row.Name,
            ["prompt"] = row.Prompt,
            ["tokens"] = row.Tokens,
            ["depth"] = row.Depth,
            ["tokens_per_second"] = row.Median,
            ["runs"] = new JsonArray([.. row.Rates.Select(r => (JsonNode)r)]),
            ["bytes_per_second"] = BytesPerSecond(row, cost),
            ["share_of_read"] = BytesPerSecond(row, cost) / limits.ReadBytesPerSecond,
            ["ops_per_second"] = OpsPerSecond(row, cost),
            ["share_of_float32"] = OpsPerSecond(row, cost) / limits.Float32OpsPerSecond,
        })]),
    };

    private static Option<int[]> Numbers(string name, string alias, string fallback, string description, int least) => new(name, alias)
    {
        Description = description,
        HelpName = "N,N",
        DefaultValueFactory = _ => [int.Parse(fallback, CultureInfo.InvariantCulture)],
        CustomParser = result =>
        {
            var words = string.Join(',', result.Tokens.Select(t => t.Value)).Split(',');
            var numbers = new int[words.Length];
            for (var i = 0; i < words.Length; i++)
                if (!int.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) || numbers[i] < least)
                {
                    result.AddError($"{name}: found '{words[i]}', expected whole numbers of at least {least}, separated by commas");
                    break;
                }
            return numbers;
        },
    };
}
