using NemotronSharp.Checkpoints;
using Spectre.Console;
using static System.FormattableString;

namespace NemotronSharp.Cli.Terminal;

/// <summary>What a model's files hold, as tables.</summary>
internal static class CheckpointTables
{
    // More of them are for --json.
    private const int FilesShown = 8, NamesShown = 10;

    public static void Write(CheckpointSummary summary)
    {
        WriteTypes(summary);
        WriteParts(summary);
        var facts = Tables.New().HideHeaders().AddColumn("").AddColumn("");
        foreach (var (what, value) in Facts(summary)) facts.AddTextRow(what, value);
        Tables.Write(facts);
    }

    /// <summary>A line a tensor; plain, for there may be a hundred thousand of them.</summary>
    public static void WriteTensors(Checkpoint checkpoint)
    {
        var tensors = checkpoint.Tensors.Values.ToList();
        if (tensors.Count == 0) return;
        int name = tensors.Max(t => t.Name.Length), shape = tensors.Max(t => ShapeOf(t).Length);
        foreach (var t in tensors) Console.WriteLine(Invariant($"{Printable.Of(t.Name).PadRight(name)}  {t.Type,-6}  {ShapeOf(t).PadRight(shape)}  {t.ByteLength,14}  {Path.GetFileName(t.File)}"));
    }

    public static string NameOf(ModelPart part) => part switch
    {
        ModelPart.LmHead => "lm_head",
        ModelPart.MambaBeforeAttention => "mamba before attention",
        ModelPart.Mamba => "mamba projections",
        ModelPart.SharedExperts => "shared experts",
        ModelPart.Latent => "latent projections",
        ModelPart.Vectors => "norms, convolutions, vectors",
        ModelPart.Mtp => "MTP head",
        ModelPart.Unread => "not used by the model",
        _ => part.ToString().ToLowerInvariant(),
    };

    private static void WriteTypes(CheckpointSummary summary)
    {
        var table = Tables.New().AddColumn("type");
        foreach (var column in (string[])["tensors", "weights", "bytes", "bits per weight", "share"]) table.AddColumn(new TableColumn(column).RightAligned());
        var all = Math.Max(1, summary.Entries.Sum(e => e.Bytes));
        foreach (var type in summary.Entries.GroupBy(e => e.Format).OrderByDescending(g => g.Sum(e => e.Bytes))) Add(type.Key, [.. type]);
        Add("all", summary.Entries);
        Tables.Write(table);

        void Add(string name, IReadOnlyList<CheckpointEntry> entries)
        {
            var (weights, bytes) = (entries.Sum(e => e.Weights), entries.Sum(e => e.Bytes));
            table.AddTextRow(name, Invariant($"{entries.Count:N0}"), Invariant($"{weights:N0}"), Invariant($"{bytes:N0}"), Invariant($"{8.0 * bytes / Math.Max(1, weights):0.000}"), Invariant($"{100.0 * bytes / all:0.00} %"));
        }
    }

    private static void WriteParts(CheckpointSummary summary)
    {
        var table = Tables.New().AddColumn("part").AddColumn("stored as").AddColumn(new TableColumn("bytes").RightAligned());
        foreach (var part in summary.Entries.GroupBy(e => e.Part).OrderBy(g => g.Key))
        {
            var types = part.GroupBy(e => e.Format).OrderByDescending(g => g.Sum(e => e.Bytes)).Select(g => Invariant($"{g.Key} × {g.Count():N0}"));
            table.AddTextRow(NameOf(part.Key), string.Join(", ", types), Invariant($"{part.Sum(e => e.Bytes):N0}"));
        }
        Tables.Write(table);
    }

    private static IEnumerable<(string What, string Value)> Facts(CheckpointSummary summary)
    {
        yield return ("format", Invariant($"{summary.Format}, {summary.Files.Count} {(summary.Files.Count == 1 ? "file" : "files")}, {Sizes.Bytes(summary.Files.Sum(f => f.Bytes))}"));
        foreach (var (name, bytes) in summary.Files.Take(FilesShown)) yield return ("file", $"{name}, {Sizes.Bytes(bytes)}");
        if (summary.Files.Count > FilesShown) yield return ("file", Invariant($"and {summary.Files.Count - FilesShown} more (--json names all)"));
        foreach (var fact in summary.Metadata) yield return fact;
        foreach (var declared in summary.Declared)
            yield return (declared.File, $"quant_algo {declared.Algorithm ?? "null"}, kv_cache_quant_algo {declared.KeyValueAlgorithm ?? "null"}{(declared.Producer is { Length: > 0 } producer ? $", by {producer}" : "")}");
        if (summary.KeyValueScales is { Count: > 0 } scales)
        {
            var values = scales.SelectMany(s => new[] { s.Key, s.Value }).ToList();
            yield return ("key/value scales", Invariant($"{values.Min()} to {values.Max()} in {scales.Count} of the attention layers; used by --kv fp8"));
        }
        yield return ("missing", Names(summary.Missing));
        yield return ("not used", Names([.. summary.Unread.Select(e => e.Tensors[0].Name)]));
        foreach (var warning in summary.Warnings) yield return ("WARNING", warning);
    }

    private static string Names(IReadOnlyList<string> names) => names.Count switch
    {
        0 => "nothing",
        <= NamesShown => Invariant($"{names.Count}: {string.Join(", ", names)}"),
        _ => Invariant($"{names.Count}: {string.Join(", ", names.Take(NamesShown))}, … (--json names all)"),
    };

    private static string ShapeOf(Tensor tensor) => $"[{string.Join(", ", tensor.Shape)}]";
}
