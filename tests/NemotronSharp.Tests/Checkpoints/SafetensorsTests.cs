using System.Text;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp.Tests.Checkpoints;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void What_is_written_is_read(TensorType type)
    {
        // Halves of small whole numbers are exact in every type.
        var values = Enumerable.Range(-100, 210).Select(i => i / 2f).ToArray();
        SafetensorsWriter.Write(_folder.File("a"), [TensorContent.FromSingles("x", type, [7, 30], values), TensorContent.FromSingles("scalar", type, [], new[] { 1.5f })]);
        using var file = SafetensorsFile.Open(_folder.File("a"));
        Assert.Equal(values, file.Tensors["x"].ToSingles());
        Assert.Equal([7L, 30L], file.Tensors["x"].Shape);
        Assert.Equal([1.5f], file.Tensors["scalar"].ToSingles());
        Assert.Equal(type, file.Tensors["x"].Type);
        Assert.False(File.Exists(_folder.File("a.part")));
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}""", "tensor 'x'", "data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "tensor 'x'", "expected 12")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", "tensor 'x'", "data_offsets")]
    [InlineData("""{"x":{"dtype":"Q9","shape":[2],"data_offsets":[0,8]}}""", "tensor 'x'", "dtype Q9")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", "tensor 'x'", "2^63")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "tensor 'x'", "-2")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", "tensor 'y'", "behind 'x'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "tensor 'x'", "twice")]
    [InlineData("""{"x":7}""", "tensor 'x'", "incomplete")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "header", "JSON")]
    [InlineData("""{"x":{"dtype":"\ud800","shape":[1],"data_offsets":[0,4]}}""", "header", "JSON")]
    [InlineData("""[]""", "header", "Array")]
    [InlineData("""{"x":""", "header", "JSON")]
    public void A_bad_header_is_refused_with_tensor_found_and_expected(string header, string where, string what)
    {
        WriteRaw((ulong)header.Length, header, 8);
        var message = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_folder.File("a"))).Message;
        Assert.Contains(_folder.File("a"), message);
        Assert.Contains(where, message);
        Assert.Contains(what, message);
    }

    [Theory]
    [InlineData(3UL)]
    [InlineData(1UL << 40)]
    [InlineData(ulong.MaxValue)]
    public void A_header_length_beyond_the_file_allocates_nothing(ulong length)
    {
        WriteRaw(length, length == 3 ? "" : "{}", 0);
        Assert.Contains("header length", Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_folder.File("a"))).Message);
    }

    [Fact]
    public void Truncated_anywhere_a_file_is_refused_or_has_all_its_tensors()
    {
        SafetensorsWriter.Write(_folder.File("whole"), [TensorContent.FromSingles("x", TensorType.F32, [5], new float[5])]);
        var bytes = File.ReadAllBytes(_folder.File("whole"));
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(_folder.File("cut"), bytes[..length]);
            Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_folder.File("cut")));
        }
    }

    [Fact]
    public void A_tensor_that_writes_too_little_leaves_no_file()
    {
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(_folder.File("a"), [new TensorContent("x", TensorType.F32, [2], stream => stream.WriteByte(1))]));
        Assert.False(File.Exists(_folder.File("a")));
    }

    private void WriteRaw(ulong length, string header, int dataBytes) =>
        File.WriteAllBytes(_folder.File("a"), [.. BitConverter.GetBytes(length), .. Encoding.UTF8.GetBytes(header), .. new byte[dataBytes]]);
}
