using System.Text.Json.Nodes;
using NemotronSharp.Cli.Terminal;
using Spectre.Console;
using static System.FormattableString;

namespace NemotronSharp.Cli.Benchmarks;

/// <summary>Rows with their shares of what the machine can do, as a table and as JSON.</summary>
/// <param name="config">The model's shape.</param>
/// <param name="cost">What a token asks of the machine.</param>
/// <param name="limits">What the machine could do at the start, for each number of threads measured.</param>
/// <param name="rows">What was measured.</param>
/// <param name="pages">Bytes of the model's files mapped in small and in huge pages; null if the system doesn't tell.</param>
internal sealed class BenchmarkReport(NemotronConfig config, TokenCost cost, IReadOnlyList<MachineLimits> limits, IReadOnlyList<BenchmarkRow> rows, (long Small, long Huge)? pages)
{
    private static readonly Dictionary<ArithmeticUnit, string> Names = new()
    {
        [ArithmeticUnit.Float32] = "float32",
        [ArithmeticUnit.BFloat16] = "bfloat16 (vdpbf16ps)",
        [ArithmeticUnit.Int8] = "int8 (vpdpbusd)",
    };

    public void Write()
    {
        (string Name, Func<BenchmarkRow, string> Cell)[] columns =
        [
            ("threads", r => limits.Count > 1 ? Invariant($"{r.Threads}") : ""),
            ("tokens/s", r => Invariant($"{r.Median:0.00}")),
            ("slowest to fastest", r => Invariant($"{r.Runs.Min(x => x.TokensPerSecond):0.00} to {r.Runs.Max(x => x.TokensPerSecond):0.00}")),
            ("of depth 0", r => Number(OfDepth0(r), "0.00")),
            ("over one", r => Number(OverOne(r), "0.00")),
            ("GB/s", r => Number(r.BytesPerSecond(cost) / 1e9, "0.0")),
            ("of read", r => Number(r.ShareOfRead(cost), "P0")),
            ("Gop/s", r => Number(r.OpsPerSecond(cost) / 1e9, "0")),
            ("of peak", r => Number(r.ShareOfPeak(cost, passes: false), "P0")),
            ("peak busy", r => Number(r.ShareOfPeak(cost, passes: true), "P0")),
            ("allocated B/token", r => Number(Allocated(r), "0")),
        ];
        var shown = columns.Where(c => rows.Any(r => c.Cell(r).Length > 0)).ToList();
        var table = Tables.New().AddColumn("test");
        foreach (var (name, _) in shown) table.AddColumn(new TableColumn(name).RightAligned());
        foreach (var row in rows) table.AddTextRow([row.Name, .. shown.Select(c => c.Cell(row))]);
        Tables.Write(table);
        Console.WriteLine(Processor.Name);
        foreach (var at in limits) Console.WriteLine(Describe(at));
        Console.WriteLine(Invariant($"a decoded token touches {cost.WeightBytes / 1e9:0.000} GB of weights, {cost.StateBytes / 1e6:0.0} MB of state and {cost.KeyValueBytesPerPosition} B of keys and values for each token before it; its products are {cost.DecodeOps / 1e9:0.00} Gop, a prompt token's {cost.PromptOps / 1e9:0.00}, {Routes()}"));
        if (pages is { } p) Console.WriteLine(Invariant($"of the model's files {p.Huge / 1e9:0.00} GB are mapped in huge pages, {p.Small / 1e9:0.00} GB in small ones"));
        foreach (var (depth, bytes) in Memory()) Console.WriteLine(Invariant($"a sequence holds {bytes / 1e6:0.0} MB at depth {depth} (the family's definition: {FamilyBytes(depth) / 1e6:0.0} MB)"));
        Console.WriteLine("of read, of peak: against what the machine could do directly before and after each run; of peak: useful operations; peak busy: every instruction, of which 16-bit activations need two");
    }

