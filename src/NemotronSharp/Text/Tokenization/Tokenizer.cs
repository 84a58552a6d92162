using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

namespace NemotronSharp.Text;

/// <summary>
/// Byte-level BPE of the family, from Hugging Face's tokenizer.json: text to token ids and back. Plain text never becomes a control token;
/// only the trusted part of a <see cref="PromptText"/> can. No BOS or other frame is ever added: that is the template's business.
/// Immutable; any number of threads may use one instance, each call borrowing its own working memory.
/// </summary>
public sealed class Tokenizer
{
    private readonly Dictionary<string, int> _ordinary;
    private readonly AddedTokens _added;
    private readonly string[] _texts;
    private readonly byte[][] _bytes;
    private readonly TokenKind[] _kinds;
    private readonly MergeTable _merges;
    private readonly int[] _byteIds;
    private readonly bool _ignoreMerges;
    private readonly ConcurrentBag<PieceEncoder> _encoders = [];

    private enum TokenKind : byte
    {
        None,
        Ordinary,
        Added,
        Special,
    }

    internal Tokenizer(TokenizerModel model)
    {
        model.CheckBounds();
        _ordinary = new Dictionary<string, int>(model.Vocabulary, StringComparer.Ordinal);
        VocabularySize = 1 + Math.Max(model.Vocabulary.Values.DefaultIfEmpty(-1).Max(), model.Added.Select(t => t.Id).DefaultIfEmpty(-1).Max());
        _texts = new string[VocabularySize];
        _bytes = new byte[VocabularySize][];
        _kinds = new TokenKind[VocabularySize];
        Array.Fill(_texts, "");
        Array.Fill(_bytes, []);
        PlaceAdded(model);
        PlaceOrdinary(model);
        _added = new AddedTokens(model.Added);
        _byteIds = FindByteIds(model);
        _merges = BuildMerges(model);
        _ignoreMerges = model.IgnoreMerges;
    }

    /// <summary>One more than the highest id; ids below it may be unused (they have no bytes and decode to nothing).</summary>
    public int VocabularySize { get; }

    /// <summary>Reads a tokenizer.json.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or is not byte-level BPE as the family uses it; the message names the field.</exception>
    public static Tokenizer Load(string path) => FromJson(File.ReadAllBytes(path), path);

    /// <summary>Reads the content of a tokenizer.json; <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="InvalidDataException">The content is damaged or is not byte-level BPE as the family uses it; the message names the field.</exception>
    public static Tokenizer FromJson(ReadOnlySpan<byte> utf8, string source) => new(TokenizerJson.Read(utf8, source));

