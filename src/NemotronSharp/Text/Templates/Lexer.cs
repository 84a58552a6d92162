using System.Text.RegularExpressions;

namespace NemotronSharp.Text.Templates;

/// <summary>
/// Cuts a template into text and the tokens of its tags, with Jinja's whitespace rules as Hugging Face sets them:
/// trim_blocks (the newline after a tag goes), lstrip_blocks (the indentation before a tag goes), no trailing newline.
/// </summary>
internal sealed partial class Lexer
{
    private readonly string _source;
    private readonly string _name;
    private readonly List<Token> _tokens = [];
    private int _position;
    private int _line = 1;
    private int _lineCountedTo;

    private Lexer(string source, string name)
    {
        _source = source.Replace("\r\n", "\n").Replace('\r', '\n') is var text && text.EndsWith('\n') ? text[..^1] : text;
        _name = name;
    }

    public static List<Token> Tokenize(string source, string name)
    {
        var lexer = new Lexer(source, name);
        lexer.ReadTemplate();
        return lexer._tokens;
    }

    private void ReadTemplate()
    {
        while (NextDelimiter(_position) is var open && open >= 0)
        {
            var opener = _source[open + 1];
            var afterSign = open + 2;
            var sign = afterSign < _source.Length && _source[afterSign] is '-' or '+' ? _source[afterSign++] : ' ';
            AddText(TextBefore(open, sign, isOutput: opener == '{'));
            _position = open;
            if (opener == '#') SkipComment(afterSign);
            else if (opener == '%' && RawBegin.Match(_source, open) is { Success: true } raw) ReadRaw(raw);
            else ReadTag(afterSign, isOutput: opener == '{');
        }
        AddText(_source[_position..]);
        Add(TokenKind.End, "");
    }

    private int NextDelimiter(int from)
    {
        for (var at = _source.IndexOf('{', from); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
            if (_source[at + 1] is '{' or '%' or '#') return at;
        return -1;
    }

    private string TextBefore(int end, char sign, bool isOutput)
    {
        var text = _source[_position..end];
        if (sign == '-') return text.TrimEnd(PythonText.Whitespace);
        if (sign == '+' || isOutput) return text;
        // lstrip_blocks: a tag alone at the start of its line takes its indentation with it.
        var lineStart = text.LastIndexOf('\n') + 1;
        var startsLine = lineStart > 0 || _position == 0 || _source[_position - 1] == '\n';
        return startsLine && text.AsSpan(lineStart).Trim(PythonText.Whitespace).IsEmpty ? text[..lineStart] : text;
    }

    private void SkipComment(int contentStart)
    {
        var end = _source.IndexOf("#}", contentStart, StringComparison.Ordinal);
        if (end < 0) throw Fail("this comment is not closed: expected '#}'");
        var sign = end > contentStart ? _source[end - 1] : ' ';
        _position = end + 2;
        AfterDelimiter(sign, trimNewline: true);
    }

    private void ReadRaw(Match begin)
    {
        _position = begin.Index + begin.Length;
        var end = RawEnd.Match(_source, _position);
        if (!end.Success)
        {
            _position = begin.Index;
            throw Fail("this '{% raw %}' is not closed: expected '{% endraw %}'");
        }
        AddText(TextBefore(end.Index, end.Groups[1].Value is [var sign] ? sign : ' ', isOutput: false));
        _position = end.Index + end.Length;
    }

    private void ReadTag(int start, bool isOutput)
    {
        var openedIn = CurrentLine();
        var closer = isOutput ? "}}" : "%}";
        Add(isOutput ? TokenKind.OutputBegin : TokenKind.TagBegin, isOutput ? "{{" : "{%");
        _position = start;
        var open = new Stack<char>();
        while (true)
        {
            while (_position < _source.Length && PythonText.IsWhitespace(_source[_position])) _position++;
            if (_position >= _source.Length)
                throw new ChatTemplateException(_name, openedIn, $"this '{(isOutput ? "{{" : "{%")}' is not closed: expected '{closer}'");
            if (open.Count == 0 && CloserHere(closer, isOutput) is { } sign)
            {
                Add(isOutput ? TokenKind.OutputEnd : TokenKind.TagEnd, closer);
                _position += sign == ' ' ? 2 : 3;
                AfterDelimiter(sign, trimNewline: !isOutput);
                return;
            }
            ReadExpressionToken(open);
        }
    }

    private char? CloserHere(string closer, bool isOutput)
    {
        if (At(closer, 0)) return ' ';
        return _source[_position] is var sign && (sign == '-' || (sign == '+' && !isOutput)) && At(closer, 1) ? sign : null;
    }

    private bool At(string what, int offset) => string.CompareOrdinal(_source, _position + offset, what, 0, what.Length) == 0;

    private void AfterDelimiter(char sign, bool trimNewline)
    {
        if (sign == '-')
            while (_position < _source.Length && PythonText.IsWhitespace(_source[_position])) _position++;
        else if (sign != '+' && trimNewline && _position < _source.Length && _source[_position] == '\n') _position++;
    }

    private void AddText(string text)
    {
        if (text.Length > 0) Add(TokenKind.Text, text);
    }

    private void Add(TokenKind kind, string value) => _tokens.Add(new Token(kind, value, CurrentLine()));

    private int CurrentLine()
    {
        _line += _source.AsSpan(_lineCountedTo, _position - _lineCountedTo).Count('\n');
        _lineCountedTo = _position;
        return _line;
    }

    private ChatTemplateException Fail(string problem) =>
        new(_name, 1 + _source.AsSpan(0, Math.Min(_position, _source.Length)).Count('\n'), problem);

    [GeneratedRegex(@"\G\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})")]
    private static partial Regex RawBegin { get; }

    [GeneratedRegex(@"\{%([-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\}\n?)")]
    private static partial Regex RawEnd { get; }
}
