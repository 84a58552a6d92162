using NemotronSharp.Numerics;

namespace NemotronSharp.State;

/// <summary>
/// Keys and values of one attention layer and one sequence, float32, in pages of fixed absolute positions: keys [Hkv, d, 64], so that one query
/// meets sixteen positions at a time, then values [Hkv, 64, d]. Owned by a sequence state; written by the layer that appends, read by kernels of the same step only.
/// </summary>
internal sealed unsafe class KeyValueCache(int heads, int headDim) : IDisposable
{
    /// <summary>Positions of one page.</summary>
    public const int PageTokens = 64;

    private readonly List<NativeBuffer> _pages = [];

    public int Heads { get; } = heads;

    public int HeadDim { get; } = headDim;

    private long PageHalf => (long)Heads * PageTokens * HeadDim;

    /// <summary>Bytes of all pages.</summary>
    public long Bytes => _pages.Count * 2 * PageHalf * sizeof(float);

    /// <summary>[d, 64] keys of a page and head.</summary>
    public float* Keys(int page, int head) => _pages[page].Data + (long)head * PageTokens * HeadDim;

    /// <summary>[64, d] values of a page and head.</summary>
    public float* Values(int page, int head) => Keys(page, head) + PageHalf;

    /// <summary>Stores keys and values [T, Hkv·d] at positions from <paramref name="position"/> on.</summary>
    public void Write(int position, Rows keys, Rows values)
    {
        while (_pages.Count * PageTokens < position + keys.Count) _pages.Add(new NativeBuffer(2 * PageHalf));
        for (var t = 0; t < keys.Count; t++)
        {
            var (page, slot) = Math.DivRem(position + t, PageTokens);
            for (var head = 0; head < Heads; head++)
            {
                var key = keys[t].Slice(head * HeadDim, HeadDim);
                var column = Keys(page, head) + slot;
                for (var i = 0; i < HeadDim; i++) column[i * PageTokens] = key[i];
                values[t].Slice(head * HeadDim, HeadDim).CopyTo(new Span<float>(Values(page, head) + (long)slot * HeadDim, HeadDim));
            }
        }
    }

    /// <summary>A copy of the first <paramref name="positions"/> positions.</summary>
    public KeyValueCache Clone(int positions)
    {
        var copy = new KeyValueCache(Heads, HeadDim);
        foreach (var page in _pages.Take((positions + PageTokens - 1) / PageTokens))
        {
            copy._pages.Add(new NativeBuffer(page.Length));
            page.CopyTo(copy._pages[^1]);
        }

        return copy;
    }

    public void Dispose()
    {
        foreach (var page in _pages) page.Dispose();
        _pages.Clear();
    }
}
