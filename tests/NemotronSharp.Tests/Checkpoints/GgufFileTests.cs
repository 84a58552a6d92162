using System.Text;
using CsCheck;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Checkpoints;

public sealed class GgufFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static KeyValuePair<string, GgufValue>[] Metadata { get; } =
    [
        new("general.architecture", GgufValue.Of("nemotron_h")),
        new("a.u8", new GgufValue(GgufKind.U8, 255ul)),
        new("a.i8", new GgufValue(GgufKind.I8, -128L)),
        new("a.u16", new GgufValue(GgufKind.U16, 65535ul)),
        new("a.i16", new GgufValue(GgufKind.I16, -32768L)),
        new("a.u32", GgufValue.Of(4_000_000_000u)),
        new("a.i32", new GgufValue(GgufKind.I32, -7L)),
        new("a.f32", GgufValue.Of(1e-5f)),
        new("a.flag", GgufValue.Of(true)),
        new("a.u64", new GgufValue(GgufKind.U64, ulong.MaxValue)),
        new("a.i64", new GgufValue(GgufKind.I64, long.MinValue)),
        new("a.f64", new GgufValue(GgufKind.F64, Math.PI)),
        new("a.texts", GgufValue.Of(["", "Ġtea", "日本"])),
        new("a.numbers", GgufValue.Of([0, 2, -1])),
        new("a.numbers.u8", new GgufValue(GgufKind.Array, new ulong[] { 1, 255 }, GgufKind.U8)),
        new("a.flags", new GgufValue(GgufKind.Array, new[] { true, false }, GgufKind.Bool)),
        new("a.doubles", new GgufValue(GgufKind.Array, new[] { 0.5, -2 }, GgufKind.F64)),
    ];

    private string Write(string name = "a.gguf")
    {
        var path = _folder.File(name);
        var blocks = new byte[2 * 36];
        new Random(1).NextBytes(blocks);
        GgufWriter.Write(path, Metadata,
        [
            TensorContent.FromSingles("matrix", TensorType.F32, [2, 3], new float[] { 1, 2, 3, 4, 5, 6 }),
            new TensorContent("blocks", TensorType.NVFP4, [2, 64], stream => stream.Write(blocks)),
            TensorContent.FromSingles("last", TensorType.BF16, [1], new[] { 0.5f }),
        ]);
        return path;
    }

    [Fact]
    public void What_is_written_is_read()
    {
        using var file = GgufFile.Open(Write());
        Assert.Equal(3, file.Version);
        Assert.Equal(Metadata.Select(m => m.Key), file.Metadata.Values.Keys);
        foreach (var (key, value) in Metadata)
        {
            Assert.Equal((value.Kind, value.ElementKind), (file.Metadata.Values[key].Kind, file.Metadata.Values[key].ElementKind));
            Assert.Equal(value.Value, file.Metadata.Values[key].Value);
        }
        Assert.Equal([1, 2, 3, 4, 5, 6], file.Tensors["matrix"].ToSingles());
        Assert.Equal([2L, 3L], file.Tensors["matrix"].Shape);
        Assert.Equal((TensorType.NVFP4, 72L), (file.Tensors["blocks"].Type, file.Tensors["blocks"].ByteLength));
        Assert.Equal([0.5f], file.Tensors["last"].ToSingles());
        Assert.False(File.Exists(_folder.File("a.gguf.part")));
    }

    [Fact]
    public void Metadata_has_types_and_errors_name_file_and_key()
    {
        using var file = GgufFile.Open(Write());
        var metadata = file.Metadata;
        Assert.Equal("nemotron_h", metadata.Text("general.architecture"));
        Assert.Equal(4_000_000_000L, metadata.Whole("a.u32", most: uint.MaxValue));
        Assert.Equal(32, metadata.Whole("absent", fallback: 32, least: 0, most: 99));
        Assert.True(metadata.Flag("a.flag", false));
        Assert.Equal(1e-5f, (float)metadata.Number("a.f32"));
        Assert.Equal(["", "Ġtea", "日本"], metadata.Texts("a.texts"));
        Assert.Equal([1, 255], metadata.PerLayer("a.numbers.u8", 2));
        Assert.Equal([65535, 65535, 65535], metadata.PerLayer("a.u16", 3));
        void Fails(Action action, params string[] words)
        {
            var message = Assert.Throws<InvalidDataException>(action).Message;
            foreach (var word in words.Append(_folder.File("a.gguf"))) Assert.Contains(word, message);
        }
        Fails(() => metadata.Whole("absent"), "'absent'", "found nothing");
        Fails(() => metadata.Whole("a.u64"), "'a.u64'", "a whole number");
        Fails(() => metadata.Whole("a.i32"), "'a.i32'", "found -7", "expected 0 to");
        Fails(() => metadata.Text("a.u8"), "'a.u8'", "a text");
        Fails(() => metadata.Texts("a.numbers"), "'a.numbers'", "an array of texts");
        Fails(() => metadata.PerLayer("a.numbers", 3), "'a.numbers'", "found -1");
        Fails(() => metadata.PerLayer("a.numbers.u8", 5), "'a.numbers.u8'", "found 2 values", "5");
    }

    [Fact]
    public void Version_2_is_read_and_others_are_named()
    {
        var bytes = File.ReadAllBytes(Write());
        foreach (var (version, good) in new[] { (2, true), (1, false), (4, false), (0x03000000, false) })
        {
            BitConverter.GetBytes(version).CopyTo(bytes, 4);
            File.WriteAllBytes(_folder.File("b"), bytes);
            if (good) using (var file = GgufFile.Open(_folder.File("b"))) Assert.Equal(3, file.Tensors.Count);
            else Assert.Contains($"version: found {version}", Assert.Throws<InvalidDataException>(() => GgufFile.Open(_folder.File("b"))).Message);
        }
    }

    [Theory]
    [InlineData("rows that end within a block", "NVFP4", "multiples of 64")]
    [InlineData("an unknown type", "type 9", "Q4_K")]
    [InlineData("five dimensions", "5 dimensions", "at most 4")]
    [InlineData("no elements", "a size of 0", "positive")]
    [InlineData("too many elements", "2^60", "fewer")]
    [InlineData("an offset off the alignment", "offset 33", "alignment 32")]
    [InlineData("an offset beyond the file", "bytes 4096", "at most")]
    [InlineData("a scalar of blocks", "rows of 1", "multiples of 256")]
    [InlineData("a key of a megabyte", "1048576 bytes", "65535")]
    [InlineData("an overlap", "byte 0", "behind 'y'")]
    [InlineData("a name twice", "found twice", "once")]
    [InlineData("more tensors than bytes", "18446744073709551615", "at most")]
    [InlineData("a text longer than the file", "1099511627776 bytes", "left")]
    [InlineData("an array longer than the file", "elements", "16777216")]
    [InlineData("an array of arrays", "an array of arrays", "numbers or texts")]
    [InlineData("an unknown kind", "kind 77", "0 to 12")]
    [InlineData("a key twice", "'k': found twice", "once")]
    [InlineData("an alignment of zero", "general.alignment", "found 0")]
    public void A_bad_file_is_refused_with_place_found_and_expected(string what, params string[] words)
    {
        File.WriteAllBytes(_folder.File("bad"), Bad(what));
        var message = Assert.Throws<InvalidDataException>(() => GgufFile.Open(_folder.File("bad"))).Message;
        foreach (var word in words.Append(_folder.File("bad"))) Assert.Contains(word, message);
    }

    [Fact]
    public void Truncated_anywhere_a_file_is_refused()
    {
        var bytes = File.ReadAllBytes(Write());
        // The end is padding behind the last tensor's two bytes.
        for (var length = 0; length <= bytes.Length - 32; length++)
        {
            File.WriteAllBytes(_folder.File("cut"), bytes[..length]);
            Assert.Throws<InvalidDataException>(() => GgufFile.Open(_folder.File("cut")));
        }
    }

    [Fact]
    public void Mutated_anywhere_a_file_is_read_or_refused()
    {
        var bytes = File.ReadAllBytes(Write());
        var path = _folder.File("mutant");
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte, Gen.Int[0, bytes.Length - 1], Gen.Byte).Array[1, 4].Sample(changes =>
        {
            var mutant = bytes.ToArray();
            foreach (var (at, value, second, other) in changes) (mutant[at], mutant[second]) = (value, other);
            File.WriteAllBytes(path, mutant);
            try
            {
                using var file = GgufFile.Open(path);
                // What was accepted can be touched from end to end.
                foreach (var tensor in file.Tensors.Values) Assert.InRange(Sum(tensor), 0, 255 * tensor.ByteLength);
            }
            catch (InvalidDataException e)
            {
                Assert.Contains(path, e.Message);
            }
        }, iter: 3000, threads: 1);
    }

    private static unsafe long Sum(Tensor tensor)
    {
        long sum = 0;
        for (long i = 0; i < tensor.ByteLength; i++) sum += tensor.Data[i];
        return sum;
    }

    private static byte[] Bad(string what)
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        void Header(ulong tensors, ulong keys)
        {
            w.Write("GGUF"u8);
            w.Write(3u);
            w.Write(tensors);
            w.Write(keys);
        }
        void Text(string text)
        {
            w.Write((ulong)text.Length);
            w.Write(Encoding.UTF8.GetBytes(text));
        }
        void Tensor(string name, ulong[] sizes, uint type, ulong offset)
        {
            Text(name);
            w.Write((uint)sizes.Length);
            foreach (var size in sizes) w.Write(size);
            w.Write(type);
            w.Write(offset);
        }
        void Key(string key, uint kind)
        {
            Text(key);
            w.Write(kind);
        }
        switch (what)
        {
            case "rows that end within a block": Header(1, 0); Tensor("x", [32, 2], 40, 0); break;
            case "an unknown type": Header(1, 0); Tensor("x", [32], 9, 0); break;
            case "five dimensions": Header(1, 0); Tensor("x", [1, 1, 1, 1, 1], 0, 0); break;
            case "no elements": Header(1, 0); Tensor("x", [4, 0], 0, 0); break;
            case "too many elements": Header(1, 0); Tensor("x", [1ul << 40, 1ul << 40], 0, 0); break;
            case "an offset off the alignment": Header(1, 0); Tensor("x", [1], 0, 33); break;
            case "an offset beyond the file": Header(1, 0); Tensor("x", [1], 0, 4096); break;
            case "a scalar of blocks": Header(1, 0); Tensor("x", [], 12, 0); break;
            case "a key of a megabyte": Header(0, 1); Key(new string('k', 1 << 20), 7); w.Write(true); break;
            case "an overlap": Header(2, 0); Tensor("x", [16], 0, 0); Tensor("y", [8], 0, 0); break;
            case "a name twice": Header(2, 0); Tensor("x", [1], 0, 0); Tensor("x", [1], 0, 32); break;
            case "more tensors than bytes": Header(ulong.MaxValue, 0); break;
            case "a text longer than the file": Header(0, 1); w.Write(1ul << 40); break;
            case "an array longer than the file": Header(0, 1); Key("k", 9); w.Write(4u); w.Write(1ul << 60); break;
            case "an array of arrays": Header(0, 1); Key("k", 9); w.Write(9u); w.Write(1ul); break;
            case "an unknown kind": Header(0, 1); Key("k", 77); break;
            case "a key twice": Header(0, 2); Key("k", 7); w.Write(true); Key("k", 7); w.Write(true); break;
            default: Header(0, 1); Key("general.alignment", 4); w.Write(0u); break;
        }
        w.Write(new byte[128]);
        return stream.ToArray();
    }
}
