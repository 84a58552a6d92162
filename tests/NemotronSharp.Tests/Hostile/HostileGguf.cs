using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Hostile;

/// <summary>GGUF files: header, metadata, tensor table, block types, shape, tokenizer and template in metadata, split files.</summary>
internal sealed class HostileGguf : HostileFiles
{
    private const string First = "m-00001-of-00002.gguf", Second = "m-00002-of-00002.gguf";

    private static readonly TensorType[] BlockTypes = [.. Enum.GetValues<TensorType>().Where(t => t >= TensorType.Q4_0)];

    private readonly List<KeyValuePair<string, GgufValue>> _metadata;
    private readonly List<TensorContent> _tensors;
    private readonly byte[] _small, _model, _blocks, _first, _second;
    private readonly Dictionary<byte[], GgufFields> _fields = [];
    private string _path = "";
    private int _use;

    public HostileGguf()
    {
        HostileModel.WriteFolder(Folder.File("folder"), TinyModels.Tensors(HostileModel.Config, seed: 4, TensorType.BF16));
        using (var source = HuggingFaceFolder.Open(Folder.File("folder"))) GgufExport.Write(new CheckpointValues(source), Folder.File("model"), "tiny", QuantizationRecipe.Uniform(TensorType.BF16), GgufText.Of(Folder.File("folder"), source.Config));
        Directory.Delete(Folder.File("folder"), recursive: true);
        _model = Keep("model");
        using (var file = GgufFile.Open(Folder.File("model")))
        {
            _metadata = [.. file.Metadata.Values];
            _tensors = [.. file.Tensors.Values.Select(Copy)];
        }

        GgufWriter.Write(Folder.File("small"), [.. _metadata.Take(6), new("a", new GgufValue(GgufKind.I8, -1L)), new("b", GgufValue.Of(["", "x"])), new("c", new GgufValue(GgufKind.Array, new[] { 0.5, -2 }, GgufKind.F64)), new("d", new GgufValue(GgufKind.U16, 7ul)), new("general.alignment", GgufValue.Of(32u))],
            [TensorContent.FromSingles("x", TensorType.F32, [2, 3], new float[6]), HostileModel.Random("y", TensorType.NVFP4, [1, 64], new Random(1)), TensorContent.FromSingles("z", TensorType.BF16, [1], new float[1])]);
        _small = Keep("small");
        var (random, next) = (new Random(2), 0);
        var wide = GgufConfig.Write(HostileModel.WideConfig, "wide");
        GgufWriter.Write(Folder.File("blocks"), [.. wide, .. _metadata.Where(m => m.Key.StartsWith("tokenizer.", StringComparison.Ordinal))], [.. WideTensors().Select(t =>
            t.Shape.Count > 1 && t.Shape[^1] % 256 == 0 ? HostileModel.Random(t.Name, BlockTypes[next++ % BlockTypes.Length], [.. t.Shape], random) : t)]);
        _blocks = Keep("blocks");
        _first = Piece(First, 0);
        _second = Piece(Second, 1);
    }

    public override string Name => "gguf";

    public override double Share => 0.3;

    public override void Write(Chance chance)
    {
        Size = 0;
        _use = chance.Below(4);
        switch (chance.Below(10))
        {
            case < 2: Save(_path = "m", Mutant(_small, chance)); break;
            case < 5: Save(_path = "m", Mutant(_model, chance)); break;
            case 5: Save(_path = "m", Mutant(_blocks, chance)); break;
            case 6:
                Save(_path = First, chance.OneIn(2) ? Mutant(_first, chance) : _first);
                Save(Second, Mutant(_second, chance));
                break;
            default: Rewrite(chance); break;
        }
        _path = Folder.File(_path);
    }

    public override void Read(Meter meter)
    {
        using (var file = GgufFile.Open(_path))
            foreach (var tensor in file.Tensors.Values) Touch(tensor);
        if (_use == 0) HostileModel.Use(ModelText.LoadTokenizer(_path));
        else if (_use == 1) ModelText.LoadTemplate(_path).Render(HostileModel.Messages);
        else if (_use == 2)
        {
            using var model = ChatModel.Load(_path, HostileModel.Options(chunked: true));
            HostileModel.Use(model.Engine, meter);
        }
        else
        {
            using var engine = NemotronEngine.Load(_path, HostileModel.Options(chunked: false));
            HostileModel.Use(engine, meter);
        }
    }

