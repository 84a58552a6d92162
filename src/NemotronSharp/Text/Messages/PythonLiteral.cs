using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace NemotronSharp.Text;

/// <summary>
/// Reads a Python dict, list or tuple of literals (what <c>ast.literal_eval</c> takes, less sets, bytes and complex numbers), because
/// models trained on Python traces write <c>{'a': True}</c> where JSON was asked for. JSON's true, false and null pass too.
/// </summary>
internal ref struct PythonLiteral
{
    // As deep as System.Text.Json goes: the text comes from a model and must not overflow the stack.
    private const int Deepest = 64;

    private readonly ReadOnlySpan<char> _text;
    private int _position;
    private int _depth;

    private PythonLiteral(ReadOnlySpan<char> text) => _text = text;

    /// <summary>The object or array, or null if the text is not exactly one.</summary>
    public static JsonNode? TryParseContainer(string text)
    {
        var parser = new PythonLiteral(text);
        parser.SkipSpace();
        if (parser.Peek is not ('{' or '[' or '(') || !parser.TryValue(out var node)) return null;
        parser.SkipSpace();
        return parser._position == text.Length ? node : null;
    }

    private readonly char Peek => _position < _text.Length ? _text[_position] : '\0';

    private void SkipSpace()
    {
        while (char.IsWhiteSpace(Peek)) _position++;
    }

    private bool Take(char c)
    {
        SkipSpace();
        if (Peek != c) return false;
        _position++;
        return true;
    }

    private bool TryValue(out JsonNode? value)
    {
        value = null;
        SkipSpace();
        switch (Peek)
        {
            case '{':
                return TryDict(out value);
            case '[':
                return TrySequence(']', out value);
            case '(':
                return TrySequence(')', out value);
            case '\'' or '"':
                if (!TryString(out var text)) return false;
                value = JsonValue.Create(text);
                return true;
            default:
                return TryWord(out value);
        }
    }

    private bool TryDict(out JsonNode? value)
    {
        value = null;
        if (++_depth > Deepest) return false;
        _position++;
        var dict = new JsonObject();
        while (!Take('}'))
        {
            if (dict.Count > 0 && !Take(',')) return false;
            if (dict.Count > 0 && Take('}')) break;
            if (!TryKey(out var key) || !Take(':') || !TryValue(out var item)) return false;
            // As in Python the last of two equal keys counts.
            dict[key] = item;
        }
        _depth--;
        value = dict;
        return true;
    }

    private bool TrySequence(char close, out JsonNode? value)
    {
        value = null;
        if (++_depth > Deepest) return false;
        _position++;
        var items = new JsonArray();
        while (!Take(close))
        {
            if (items.Count > 0 && !Take(',')) return false;
            if (items.Count > 0 && Take(close)) break;
            if (!TryValue(out var item)) return false;
            items.Add(item);
        }
        _depth--;
        value = items;
        return true;
    }

    /// <summary>A string, or a number or name spelled as <c>json.dumps</c> would spell it as a key.</summary>
    private bool TryKey(out string key)
    {
        key = "";
        SkipSpace();
        if (Peek is '\'' or '"') return TryString(out key);
        if (!TryWord(out var value)) return false;
        key = value?.ToJsonString() ?? "null";
        return true;
    }

    private bool TryWord(out JsonNode? value)
    {
        value = null;
        var start = _position;
        while (char.IsAsciiLetterOrDigit(Peek) || Peek is '.' or '+' or '-') _position++;
        var word = _text[start.._position];
        switch (word)
        {
            case "True" or "true":
                value = JsonValue.Create(true);
                return true;
            case "False" or "false":
                value = JsonValue.Create(false);
                return true;
            case "None" or "null":
                return true;
        }
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) value = JsonValue.Create(integer);
        else if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) value = JsonValue.Create(number);
        return value is not null;
    }

    private bool TryString(out string text)
    {
        text = "";
        var quote = _text[_position++];
        var result = new StringBuilder();
        while (_position < _text.Length)
        {
            var c = _text[_position++];
            if (c == quote)
            {
                text = result.ToString();
                return true;
            }
            if (c == '\n') return false;
            if (c != '\\') result.Append(c);
            else if (!TryEscape(result)) return false;
        }
        return false;
    }

    private bool TryEscape(StringBuilder result)
    {
        if (_position == _text.Length) return false;
        var c = _text[_position++];
        switch (c)
        {
            case '\n': return true;
            case '\\' or '\'' or '"': result.Append(c); return true;
            case 'n': result.Append('\n'); return true;
            case 't': result.Append('\t'); return true;
            case 'r': result.Append('\r'); return true;
            case 'b': result.Append('\b'); return true;
            case 'f': result.Append('\f'); return true;
            case 'v': result.Append('\v'); return true;
            case 'a': result.Append('\a'); return true;
            case '0': result.Append('\0'); return true;
            case 'x': return TryCode(2, result);
            case 'u': return TryCode(4, result);
            case 'U': return TryCode(8, result);
            // Python keeps the backslash of an escape it does not know.
            default: result.Append('\\').Append(c); return true;
        }
    }

    private bool TryCode(int digits, StringBuilder result)
    {
        if (_text.Length - _position < digits) return false;
        if (!uint.TryParse(_text.Slice(_position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)) return false;
        _position += digits;
        // Halves of a surrogate pair are not runes, but two in a row make one character.
        if (digits <= 4) result.Append((char)code);
        else if (Rune.IsValid(code)) result.Append(new Rune(code).ToString());
        else return false;
        return true;
    }
}
