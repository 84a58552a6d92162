namespace NemotronSharp.Text;

/// <summary>
/// GPT-2's byte alphabet: each byte written as one printable character, so that byte strings fit into JSON
/// (printable Latin-1 stands for itself, the other 68 bytes are U+0100 upwards: space is Ġ, newline Ċ).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Chars = BuildChars();
    private static readonly short[] Bytes = BuildBytes();

    public static char CharOf(byte value) => Chars[value];

    /// <summary>The byte a character stands for, or -1 when it is not of the alphabet.</summary>
    public static int ByteOf(char value) => value < Bytes.Length ? Bytes[value] : -1;

    public static string Write(ReadOnlySpan<byte> bytes) =>
        string.Create(bytes.Length, bytes, static (chars, bytes) => Write(bytes, chars));

    public static void Write(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        for (var i = 0; i < bytes.Length; i++) chars[i] = Chars[bytes[i]];
    }

    private static char[] BuildChars()
    {
        var chars = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++)
            chars[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)b : (char)next++;
        return chars;
    }

    private static short[] BuildBytes()
    {
        var bytes = new short[Chars.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var b = 0; b < 256; b++) bytes[Chars[b]] = (short)b;
        return bytes;
    }
}