    private byte[] Mutant(byte[] seed, Chance chance)
    {
        if (!_fields.TryGetValue(seed, out var fields)) _fields[seed] = fields = new GgufFields(seed);
        var bytes = seed.ToArray();
        for (var i = chance.Between(0, 2); i > 0; i--) fields.Mutate(bytes, chance);
        if (chance.OneIn(3)) ByteMutations.Poison(bytes, chance, fields.HeaderLength);
        return chance.OneIn(4) ? ByteMutations.Apply(bytes, chance, fields.HeaderLength) : bytes;
    }

    // A file that is well-formed and lies.
    private void Rewrite(Chance chance)
    {
        var metadata = _metadata.ToList();
        for (var i = chance.Between(1, 3); i > 0; i--)
        {
            var at = chance.Below(metadata.Count);
            var key = chance.OneIn(10) ? chance.Text() + i : metadata[at].Key;
            if (chance.OneIn(8)) metadata.RemoveAt(at);
            else if (key == metadata[at].Key) metadata[at] = new(key, Value(chance));
            else if (metadata.TrueForAll(m => m.Key != key)) metadata.Add(new(key, Value(chance)));
        }
        var tensors = chance.Below(3) switch
        {
            0 => [],
            1 => _tensors,
            _ => _tensors.Where(_ => !chance.OneIn(40)).ToList(),
        };
        GgufWriter.Write(Folder.File(_path = "m"), metadata, tensors);
        Size = new FileInfo(Folder.File("m")).Length;
    }

    private static GgufValue Value(Chance chance) => chance.Below(9) switch
    {
        0 => GgufValue.Of(chance.Text()),
        1 => GgufValue.Of(chance.Single()),
        2 => GgufValue.Of(chance.OneIn(2)),
        3 => new GgufValue(GgufKind.I64, unchecked((long)chance.Integer())),
        4 => new GgufValue(GgufKind.U64, chance.Integer()),
        5 => GgufValue.Of([.. Enumerable.Range(0, chance.Of(0, 1, 5, 2000)).Select(_ => chance.Below(3))]),
        6 => GgufValue.Of([.. Enumerable.Range(0, chance.Of(0, 1, 5, 2000)).Select(_ => chance.Text())]),
        _ => GgufValue.Of((uint)chance.Integer()),
    };

    private static unsafe void Touch(Tensor tensor)
    {
        var sum = 0L;
        for (long i = 0; i < tensor.ByteLength; i += 64) sum += tensor.Data[i];
        if (tensor.ByteLength > 0) sum += tensor.Data[tensor.ByteLength - 1];
        Assert.InRange(sum, 0, 256 * (tensor.ByteLength + 1));
    }

    private byte[] Piece(string name, int number)
    {
        GgufWriter.Write(Folder.File(name), [.. number == 0 ? _metadata : [], new("split.no", GgufValue.Of((uint)number)), new("split.count", GgufValue.Of(2u)), new("split.tensors.count", GgufValue.Of((uint)_tensors.Count))], [.. _tensors.Where((_, i) => i % 2 == number)]);
        return File.ReadAllBytes(Folder.File(name));
    }

    private List<TensorContent> WideTensors()
    {
        HuggingFaceFolder.Write(Folder.File("wide"), HostileModel.WideConfig, TinyModels.Tensors(HostileModel.WideConfig, seed: 5, TensorType.BF16));
        using (var source = HuggingFaceFolder.Open(Folder.File("wide"))) GgufExport.Write(new CheckpointValues(source), Folder.File("wide.gguf"), "wide", QuantizationRecipe.Uniform(TensorType.BF16));
        Directory.Delete(Folder.File("wide"), recursive: true);
        using var file = GgufFile.Open(Folder.File("wide.gguf"));
        return [.. file.Tensors.Values.Select(Copy)];
    }

    private static unsafe TensorContent Copy(Tensor tensor)
    {
        var bytes = new ReadOnlySpan<byte>(tensor.Data, (int)tensor.ByteLength).ToArray();
        return new TensorContent(tensor.Name, tensor.Type, [.. tensor.Shape], stream => stream.Write(bytes));
    }

    private byte[] Keep(string name) => File.ReadAllBytes(Folder.File(name));
}
