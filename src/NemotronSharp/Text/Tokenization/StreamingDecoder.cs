using System.Text;

namespace NemotronSharp.Text;

/// <summary>
/// Decodes ids one at a time as they are generated. All parts joined, flush included, are the text that
/// <see cref="Tokenizer.Decode"/> gives for the same ids. Holds at most three bytes of an unfinished character; for one thread.
/// </summary>
public sealed class StreamingDecoder(Tokenizer tokenizer, bool skipSpecial = false)
{
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();

    /// <summary>The characters this id completes; empty while one is unfinished.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is negative or not below the vocabulary's size.</exception>
    public string Append(int id) => skipSpecial && tokenizer.IsSpecial(id) ? "" : Decode(tokenizer.BytesOf(id), false);

    /// <summary>What an unfinished character at the end of the text comes to: U+FFFD, or nothing when there is none. The decoder starts afresh.</summary>
    public string Flush() => Decode([], true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> small = stackalloc char[128];
        var most = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        var chars = most <= small.Length ? small : new char[most];
        return chars[.._utf8.GetChars(bytes, chars, flush)].ToString();
    }
}
