using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Configuration;

namespace NemotronSharp.Checkpoints;

/// <summary>
/// A model folder as Hugging Face lays it out: config.json, and weights in model.safetensors or in shards
/// named by model.safetensors.index.json. Owns the mapped files; readable from any thread until disposed.
/// </summary>
public sealed class HuggingFaceFolder : Checkpoint
{
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";

    private const long LargestShard = 5L << 30;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    private HuggingFaceFolder(string folder, NemotronConfig config) : base(folder, config)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <inheritdoc/>
    public override string Format => "Hugging Face folder";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Files => [.. _files.Select(f => f.Path)];

    internal static new bool HasWeights(string folder) => File.Exists(System.IO.Path.Combine(folder, SingleFile)) || File.Exists(System.IO.Path.Combine(folder, IndexFile));

    /// <summary>Opens a folder; weights are mapped, not read.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A file is missing or malformed; the message names it.</exception>
    public static new HuggingFaceFolder Open(string folder)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{folder}: found no such folder, expected a model folder with config.json and *.safetensors");
        var configPath = System.IO.Path.Combine(folder, "config.json");
        if (!File.Exists(configPath)) throw new InvalidDataException($"{folder}: found no config.json, expected a Hugging Face model folder");
        var result = new HuggingFaceFolder(folder, NemotronConfig.Load(configPath));
        try
        {
            foreach (var file in result.WeightFiles()) result.Add(SafetensorsFile.Open(file));
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Writes config.json and the weights, in shards of at most <paramref name="shardBytes"/> (a larger tensor has a shard of its own).</summary>
    public static void Write(string folder, NemotronConfig config, IReadOnlyList<TensorContent> tensors, long shardBytes = LargestShard) =>
        Write(folder, JsonNode.Parse(config.ToJson())!.AsObject(), tensors, shardBytes);

    internal static void Write(string folder, JsonObject config, IReadOnlyList<TensorContent> tensors, long shardBytes = LargestShard, WriteWatch? watch = null)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(System.IO.Path.Combine(folder, "config.json"), config.ToJsonString(Indented) + "\n");
        watch?.Expect(tensors.Sum(t => t.ByteLength));
        var shards = new List<List<TensorContent>> { new() };
        long used = 0;
        foreach (var tensor in tensors)
        {
            if (used > 0 && used + tensor.ByteLength > shardBytes)
            {
                shards.Add([]);
                used = 0;
            }

            shards[^1].Add(tensor);
            used += tensor.ByteLength;
        }

        if (shards.Count == 1)
        {
            SafetensorsWriter.Write(System.IO.Path.Combine(folder, SingleFile), shards[0], watch);
            return;
        }

        var map = new JsonObject();
        for (var i = 0; i < shards.Count; i++)
        {
            var name = $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors";
            SafetensorsWriter.Write(System.IO.Path.Combine(folder, name), shards[i], watch);
            foreach (var tensor in shards[i]) map[tensor.Name] = name;
        }

        var index = new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = tensors.Sum(t => t.ByteLength) }, ["weight_map"] = map };
        File.WriteAllText(System.IO.Path.Combine(folder, IndexFile), index.ToJsonString(Indented));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var file in _files) file.Dispose();
        _files.Clear();
        _tensors.Clear();
    }

    private IEnumerable<string> WeightFiles()
    {
        var index = System.IO.Path.Combine(Path, IndexFile);
        if (File.Exists(index)) return ShardsOf(index);
        var single = System.IO.Path.Combine(Path, SingleFile);
        if (File.Exists(single)) return [single];
        throw new InvalidDataException($"{Path}: found neither {SingleFile} nor {IndexFile}, expected one of them");
    }

    private IEnumerable<string> ShardsOf(string index)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (JsonText.Parse(File.ReadAllText(index), index) is not JsonObject root || root["weight_map"] is not JsonObject map)
            throw new InvalidDataException($"{index}: field 'weight_map': found no object, expected tensor names with their shards");
        foreach (var (tensor, shard) in map)
        {
            // A shard is a plain file name: an index must not reach outside its folder.
            if (shard is not JsonValue value || !value.TryGetValue<string>(out var name) || name != System.IO.Path.GetFileName(name) || name.Length == 0)
                throw new InvalidDataException($"{index}: tensor '{Excerpt.Of(tensor)}': found {Excerpt.Of(shard?.ToJsonString() ?? "null")}, expected a shard's file name");
            names.Add(name);
        }

        foreach (var name in names)
            if (!File.Exists(System.IO.Path.Combine(Path, name))) throw new InvalidDataException($"{index}: found no shard '{Excerpt.Of(name)}' in the folder, expected all {names.Count} shards");
        return names.Select(name => System.IO.Path.Combine(Path, name));
    }

    private void Add(SafetensorsFile file)
    {
        _files.Add(file);
        foreach (var (name, tensor) in file.Tensors)
            if (!_tensors.TryAdd(TensorNames.Canonical(name), tensor))
                throw new InvalidDataException($"{tensor.File}: tensor '{Excerpt.Of(name)}': found twice in the folder, expected once");
    }
}
