using System.Globalization;
using NemotronSharp.Checkpoints;
using static System.FormattableString;

namespace NemotronSharp.LlamaCpp;

/// <summary>Whether memory holds a race: an engine that swaps or is killed has lost nothing but time.</summary>
internal static class MemoryNeed
{
    // States, scratch memory and the runtime, of an engine; what the race itself needs is less.
    private const double Extra = 1.5e9;

    // What llama.cpp unpacks into memory of its own, in the order that its kernels like.
    private static readonly HashSet<string> Repacked = ["Q4_0", "Q2_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "MXFP4"];

    /// <summary>Bytes of a model that llama.cpp holds twice.</summary>
    public static long RepackedBytes(string model)
    {
        using var checkpoint = Checkpoint.Open(model);
        return CheckpointSummary.Of(checkpoint).Entries.Where(e => Repacked.Contains(e.Format)).Sum(e => e.Bytes);
    }

    /// <summary>Refuses what memory does not hold; a warning where files do not stay in it.</summary>
    /// <param name="plan">The race.</param>
    /// <param name="files">Bytes of each model's files.</param>
    /// <param name="repacked">Bytes that llama.cpp holds twice, of each model.</param>
    /// <param name="total">Bytes of memory.</param>
    /// <exception cref="InvalidDataException">It is too large.</exception>
    public static string? Check(RacePlan plan, Func<string, long> files, Func<string, long> repacked, long total)
    {
        double first = Own(plan.First), second = Own(plan.Second), model = files(plan.First.Model), other = plan.Second.Model == plan.First.Model ? 0 : files(plan.Second.Model);
        if (!plan.OneAtATime)
        {
            var need = model + other + first + second;
            return need <= total ? null : throw new InvalidDataException(Invariant($"found {total / 1e9:0.0} GB of memory, expected {need / 1e9:0.0}: both engines with their files; --one-at-a-time lets whole processes take turns"));
        }
        var own = Math.Max(first, second);
        if (own > total) throw new InvalidDataException(Invariant($"found {total / 1e9:0.0} GB of memory, expected {own / 1e9:0.0}"));
        var most = Math.Max(model + first, (other > 0 ? other : model) + second);
        return most <= total ? null : Invariant($"memory holds {total / 1e9:0.0} GB, an engine with its file {most / 1e9:0.0}: parts of the file are read from disk again");

        double Own(Contestant who) => Extra + (who.Llama ? repacked(who.Model) : 0);
    }

    /// <summary>Bytes of a file or of a folder's files.</summary>
    public static long FileBytes(string path) => Directory.Exists(path) ? Directory.GetFiles(path).Sum(f => new FileInfo(f).Length) : new FileInfo(path).Length;

    /// <summary>The machine's memory as Linux says.</summary>
    public static long TotalBytes()
    {
        var line = File.ReadLines("/proc/meminfo").First(l => l.StartsWith("MemTotal:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.AsSpan("MemTotal:".Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture);
    }
}
