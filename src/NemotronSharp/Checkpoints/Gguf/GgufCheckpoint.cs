using System.Globalization;
using System.Text.RegularExpressions;

namespace NemotronSharp.Checkpoints;

/// <summary>A GGUF file of the family, or all files of a split one. Owns the mapped files; readable from any thread until disposed.</summary>
internal sealed partial class GgufCheckpoint : Checkpoint
{
    private readonly List<GgufFile> _files;
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    private GgufCheckpoint(string path, NemotronConfig config, List<GgufFile> files) : base(path, config)
    {
        _files = files;
        foreach (var (name, tensor) in files.SelectMany(f => f.Tensors))
            if (!_tensors.TryAdd(GgufNames.ToVendor(name, config.Layers.Length), tensor))
                throw new InvalidDataException($"{tensor.File}: tensor '{Excerpt.Of(name)}': found twice, or under two spellings, expected once");
    }

    public override IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    public override string Format => $"GGUF version {_files[0].Version}";

    public override IReadOnlyList<string> Files => [.. _files.Select(f => f.Metadata.Path)];

    /// <summary>Metadata of the (first) file: shape, tokenizer, chat template.</summary>
    public GgufMetadata Metadata => _files[0].Metadata;

    /// <summary>Opens a file; of a split model any of its files may be named.</summary>
    /// <exception cref="InvalidDataException">A file is missing, malformed or of another family; the message names it.</exception>
    public static new GgufCheckpoint Open(string path)
    {
        var files = new List<GgufFile>();
        try
        {
            foreach (var piece in Pieces(path)) files.Add(GgufFile.Open(piece));
            CheckSplit(files);
            var names = files.SelectMany(f => f.Tensors.Keys).ToHashSet(StringComparer.Ordinal);
            return new GgufCheckpoint(path, GgufConfig.Read(files[0].Metadata, names), files);
        }
        catch
        {
            foreach (var file in files) file.Dispose();
            throw;
        }
    }

    public override void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    // NAME-00001-of-00004.gguf stands for all four.
    private static IEnumerable<string> Pieces(string path)
    {
        if (PieceName().Match(path) is not { Success: true } match) return [path];
        var count = int.Parse(match.Groups[3].ValueSpan, CultureInfo.InvariantCulture);
        if (count is < 1 or > 10_000) return [path];
        var pieces = Enumerable.Range(1, count).Select(i => $"{match.Groups[1].Value}-{i:D5}-of-{count:D5}.gguf").ToArray();
        return pieces.FirstOrDefault(p => !File.Exists(p)) is { } missing ? throw new InvalidDataException($"{missing}: found no such file, expected all {count} pieces of the model") : pieces;
    }

    private static void CheckSplit(List<GgufFile> files)
    {
        for (var i = 0; i < files.Count; i++)
        {
            var metadata = files[i].Metadata;
            var count = metadata.Whole("split.count", fallback: 1, least: 0, most: int.MaxValue);
            if (Math.Max(1, count) != files.Count) throw metadata.Error("split.count", count.ToString(CultureInfo.InvariantCulture), $"{files.Count} as in the file's name; a piece of a split model is named NAME-00001-of-0000N.gguf");
            if (files.Count > 1 && metadata.Whole("split.no") != i) throw metadata.Error("split.no", metadata.Values["split.no"].ToString(), i.ToString(CultureInfo.InvariantCulture));
        }
        var first = files[0].Metadata;
        var found = files.Sum(f => (long)f.Tensors.Count);
        if (first.Whole("split.tensors.count", fallback: found, 0, long.MaxValue) is var expected && expected != found) throw first.Error("split.tensors.count", expected.ToString(CultureInfo.InvariantCulture), $"the {found} of its files");
    }

    [GeneratedRegex(@"^(.+)-(\d{5})-of-(\d{5})\.gguf$")]
    private static partial Regex PieceName();
}
