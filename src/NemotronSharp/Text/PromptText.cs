namespace NemotronSharp.Text;

/// <summary>
/// A text in which each character knows whether it is trusted. Trusted characters come from a chat template's own literals
/// and may form control tokens; untrusted ones are data (a user's message, a tool's result) and never can.
/// Immutable; positions and lengths are in UTF-16 units.
/// </summary>
public sealed class PromptText
{
    // Positions, ascending and strictly inside the text, at which trust changes: memory follows the number of pieces, not of characters.
    private readonly int[] _flips;
    private readonly bool _startsTrusted;

    internal PromptText(string value, bool startsTrusted, int[] flips) => (Value, _startsTrusted, _flips) = (value, startsTrusted, flips);

    /// <summary>No characters.</summary>
    public static PromptText Empty { get; } = new("", false, []);

    /// <summary>The characters, UTF-16.</summary>
    public string Value { get; }

    /// <summary>Number of UTF-16 units.</summary>
    public int Length => Value.Length;

    /// <summary>A text wholly trusted: a literal of a template.</summary>
    public static PromptText Trusted(string value) => Of(value, true);

    /// <summary>A text wholly untrusted: data.</summary>
    public static PromptText Untrusted(string value) => Of(value, false);

    /// <summary>Whether every character of the stretch is trusted; true of an empty stretch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The stretch does not lie inside the text.</exception>
    public bool IsTrusted(int start, int length)
    {
        CheckStretch(start, length);
        if (length == 0) return true;
        var run = FlipsAtOrBefore(start);
        return RunIsTrusted(run) && (run == _flips.Length || _flips[run] >= start + length);
    }

    /// <summary>The stretch as a text of its own; each character keeps its trust.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The stretch does not lie inside the text.</exception>
    public PromptText Slice(int start, int length)
    {
        CheckStretch(start, length);
        if (length == 0) return Empty;
        if (length == Length) return this;
        var first = FlipsAtOrBefore(start);
        var last = FlipsAtOrBefore(start + length - 1);
        var flips = first == last ? [] : _flips[first..last];
        for (var i = 0; i < flips.Length; i++) flips[i] -= start;
        return new PromptText(Value.Substring(start, length), RunIsTrusted(first), flips);
    }

    /// <summary>The pieces one after the other; time linear in their total length.</summary>
    public static PromptText Concat(params ReadOnlySpan<PromptText> pieces)
    {
        var builder = new PromptTextBuilder();
        foreach (var piece in pieces) builder.Append(piece);
        return builder.ToPromptText();
    }

    /// <summary>One text after the other; each character keeps its trust.</summary>
    public static PromptText Concat(PromptText a, PromptText b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return a.Length == 0 ? b : b.Length == 0 ? a : Concat([a, b]);
    }

    /// <summary>The same as <see cref="Concat(PromptText, PromptText)"/>.</summary>
    public static PromptText operator +(PromptText a, PromptText b) => Concat(a, b);

    /// <summary>The characters alone, without their trust.</summary>
    public override string ToString() => Value;

    /// <summary>The maximal runs of equal trust, in order.</summary>
    internal IEnumerable<(int Start, int End, bool Trusted)> Runs()
    {
        if (Length == 0) yield break;
        for (var run = 0; run <= _flips.Length; run++)
            yield return (run == 0 ? 0 : _flips[run - 1], run == _flips.Length ? Length : _flips[run], RunIsTrusted(run));
    }

    private static PromptText Of(string value, bool trusted)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Length == 0 ? Empty : new PromptText(value, trusted, []);
    }

    private bool RunIsTrusted(int run) => _startsTrusted ^ (run & 1) == 1;

    private int FlipsAtOrBefore(int position)
    {
        var at = Array.BinarySearch(_flips, position);
        return at >= 0 ? at + 1 : ~at;
    }

    private void CheckStretch(int start, int length)
    {
        if ((uint)start > (uint)Length) throw new ArgumentOutOfRangeException(nameof(start), start, $"not inside a text of {Length} characters");
        if ((uint)length > (uint)(Length - start))
            throw new ArgumentOutOfRangeException(nameof(length), length, $"a stretch from {start} has at most {Length - start} characters in this text");
    }
}
