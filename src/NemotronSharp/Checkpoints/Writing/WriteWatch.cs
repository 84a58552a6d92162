namespace NemotronSharp.Checkpoints;

/// <summary>How far the writing of a model is.</summary>
/// <param name="Bytes">Bytes written.</param>
/// <param name="Total">Bytes to write.</param>
public readonly record struct WriteProgress(long Bytes, long Total);

/// <summary>Watches the writing of a model: told of progress, asked whether to go on. Used by the writing thread.</summary>
internal sealed class WriteWatch(IProgress<WriteProgress>? progress, CancellationToken cancellation)
{
    private long _bytes, _total;

    /// <summary>What is to be written from now on, in all files.</summary>
    public void Expect(long bytes) => _total = bytes;

    /// <exception cref="OperationCanceledException">The writing was cancelled.</exception>
    public void Wrote(int bytes)
    {
        cancellation.ThrowIfCancellationRequested();
        _bytes += bytes;
        progress?.Report(new WriteProgress(_bytes, Math.Max(_total, _bytes)));
    }

    /// <summary>A stream that is watched; disposing it leaves the inner one open.</summary>
    public static Stream Over(Stream inner, WriteWatch? watch) => watch is null ? inner : new Watched(inner, watch);

    private sealed class Watched(Stream inner, WriteWatch watch) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            inner.Write(buffer);
            watch.Wrote(buffer.Length);
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
