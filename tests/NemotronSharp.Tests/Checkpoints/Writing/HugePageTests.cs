using CsCheck;
using NemotronSharp.Checkpoints;
using Xunit;

namespace NemotronSharp.Tests.Checkpoints.Writing;

public sealed class HugePageTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Parts_of_any_length_are_written_in_their_order() =>
        Gen.Int[0, 3 << 20].Array[0, 6].Sample(lengths =>
        {
            var expected = new byte[lengths.Sum()];
            new Random(1).NextBytes(expected);
            using (var stream = new HugePageStream(_path))
            {
                var at = 0;
                foreach (var length in lengths)
                {
                    Assert.Equal(at, stream.Position);
                    stream.Write(expected, at, length);
                    at += length;
                }
            }
            return expected.AsSpan().SequenceEqual(File.ReadAllBytes(_path));
        }, iter: 20, threads: 1);

    [Fact]
    public void Pages_of_a_mapped_file_are_counted_once_touched()
    {
        const int Length = (9 << 20) + 5;
        using (var stream = new HugePageStream(_path)) stream.Write(new byte[Length]);
        using var file = new MappedFile(_path);
        long sum = 0;
        for (var at = 0; at < Length; at += 4096) sum += Value(file, at);
        Assert.Equal(0, sum);
        if (HugePages.Mapped(_path) is not { } mapped)
        {
            Assert.False(OperatingSystem.IsLinux());
            return;
        }
        Assert.Equal((Length + 4095) / 4096 * 4096, mapped.Small + mapped.Huge);
        Assert.Equal((0, 0), HugePages.Mapped(_path + "-other"));
    }

    private static unsafe byte Value(MappedFile file, int at) => file.Pointer[at];
}
