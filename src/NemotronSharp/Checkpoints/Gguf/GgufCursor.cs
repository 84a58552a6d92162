using System.Runtime.CompilerServices;
using System.Text;

namespace NemotronSharp.Checkpoints;

/// <summary>Reads forward through a mapped file; every step is checked against the file's end before anything is touched.</summary>
internal sealed unsafe class GgufCursor(MappedFile file)
{
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: false);

    /// <summary>Bytes from the file's start.</summary>
    public long Position { get; private set; }

    public string Path => file.Path;

    /// <summary>The next value.</summary>
    /// <param name="what">For the error message.</param>
    public T Read<T>(string what) where T : unmanaged => Unsafe.ReadUnaligned<T>(Take(sizeof(T), what));

    /// <summary>A text with its 64-bit length before it; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="what">For the error message.</param>
    /// <param name="most">Bytes that it may have.</param>
    public string Text(string what, int most = int.MaxValue)
    {
        var length = Read<ulong>(what);
        var left = Math.Min(most, file.Length - Position);
        if (length > (ulong)left) throw Error(what, $"a text of {length} bytes", $"at most {left}, of the {file.Length - Position} that are left");
        return Utf8.GetString(new ReadOnlySpan<byte>(Take((long)length, what), (int)length));
    }

    /// <summary>Refuses to go on where fewer bytes are left.</summary>
    public void Require(long bytes, string what)
    {
        if (bytes < 0 || bytes > file.Length - Position) throw Error(what, $"{file.Length - Position} bytes before the end of the file", $"at least {bytes}");
    }

    /// <summary>Steps over a number of bytes and returns where they begin.</summary>
    public byte* Take(long bytes, string what)
    {
        Require(bytes, what);
        var at = file.Pointer + Position;
        Position += bytes;
        return at;
    }

    public InvalidDataException Error(string what, string found, string expected) => new($"{file.Path}: {what} at byte {Position}: found {found}, expected {expected}");
}