    /// <summary>The ids of plain text. Added tokens are never matched; lone surrogates count as U+FFFD.</summary>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length / 3);
        Encode(text, ids);
        return [.. ids];
    }

    /// <summary>
    /// The ids of a prompt. Added tokens are matched where they are wholly trusted, the longest first; the text between them is encoded as
    /// one stretch, whatever its trust.
    /// </summary>
    public int[] Encode(PromptText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var ids = new List<int>(text.Length / 3);
        Encode(text, ids);
        return [.. ids];
    }

    /// <summary>Appends the ids of plain text to <paramref name="destination"/>, as <see cref="Encode(string)"/>.</summary>
    public void Encode(ReadOnlySpan<char> text, List<int> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var encoder = Borrow();
        encoder.Encode(text, destination);
        _encoders.Add(encoder);
    }

    /// <summary>Appends the ids of a prompt to <paramref name="destination"/>, as <see cref="Encode(PromptText)"/>.</summary>
    public void Encode(PromptText text, List<int> destination)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(destination);
        var encoder = Borrow();
        var value = text.Value.AsSpan();
        var done = 0;
        foreach (var (start, end, trusted) in text.Runs())
        {
            if (!trusted) continue;
            var from = start;
            while (_added.TryFind(value[from..end], out var at, out var token))
            {
                encoder.Encode(value[done..(from + at)], destination);
                destination.Add(token.Id);
                from += at + token.Content.Length;
                done = from;
            }
        }
        encoder.Encode(value[done..], destination);
        _encoders.Add(encoder);
    }

    /// <summary>The bytes of a token; of an added token its text as UTF-8; empty for an unused id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is negative or not below <see cref="VocabularySize"/>.</exception>
    public ReadOnlySpan<byte> BytesOf(int id) => _bytes[Check(id)];

    /// <summary>
    /// The text of a sequence of ids; bytes that are no UTF-8 become U+FFFD. With <paramref name="skipSpecial"/> special tokens are left
    /// out, while added tokens that are not special (such as <c>&lt;think&gt;</c>) stay.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative or not below <see cref="VocabularySize"/>.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false)
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(16, 4 * ids.Length));
        foreach (var id in ids)
            if (!skipSpecial || !IsSpecial(id)) bytes.Write(BytesOf(id));
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Whether the id is an added token that decoding may skip; false for ids not in the vocabulary.</summary>
    public bool IsSpecial(int id) => (uint)id < (uint)_kinds.Length && _kinds[id] == TokenKind.Special;

    /// <summary>Whether the id is an added token, special or not; false for ids not in the vocabulary.</summary>
    public bool IsAdded(int id) => (uint)id < (uint)_kinds.Length && _kinds[id] >= TokenKind.Added;

    /// <summary>The id of an added token by its text, or of an ordinary token in the byte alphabet (space is Ġ, newline Ċ); null when there is none.</summary>
    public int? IdOf(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return _added.IdOf(token) ?? (_ordinary.TryGetValue(token, out var id) ? id : null);
    }

    /// <summary>The token as the file writes it: an added token's text, an ordinary token in the byte alphabet; empty for an unused id.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is negative or not below <see cref="VocabularySize"/>.</exception>
    public string TokenText(int id) => _texts[Check(id)];

    private int Check(int id) =>
        (uint)id < (uint)VocabularySize ? id : throw new ArgumentOutOfRangeException(nameof(id), id, $"token ids of this vocabulary are 0 to {VocabularySize - 1}");

    private PieceEncoder Borrow() =>
        _encoders.TryTake(out var encoder) ? encoder : new PieceEncoder(new BytePairMerger(_merges, _byteIds), _ignoreMerges ? _ordinary : null);

    private void PlaceAdded(TokenizerModel model)
    {
        var contents = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, content, special) in model.Added)
        {
            var field = $"added_tokens \"{content}\"";
            if (!contents.Add(content)) throw model.Error(field, "there twice", "each token once");
            if (_kinds[id] != TokenKind.None) throw model.Error($"{field}.id", $"{id}, the id of \"{_texts[id]}\"", "an id of its own");
            if (_ordinary.Remove(content, out var inVocabulary) && inVocabulary != id)
                throw model.Error($"{field}.id", $"{id}", $"{inVocabulary} as in model.vocab");
            Place(id, content, Encoding.UTF8.GetBytes(content), special ? TokenKind.Special : TokenKind.Added);
        }
    }

    private void PlaceOrdinary(TokenizerModel model)
    {
        foreach (var (text, id) in _ordinary)
        {
            var field = $"model.vocab[\"{text}\"]";
            if (_kinds[id] != TokenKind.None) throw model.Error(field, $"{id}, the id of \"{_texts[id]}\"", "an id of its own");
            if (text.Length == 0) throw model.Error(field, "an empty token", "one byte or more");
            var bytes = new byte[text.Length];
            for (var i = 0; i < bytes.Length; i++)
            {
                var value = ByteAlphabet.ByteOf(text[i]);
                if (value < 0) throw model.Error(field, $"written with U+{(int)text[i]:X4}", "a token in the byte alphabet, or one of added_tokens");
                bytes[i] = (byte)value;
            }
            Place(id, text, bytes, TokenKind.Ordinary);
        }
    }

    private void Place(int id, string text, byte[] bytes, TokenKind kind) => (_texts[id], _bytes[id], _kinds[id]) = (text, bytes, kind);

    private int[] FindByteIds(TokenizerModel model)
    {
        var ids = new int[256];
        for (var value = 0; value < 256; value++)
        {
            var text = ByteAlphabet.CharOf((byte)value).ToString();
            if (!_ordinary.TryGetValue(text, out ids[value]))
                throw model.Error("model.vocab", $"without a token for byte 0x{value:X2} (\"{text}\")", "all 256 bytes");
        }
        return ids;
    }

    private MergeTable BuildMerges(TokenizerModel model)
    {
        var table = new MergeTable(model.Merges.Count);
        for (var rank = 0; rank < model.Merges.Count; rank++)
        {
            var (left, right, result) = model.Merges[rank];
            // A control token that merging could make would be within reach of any user's text.
            foreach (var id in (ReadOnlySpan<int>)[left, right, result])
                if (IsAdded(id)) throw model.Error($"model.merges[{rank}]", $"about the added token \"{_texts[id]}\"", "ordinary tokens only");
            if (!table.TryAdd(left, right, rank, result))
                throw model.Error($"model.merges[{rank}]", $"\"{_texts[left]} {_texts[right]}\" for the second time", "each pair once");
        }
        return table;
    }
}
