using NemotronSharp.Numerics;

namespace NemotronSharp.State;

/// <summary>
/// Memory for the pages of one sequence's keys and values, all layers in common. A small sequence takes little; a long one lies in huge pages, since a page of keys and values
/// alone is too small for one. Pages are given back together.
/// Owned by a sequence state.
/// </summary>
internal sealed unsafe class PagePool : IDisposable
{
    private readonly List<NativeBuffer> _blocks = [];
    private long _held, _free;

    /// <summary>A page of zeros, on a cache line.</summary>
    public byte* Take(long bytes)
    {
        bytes = (bytes + 63) & ~63L;
        if (_free < bytes)
        {
            // As much as there is already, up to a huge page.
            _free = Math.Max(bytes, Math.Min(_held, HugePageAdvice.PageBytes));
            _held += _free;
            _blocks.Add(new NativeBuffer(_free / sizeof(float)));
        }
        var block = _blocks[^1];
        var page = (byte*)block.Data + (block.Length * sizeof(float) - _free);
        _free -= bytes;
        return page;
    }

    public void Dispose()
    {
        foreach (var block in _blocks) block.Dispose();
        _blocks.Clear();
        (_held, _free) = (0, 0);
    }
}
