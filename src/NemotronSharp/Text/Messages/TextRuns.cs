using System.Text;

namespace NemotronSharp.Text;

/// <summary>
/// One channel of a message (reasoning or content) made of runs of text parted by calls and think blocks. White space is held back
/// until visible text follows it, so that a run's end can be trimmed although it has been streamed; runs are joined by one newline.
/// </summary>
internal sealed class TextRuns(bool keepsLeadingSpace)
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _space = new();

    /// <summary>No visible text since the channel or its present run began.</summary>
    public bool RunIsEmpty { get; private set; } = true;

    /// <summary>Everything written, or null if nothing visible was.</summary>
    public string? Text => _text.Length == 0 ? null : _text.ToString();

    /// <summary>Adds text and returns what may be streamed now.</summary>
    public string Write(ReadOnlySpan<char> text)
    {
        var visible = text.TrimEnd();
        var trailing = text[visible.Length..];
        var keepsSpace = !RunIsEmpty || (keepsLeadingSpace && _text.Length == 0);
        if (visible.IsEmpty)
        {
            if (keepsSpace) _space.Append(trailing);
            return "";
        }
        string streamed;
        if (keepsSpace) streamed = string.Concat(_space.ToString(), visible);
        else streamed = string.Concat(_text.Length > 0 ? "\n" : "", visible.TrimStart());
        RunIsEmpty = false;
        _text.Append(streamed);
        _space.Clear().Append(trailing);
        return streamed;
    }

    /// <summary>Ends the run: its trailing white space is dropped.</summary>
    public void EndRun()
    {
        _space.Clear();
        RunIsEmpty = true;
    }

    /// <summary>At the end of the output: the white space the run ends with, which becomes part of the text.</summary>
    public string TakeTrailingSpace()
    {
        var space = _space.ToString();
        _space.Clear();
        _text.Append(space);
        return space;
    }
}
