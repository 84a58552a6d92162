using NemotronSharp.Text;

namespace NemotronSharp.Cli.Terminal;

/// <summary>
/// Writes an answer while it is generated. On a terminal reasoning is dim; elsewhere it stands between lines of
/// <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>. A call is a line <c>→ name({…})</c>. Ends with a newline, also when cut short.
/// </summary>
internal sealed class AnswerPrinter(TextWriter output, bool redirected) : IDisposable
{
    private enum Part
    {
        None,
        Reasoning,
        Content,
        Call,
    }

    private readonly bool _redirected = redirected;
    private readonly bool _plain = Style.IsOff(redirected);
    private Part _part;
    private bool _lineIsOpen;

    public void Write(MessageDelta delta)
    {
        switch (delta)
        {
            case ReasoningDelta reasoning:
                Begin(Part.Reasoning);
                Write(_plain ? Safe(reasoning.Text) : Style.DimOn + Safe(reasoning.Text) + Style.Off);
                break;
            case ContentDelta content:
                Begin(Part.Content);
                Write(Safe(content.Text));
                break;
            case ToolCallStarted call:
                End();
                _part = Part.Call;
                Write($"→ {Safe(call.Name)}(");
                break;
            case ToolArgumentsDelta arguments:
                Write(Safe(arguments.Json));
                break;
            case ToolCallCompleted:
                Write(")");
                End();
                break;
        }
    }

    public void Dispose() => End();

    private void Begin(Part part)
    {
        if (_part == part) return;
        End();
        _part = part;
        if (part == Part.Reasoning && _redirected) Write("<think>\n");
    }

    private void End()
    {
        if (_lineIsOpen) Write("\n");
        if (_part == Part.Reasoning) Write(_redirected ? "</think>\n" : "\n");
        _part = Part.None;
    }

    private void Write(string text)
    {
        output.Write(text);
        _lineIsOpen = text.Length > 0 ? !text.EndsWith('\n') : _lineIsOpen;
    }

    /// <summary>On a terminal a model's text must not be able to send control sequences.</summary>
    private string Safe(string text)
    {
        if (_redirected || !text.Any(IsControl)) return text;
        return string.Concat(text.Select(c => IsControl(c) ? '\uFFFD' : c));
    }

    private static bool IsControl(char c) => char.IsControl(c) && c is not ('\n' or '\t');
}
