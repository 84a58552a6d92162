using System.Runtime.InteropServices;
using NemotronSharp.Numerics;

namespace NemotronSharp.State;

/// <summary>
/// Keys and values of one attention layer and one sequence, in pages of fixed absolute positions: values [Hkv, 256, d], then keys [Hkv, 4, d, 64], so that one query meets
/// sixteen positions at a time and a group of 64 lies together. Numbers are rounded when they are stored.
/// Owned by a sequence state, as its memory is; written by the layer that appends, read by kernels of the same step only.
/// </summary>
internal sealed unsafe class KeyValueCache(int heads, int headDim, KeyValuePrecision precision, PagePool pool)
{
    /// <summary>Positions of one page, and of one group of keys in it.</summary>
    public const int PageTokens = 256, GroupTokens = 64;

    private readonly List<nint> _pages = [];

    public int Heads { get; } = heads;

    public int HeadDim { get; } = headDim;

    public KeyValuePrecision Precision { get; } = precision;

    /// <summary>Bytes of one stored number.</summary>
    public int NumberBytes { get; } = BytesOf(precision);

    /// <summary>Bytes of all pages.</summary>
    public long Bytes => _pages.Count * PageBytes;

    private long PageBytes => 2 * PageHalf;

    private long PageHalf => (long)Heads * PageTokens * HeadDim * NumberBytes;

    /// <summary>Bytes of one stored number.</summary>
    public static int BytesOf(KeyValuePrecision precision) => precision switch
    {
        KeyValuePrecision.Float32 => 4,
        KeyValuePrecision.BFloat16 => 2,
        _ => 1,
    };

    /// <summary>[256, d] values of a page and head. What is behind a page's values are its keys, so that a kernel may read past their end.</summary>
    public byte* Values(int page, int head) => (byte*)_pages[page] + (long)head * PageTokens * HeadDim * NumberBytes;

    /// <summary>[4, d, 64] keys of a page and head.</summary>
    public byte* Keys(int page, int head) => Values(page, head) + PageHalf;

    /// <summary>Stores keys and values [T, Hkv·d], divided by their scales in place, at positions from <paramref name="position"/> on.</summary>
    public void Write(int position, Rows keys, Rows values, CacheScales scales)
    {
        while (_pages.Count * PageTokens < position + keys.Count) _pages.Add((nint)pool.Take(PageBytes));
        var rounded = stackalloc byte[HeadDim * NumberBytes];
        for (var t = 0; t < keys.Count; t++)
        {
            var (page, slot) = Math.DivRem(position + t, PageTokens);
            for (var head = 0; head < Heads; head++)
            {
                Round(values[t].Slice(head * HeadDim, HeadDim), scales.Value, Values(page, head) + (long)slot * HeadDim * NumberBytes);
                Round(keys[t].Slice(head * HeadDim, HeadDim), scales.Key, rounded);
                var (group, at) = Math.DivRem(slot, GroupTokens);
                var column = Keys(page, head) + ((long)group * HeadDim * GroupTokens + at) * NumberBytes;
                switch (NumberBytes)
                {
                    case 4: Scatter((uint*)rounded, (uint*)column); break;
                    case 2: Scatter((ushort*)rounded, (ushort*)column); break;
                    default: Scatter(rounded, column); break;
                }
            }
        }
    }

    /// <summary>A copy of the first <paramref name="positions"/> positions, in memory of <paramref name="other"/>.</summary>
    public KeyValueCache Clone(int positions, PagePool other)
    {
        var copy = new KeyValueCache(Heads, HeadDim, Precision, other);
        foreach (var page in _pages.Take((positions + PageTokens - 1) / PageTokens))
        {
            copy._pages.Add((nint)other.Take(PageBytes));
            Buffer.MemoryCopy((void*)page, (void*)copy._pages[^1], PageBytes, PageBytes);
        }

        return copy;
    }

    private void Round(Span<float> numbers, float scale, byte* target)
    {
        if (scale != 1f)
            for (var i = 0; i < numbers.Length; i++) numbers[i] /= scale;
        switch (Precision)
        {
            case KeyValuePrecision.Float32: MemoryMarshal.AsBytes((ReadOnlySpan<float>)numbers).CopyTo(new Span<byte>(target, numbers.Length * sizeof(float))); break;
            case KeyValuePrecision.BFloat16: BFloat16.FromSingles(numbers, new Span<ushort>(target, numbers.Length)); break;
            default: E4M3.FromSingles(numbers, new Span<byte>(target, numbers.Length)); break;
        }
    }

    private void Scatter<T>(T* numbers, T* column) where T : unmanaged
    {
        for (var i = 0; i < HeadDim; i++) column[i * GroupTokens] = numbers[i];
    }
}
