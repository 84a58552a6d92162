using System.Buffers.Binary;

namespace NemotronSharp.Tests.Hostile;

/// <summary>Where a valid GGUF file keeps its counts, lengths, kinds, sizes, types, offsets and values.</summary>
internal sealed class GgufFields
{
    private static readonly int[] Widths = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

    private readonly byte[] _bytes;
    private int _position;

    public GgufFields(byte[] bytes)
    {
        _bytes = bytes;
        Take(4);
        Take(4);
        var (tensors, keys) = (Take(8), Take(8));
        for (var i = 0ul; i < keys; i++)
        {
            Text();
            Value((int)Take(4));
        }
        for (var i = 0ul; i < tensors; i++)
        {
            Text();
            for (var d = Take(4); d > 0; d--) Take(8);
            Take(4);
            Take(8);
        }
    }

    public List<(int At, int Width)> Numbers { get; } = [];

    public List<(int At, int Length)> Texts { get; } = [];

    /// <summary>Bytes before the data.</summary>
    public int HeaderLength => _position;

    /// <summary>Changes one field of a copy in place.</summary>
    public void Mutate(byte[] bytes, Chance chance)
    {
        var (at, width) = Numbers[chance.Below(Numbers.Count)];
        switch (chance.Below(4))
        {
            case 0:
                var (other, otherWidth) = Numbers[chance.Below(Numbers.Count)];
                bytes.AsSpan(other, Math.Min(width, otherWidth)).ToArray().CopyTo(bytes, at);
                break;
            case 1:
                var (text, length) = Texts[chance.Below(Texts.Count)];
                var same = Texts.FindAll(t => t.Length == length);
                if (chance.OneIn(2)) bytes.AsSpan(same[chance.Below(same.Count)].At, length).ToArray().CopyTo(bytes, text);
                else chance.Bytes(length).CopyTo(bytes, text);
                break;
            default:
                Span<byte> value = stackalloc byte[8];
                if (width is 4 or 8 && chance.OneIn(4)) BinaryPrimitives.WriteSingleLittleEndian(value, chance.Single());
                else BinaryPrimitives.WriteUInt64LittleEndian(value, chance.Integer());
                value[..width].CopyTo(bytes.AsSpan(at));
                break;
        }
    }

    private void Value(int kind)
    {
        if (kind == 8) Text();
        else if (kind == 9)
        {
            var element = (int)Take(4);
            for (var n = Take(8); n > 0; n--) Value(element);
        }
        else Take(Widths[kind]);
    }

    private void Text()
    {
        var length = (int)Take(8);
        if (length > 0) Texts.Add((_position, length));
        _position += length;
    }

    private ulong Take(int width)
    {
        Numbers.Add((_position, width));
        Span<byte> value = stackalloc byte[8];
        value.Clear();
        _bytes.AsSpan(_position, width).CopyTo(value);
        _position += width;
        return BinaryPrimitives.ReadUInt64LittleEndian(value);
    }
}
