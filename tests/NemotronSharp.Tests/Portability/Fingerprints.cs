using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NemotronSharp.Tests.Model;

namespace NemotronSharp.Tests.Portability;

/// <summary>Hashes of the logits of small models: every format of the weights, every precision of the activations.</summary>
internal static class Fingerprints
{
    /// <summary>Layers whose arithmetic is all sums, products, divisions, roots and the C library's functions: no vectorised exponential.</summary>
    public const string WithoutVectorExp = "E-E-";

    private static readonly int[] Ids = [.. Enumerable.Range(0, 24).Select(i => i * i * 31 % 101)];

    /// <summary>One line for each.</summary>
    public static IEnumerable<string> Of(string pattern)
    {
        foreach (var format in FormatModels.Names)
        {
            using var folder = new TempFolder();
            var path = FormatModels.Write(folder, format, pattern);
            foreach (var precision in FormatModels.HasCodes(format) ? Enum.GetValues<ActivationPrecision>() : [ActivationPrecision.Float32])
                yield return $"{pattern} {format} {precision} {Hash(path, precision)}";
        }
    }

    // A batch, then tokens one by one, on more than one thread.
    private static string Hash(string path, ActivationPrecision precision)
    {
        using var engine = NemotronEngine.Load(path, new EngineOptions { Threads = 2, Activations = precision });
        using var state = engine.NewSequence();
        var all = new List<float>();
        engine.ForwardAll(state, Ids.AsSpan(0, Ids.Length - 3), (_, logits) => all.AddRange(logits));
        for (var i = Ids.Length - 3; i < Ids.Length; i++) engine.ForwardAll(state, Ids.AsSpan(i, 1), (_, logits) => all.AddRange(logits));
        Assert.All(all, value => Assert.True(float.IsFinite(value)));
        return Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(all))));
    }
}