    public JsonObject ToJson() => new()
    {
        ["processor"] = Processor.Name,
        ["machine"] = new JsonArray([.. limits.Select(l => (JsonNode)Machine(l))]),
        ["weight_bytes_per_token"] = cost.WeightBytes,
        ["state_bytes_per_token"] = cost.StateBytes,
        ["key_value_bytes_per_position"] = cost.KeyValueBytesPerPosition,
        ["products"] = new JsonArray([.. cost.Products.Select(p => (JsonNode)new JsonObject
        {
            ["unit"] = Unit(p.Route.Unit),
            ["passes"] = p.Route.Passes,
            ["decode_ops"] = p.DecodeOps,
            ["prompt_ops"] = p.PromptOps,
        })]),
        ["sequence_memory"] = new JsonArray([.. Memory().Select(m => (JsonNode)new JsonObject { ["depth"] = m.Depth, ["bytes"] = m.Bytes, ["family_bytes"] = FamilyBytes(m.Depth) })]),
        ["mapped_in_huge_pages"] = pages?.Huge,
        ["mapped_in_small_pages"] = pages?.Small,
        ["rows"] = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
        {
            ["test"] = row.Name,
            ["threads"] = row.Threads,
            ["prompt"] = row.Prompt,
            ["tokens"] = row.Tokens,
            ["depth"] = row.Depth,
            ["tokens_per_second"] = row.Median,
            ["runs"] = new JsonArray([.. row.Runs.Select(r => (JsonNode)new JsonObject
            {
                ["tokens_per_second"] = r.TokensPerSecond,
                ["machine"] = Machine(r.Limits),
                ["allocated_bytes_per_token"] = r.AllocatedBytesPerToken,
            })]),
            ["sequences"] = row.Sequences,
            ["over_one_sequence"] = OverOne(row),
            ["of_depth_0"] = OfDepth0(row),
            ["bytes_per_second"] = row.BytesPerSecond(cost),
            ["share_of_read"] = row.ShareOfRead(cost),
            ["ops_per_second"] = row.OpsPerSecond(cost),
            ["share_of_peak"] = row.ShareOfPeak(cost, passes: false),
            ["peak_busy"] = row.ShareOfPeak(cost, passes: true),
            ["allocated_bytes_per_token"] = Allocated(row),
        })]),
    };

    private static string Describe(MachineLimits l) => Invariant(
        $"at the start {l.Threads} threads read {l.ReadBytesPerSecond / 1e9:0.0} GB/s and compute {l.Float32OpsPerSecond / 1e9:0} Gop/s in float32{Peak(l.BFloat16OpsPerSecond, ArithmeticUnit.BFloat16)}{Peak(l.Int8OpsPerSecond, ArithmeticUnit.Int8)}");

    private static JsonObject Machine(MachineLimits l) => new()
    {
        ["threads"] = l.Threads,
        ["read_bytes_per_second"] = l.ReadBytesPerSecond,
        ["float32_ops_per_second"] = l.Float32OpsPerSecond,
        ["bfloat16_ops_per_second"] = l.BFloat16OpsPerSecond,
        ["int8_ops_per_second"] = l.Int8OpsPerSecond,
    };

    private static string Peak(double? ops, ArithmeticUnit unit) => ops is { } o ? Invariant($", {o / 1e9:0} in {Names[unit]}") : "";

    private static string Unit(ArithmeticUnit unit) => unit.ToString().ToLowerInvariant();

    private static string Number(double? value, string format) => value is { } v ? v.ToString(format, System.Globalization.CultureInfo.InvariantCulture) : "";

    private static double Allocated(BenchmarkRow row) => row.Runs.Min(r => r.AllocatedBytesPerToken);

    private double? OfDepth0(BenchmarkRow row) => row.Depth == 0 ? null : RatioTo(row, row.Name.Split(" @")[0]);

    private double? OverOne(BenchmarkRow row) => row.Sequences == 1 ? null : RatioTo(row, row.Name.Replace($" x{row.Sequences}", "", StringComparison.Ordinal));

    private double? RatioTo(BenchmarkRow row, string name) => rows.FirstOrDefault(r => r.Name == name && r.Threads == row.Threads) is { } other ? row.RatioTo(other) : null;

    private string Routes() => string.Join(", ", cost.Products.Where(p => p.PromptOps > 0).OrderByDescending(p => p.PromptOps)
        .Select(p => Invariant($"{(double)p.PromptOps / cost.PromptOps:P1} in {Names[p.Route.Unit]}{(p.Route.Passes > 1 ? Invariant($" × {p.Route.Passes}") : "")}")));

    private IEnumerable<(int Depth, long Bytes)> Memory() => rows.DistinctBy(r => r.Depth).Select(r => (r.Depth, r.SequenceBytes));

    private long FamilyBytes(int depth) => config.Footprint.StateBytesPerSequence + depth * config.Footprint.KeyValueBytesPerToken;
}
