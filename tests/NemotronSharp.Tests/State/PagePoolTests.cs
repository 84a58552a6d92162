using CsCheck;
using NemotronSharp.State;
using Xunit;

namespace NemotronSharp.Tests.State;

public sealed unsafe class PagePoolTests
{
    [Fact]
    public void Pages_are_zero_on_cache_lines_and_apart() =>
        Gen.Int[1, 3 << 20].Array[1, 12].Sample(lengths =>
        {
            using var pool = new PagePool();
            var pages = new List<(nint Start, int Length)>();
            foreach (var length in lengths)
            {
                var page = new Span<byte>(pool.Take(length), length);
                Assert.False(page.ContainsAnyExcept((byte)0));
                page.Fill((byte)(pages.Count + 1));
                fixed (byte* start = page) pages.Add(((nint)start, length));
            }
            for (var i = 0; i < pages.Count; i++)
            {
                Assert.Equal(0, pages[i].Start % 64);
                Assert.False(new Span<byte>((void*)pages[i].Start, pages[i].Length).ContainsAnyExcept((byte)(i + 1)));
            }
        }, iter: 50, threads: 1);

    [Fact]
    public void A_page_may_be_taken_after_all_were_given_back()
    {
        var pool = new PagePool();
        pool.Take(100);
        pool.Dispose();
        Assert.Equal(0, *pool.Take(100));
        pool.Dispose();
    }
}
