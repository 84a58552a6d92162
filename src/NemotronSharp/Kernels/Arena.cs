using NemotronSharp.Numerics;
namespace NemotronSharp.Kernels;

/// <summary>
/// Scratch memory of one forward step: bump allocation, given back by leaving a <see cref="Frame"/>.
/// Owned by one model, used by its calling thread only; grows once to what the largest step needs.
/// </summary>
internal sealed unsafe class Arena : IDisposable
{
    private const int BlockLength = 1 << 20;
    private readonly List<NativeBuffer> _blocks = [];
    private int _block;
    private long _used;

    /// <summary>Rows of undefined content, valid until the enclosing frame ends.</summary>
    public Rows Take(int count, int width)
    {
        // Rows start on cache lines when the width allows; the block start always does.
        var length = ((long)count * width + 15) & ~15L;
        while (_block < _blocks.Count && _used + length > _blocks[_block].Length)
        {
            _block++;
            _used = 0;
        }

        if (_block == _blocks.Count) _blocks.Add(new NativeBuffer(Math.Max(BlockLength, length)));
        var rows = new Rows(_blocks[_block].Data + _used, count, width);
        _used += length;
        return rows;
    }

    /// <summary>Bytes of undefined content, on a cache line.</summary>
    public byte* TakeBytes(long length) => (byte*)Take(1, checked((int)((length + sizeof(float) - 1) / sizeof(float)))).Data;

    /// <summary>Everything taken after this call is given back when the frame is disposed.</summary>
    public Frame Enter() => new(this);

    public void Dispose()
    {
        foreach (var block in _blocks) block.Dispose();
        _blocks.Clear();
    }

    /// <summary>A scope of allocations.</summary>
    public readonly ref struct Frame(Arena arena)
    {
        private readonly int _block = arena._block;
        private readonly long _used = arena._used;

        public void Dispose() => (arena._block, arena._used) = (_block, _used);
    }
}
