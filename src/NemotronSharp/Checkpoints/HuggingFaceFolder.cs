using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Checkpoints;

/// <summary>
/// A model folder as Hugging Face lays it out: config.json, and weights in model.safetensors or in shards
/// named by model.safetensors.index.json. Owns the mapped files; readable from any thread until disposed.
/// </summary>
public sealed class HuggingFaceFolder : IDisposable
{
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    private HuggingFaceFolder(string folder, NemotronConfig config)
    {
        Folder = folder;
        Config = config;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Its config.json.</summary>
    public NemotronConfig Config { get; }

    /// <summary>All tensors under the vendor's names (<c>backbone.layers.0.mixer.in_proj.weight</c>), whatever spelling the files use.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>Opens a folder; weights are mapped, not read.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">A file is missing or malformed; the message names it.</exception>
    public static HuggingFaceFolder Open(string folder)
    {
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{folder}: found no such folder, expected a model folder with config.json and *.safetensors");
        var configPath = Path.Combine(folder, "config.json");
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
    public static void Write(string folder, NemotronConfig config, IReadOnlyList<TensorContent> tensors, long shardBytes = 5L << 30)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJson());
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
            SafetensorsWriter.Write(Path.Combine(folder, SingleFile), shards[0]);
            return;
        }

        var map = new JsonObject();
        for (var i = 0; i < shards.Count; i++)
        {
            var name = $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors";
            SafetensorsWriter.Write(Path.Combine(folder, name), shards[i]);
            foreach (var tensor in shards[i]) map[tensor.Name] = name;
        }

        var index = new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = tensors.Sum(t => t.ByteLength) }, ["weight_map"] = map };
        File.WriteAllText(Path.Combine(folder, IndexFile), index.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
    }

    /// <summary>Unmaps the weights.</summary>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
        _files.Clear();
        _tensors.Clear();
    }

    private IEnumerable<string> WeightFiles()
    {
        var index = Path.Combine(Folder, IndexFile);
        if (File.Exists(index)) return ShardsOf(index);
        var single = Path.Combine(Folder, SingleFile);
        if (File.Exists(single)) return [single];
        throw new InvalidDataException($"{Folder}: found neither {SingleFile} nor {IndexFile}, expected one of them");
    }

    private IEnumerable<string> ShardsOf(string index)
    {
        try
        {
            var names = new SortedSet<string>(StringComparer.Ordinal);
            if (JsonNode.Parse(File.ReadAllText(index)) is not JsonObject root || root["weight_map"] is not JsonObject map)
                throw new InvalidDataException($"{index}: field 'weight_map': found no object, expected tensor names with their shards");
            foreach (var (tensor, shard) in map)
            {
                // A shard is a plain file name: an index must not reach outside its folder.
                if (shard is not JsonValue value || !value.TryGetValue<string>(out var name) || name != Path.GetFileName(name) || name.Length == 0)
                    throw new InvalidDataException($"{index}: tensor '{tensor}': found {shard?.ToJsonString() ?? "null"}, expected a shard's file name");
                names.Add(name);
            }

            foreach (var name in names)
                if (!File.Exists(Path.Combine(Folder, name))) throw new InvalidDataException($"{index}: found no shard '{name}' in the folder, expected all {names.Count} shards");
            return names.Select(name => Path.Combine(Folder, name));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{index}: not valid JSON: {e.Message}", e);
        }
    }

    private void Add(SafetensorsFile file)
    {
        _files.Add(file);
        foreach (var (name, tensor) in file.Tensors)
            if (!_tensors.TryAdd(TensorNames.Canonical(name), tensor))
                throw new InvalidDataException($"{tensor.File}: tensor '{name}': found twice in the folder, expected once");
    }
}
