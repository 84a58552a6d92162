using System.Buffers.Binary;
using System.Text;
using NemotronSharp.Checkpoints;

namespace NemotronSharp.Tests.Hostile;

/// <summary>Folders whose safetensors files go wrong: header length, header, offsets, types, companions of quantized matrices, values.</summary>
internal sealed class HostileSafetensors : HostileFiles
{
    private readonly byte[] _seed, _small;
    private bool _chunked, _whole;

    public HostileSafetensors()
    {
        HostileModel.WriteFolder(Folder.Path, HostileModel.ModelOptTensors());
        _seed = File.ReadAllBytes(Folder.File("model.safetensors"));
        SafetensorsWriter.Write(Folder.File("small"), [.. HostileModel.ModelOptTensors().Take(3)]);
        _small = File.ReadAllBytes(Folder.File("small"));
    }

    public override string Name => "safetensors";

    public override double Share => 0.18;

    public override void Write(Chance chance)
    {
        Size = 0;
        (_chunked, _whole) = (chance.OneIn(2), !chance.OneIn(3));
        var seed = _whole ? _seed : _small;
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(seed);
        var data = seed[(8 + length)..];
        if (chance.OneIn(2)) ByteMutations.Poison(data, chance, 0);
        var header = chance.OneIn(3) ? seed[8..(8 + length)] : HostileText.Json(Encoding.UTF8.GetString(seed, 8, length), chance);
        var stated = BitConverter.GetBytes(chance.OneIn(12) ? chance.Integer() : (ulong)header.Length);
        byte[] bytes = [.. stated, .. header, .. data];
        Save("model.safetensors", chance.OneIn(4) ? ByteMutations.Apply(bytes, chance, 8 + header.Length) : bytes);
    }

    public override void Read(Meter meter)
    {
        if (!_whole)
        {
            using var file = SafetensorsFile.Open(Folder.File("model.safetensors"));
            foreach (var tensor in file.Tensors.Values) Touch(tensor);
            return;
        }
        using var engine = NemotronEngine.Load(Folder.Path, HostileModel.Options(_chunked));
        HostileModel.Use(engine, meter);
    }

    private static unsafe void Touch(Tensor tensor)
    {
        var sum = 0L;
        for (long i = 0; i < tensor.ByteLength; i++) sum += tensor.Data[i];
        Assert.InRange(sum, 0, 256 * tensor.ByteLength);
    }
}
