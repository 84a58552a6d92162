using System.Text;

namespace NemotronSharp.Text;

/// <summary>Joins many pieces into one <see cref="PromptText"/> in time linear in their length. For one thread.</summary>
public sealed class PromptTextBuilder
{
    private readonly StringBuilder _value = new();
    private readonly List<int> _flips = [];
    private bool _startsTrusted;

    /// <summary>Characters appended so far, in UTF-16 units.</summary>
    public int Length => _value.Length;

    private bool EndsTrusted => _startsTrusted ^ (_flips.Count & 1) == 1;

    /// <summary>Adds a text; its characters keep their trust.</summary>
    public PromptTextBuilder Append(PromptText piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        foreach (var (start, end, trusted) in piece.Runs()) Append(piece.Value.AsSpan(start, end - start), trusted);
        return this;
    }

    /// <summary>Adds a literal whose characters may form control tokens.</summary>
    public PromptTextBuilder AppendTrusted(ReadOnlySpan<char> literal) => Append(literal, true);

    /// <summary>Adds data whose characters can never form control tokens.</summary>
    public PromptTextBuilder AppendUntrusted(ReadOnlySpan<char> data) => Append(data, false);

    /// <summary>What was added so far.</summary>
    public PromptText ToPromptText() =>
        Length == 0 ? PromptText.Empty : new PromptText(_value.ToString(), _startsTrusted, [.. _flips]);

    private PromptTextBuilder Append(ReadOnlySpan<char> piece, bool trusted)
    {
        if (piece.IsEmpty) return this;
        if (_value.Length == 0) _startsTrusted = trusted;
        else if (trusted != EndsTrusted) _flips.Add(_value.Length);
        _value.Append(piece);
        return this;
    }
}
