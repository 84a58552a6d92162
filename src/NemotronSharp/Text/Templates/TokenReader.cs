using System.Runtime.CompilerServices;

namespace NemotronSharp.Text.Templates;

/// <summary>The tokens of a template with a place in them, and the guard against sources nested without end.</summary>
internal sealed class TokenReader(string source, string name)
{
    private readonly List<Token> _tokens = Lexer.Tokenize(source, name);
    private int _position;
    private int _depth;

    public Token Current => _tokens[_position];

    public Token Following => _tokens[Math.Min(_position + 1, _tokens.Count - 1)];

    public int Line => Current.Line;

    public Token Next()
    {
        var token = Current;
        if (_position < _tokens.Count - 1) _position++;
        return token;
    }

    public bool IsOperator(string op) => Current.Is(TokenKind.Operator, op);

    public bool IsName(string keyword) => Current.Is(TokenKind.Name, keyword);

    public bool SkipOperator(string op)
    {
        if (!IsOperator(op)) return false;
        Next();
        return true;
    }

    public bool SkipName(string keyword)
    {
        if (!IsName(keyword)) return false;
        Next();
        return true;
    }

    public void ExpectOperator(string op, string where)
    {
        if (!SkipOperator(op)) throw Fail($"found {Current.Describe()} {where}, expected '{op}'");
    }

    public string ExpectName(string what) =>
        Current.Kind == TokenKind.Name ? Next().Value : throw Fail($"found {Current.Describe()}, expected {what}");

    public void Expect(TokenKind kind, string what)
    {
        if (Current.Kind != kind) throw Fail($"found {Current.Describe()}, expected {what}");
        Next();
    }

    public void Enter()
    {
        if (++_depth > Limits.ParseDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Fail($"the template is nested too deeply, expected at most {Limits.ParseDepth} levels");
    }

    public void Leave() => _depth--;

    public ChatTemplateException Fail(string problem) => Fail(Line, problem);

    public ChatTemplateException Fail(int line, string problem) => new(name, line, problem);
}
