using System.Globalization;
using System.Numerics;
using System.Text;

namespace NemotronSharp.Text.Templates;

// The tokens inside a tag: names, numbers, strings with Python's escapes, operators.
internal sealed partial class Lexer
{
    // Longer operators first, so that '**' is not read as two '*'.
    private static readonly string[] Operators =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ","];

    private void ReadExpressionToken(Stack<char> open)
    {
        var start = _position;
        var c = _source[start];
        if (char.IsLetter(c) || c == '_')
        {
            var end = start + 1;
            while (end < _source.Length && (char.IsLetterOrDigit(_source[end]) || _source[end] == '_')) end++;
            if (end - start > Limits.NameLength) throw Fail($"found a name of {end - start} characters, expected at most {Limits.NameLength}");
            Take(TokenKind.Name, end);
        }
        else if (char.IsAsciiDigit(c)) ReadNumber();
        else if (c is '\'' or '"') ReadString(c);
        else ReadOperator(open);
    }

    private void ReadOperator(Stack<char> open)
    {
        foreach (var op in Operators)
        {
            if (!At(op, 0)) continue;
            if (op is "(" or "[" or "{") open.Push(op[0] switch { '(' => ')', '[' => ']', _ => '}' });
            else if (op is ")" or "]" or "}")
            {
                if (!open.TryPop(out var expected)) throw Fail($"found '{op}' without its opening bracket");
                if (expected != op[0]) throw Fail($"found '{op}', expected '{expected}'");
            }
            Take(TokenKind.Operator, _position + op.Length);
            return;
        }
        // A half of a character, which only a caller's own string can hold, shows as U+FFFD.
        Rune.DecodeFromUtf16(_source.AsSpan(_position), out var found, out _);
        throw Fail($"found '{found}' inside a tag, expected a name, a value or an operator");
    }

    private void Take(TokenKind kind, int end)
    {
        var value = _source[_position..end];
        Add(kind, value);
        _position = end;
    }

    private void ReadNumber()
    {
        var end = Digits(_position);
        if (_source[_position] == '0' && end == _position + 1 && end < _source.Length && char.ToLowerInvariant(_source[end]) is var prefix and ('x' or 'o' or 'b'))
        {
            AddRadixInteger(prefix);
            return;
        }
        var isFloat = false;
        // "1.5" is a float, "1.x" and "1." are an integer and a dot; after a dot ("a.0.1") a number is always an index.
        var afterDot = _tokens[^1].Is(TokenKind.Operator, ".");
        if (!afterDot && end + 1 < _source.Length && _source[end] == '.' && char.IsAsciiDigit(_source[end + 1]))
            (isFloat, end) = (true, Digits(end + 1));
        if (!afterDot && end < _source.Length && _source[end] is 'e' or 'E')
        {
            var exponent = end + 1;
            if (exponent < _source.Length && _source[exponent] is '+' or '-') exponent++;
            if (exponent < _source.Length && char.IsAsciiDigit(_source[exponent])) (isFloat, end) = (true, Digits(exponent));
        }
        if (end - _position > Limits.IntegerDigits) throw Fail($"found a number of {end - _position} digits, at most {Limits.IntegerDigits} are read");
        var digits = _source[_position..end].Replace("_", "");
        Add(isFloat ? TokenKind.Float : TokenKind.Integer, digits);
        _position = end;
    }

    private int Digits(int at)
    {
        while (at < _source.Length && (char.IsAsciiDigit(_source[at]) || (_source[at] == '_' && at + 1 < _source.Length && char.IsAsciiDigit(_source[at + 1])))) at++;
        return at;
    }

    private void AddRadixInteger(char prefix)
    {
        var radix = prefix switch { 'x' => 16, 'o' => 8, _ => 2 };
        var at = _position + 2;
        var value = BigInteger.Zero;
        for (; at < _source.Length && (char.IsAsciiHexDigit(_source[at]) || _source[at] == '_'); at++)
        {
            if (_source[at] == '_') continue;
            var digit = Convert.ToInt32(_source[at].ToString(), 16);
            if (digit >= radix) break;
            value = (value * radix) + digit;
            if (at - _position > Limits.IntegerDigits) throw Fail($"found a number of more than {Limits.IntegerDigits} digits");
        }
        if (at == _position + 2) throw Fail($"found '0{prefix}' without digits");
        Add(TokenKind.Integer, value.ToString(CultureInfo.InvariantCulture));
        _position = at;
    }

    private void ReadString(char quote)
    {
        var text = new StringBuilder();
        var at = _position + 1;
        while (true)
        {
            if (at >= _source.Length) throw Fail($"this string is not closed: expected {quote}");
            var c = _source[at++];
            if (c == quote) break;
            if (c == '\\' && at < _source.Length) at = AppendEscape(text, at);
            else text.Append(c);
        }
        Add(TokenKind.String, text.ToString());
        _position = at;
    }

    // Python's unicode_escape: what is not an escape stays as it is, backslash included.
    private int AppendEscape(StringBuilder text, int at)
    {
        var c = _source[at++];
        switch (c)
        {
            case '\n': return at;
            case '\\' or '\'' or '"': text.Append(c); return at;
            case 'n': text.Append('\n'); return at;
            case 't': text.Append('\t'); return at;
            case 'r': text.Append('\r'); return at;
            case 'a': text.Append('\a'); return at;
            case 'b': text.Append('\b'); return at;
            case 'f': text.Append('\f'); return at;
            case 'v': text.Append('\v'); return at;
            case 'x': return AppendHex(text, at, 2);
            case 'u': return AppendHex(text, at, 4);
            case 'U': return AppendHex(text, at, 8);
            case >= '0' and <= '7':
                var code = c - '0';
                for (var more = 0; more < 2 && at < _source.Length && _source[at] is >= '0' and <= '7'; more++) code = (code * 8) + _source[at++] - '0';
                text.Append((char)code);
                return at;
            default: text.Append('\\').Append(c); return at;
        }
    }

    private int AppendHex(StringBuilder text, int at, int digits)
    {
        if (at + digits > _source.Length
            || !uint.TryParse(_source.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code > 0x10FFFF)
            throw Fail($"found an escape that is not {digits} hexadecimal digits of a Unicode code point");
        if (code < 0x10000) text.Append((char)code);
        else text.Append(new Rune(code).ToString());
        return at + digits;
    }
}
