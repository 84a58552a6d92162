namespace NemotronSharp.Text.Templates;

/// <summary>Reads the statements of a template; <see cref="ExpressionParser"/> reads what stands inside the tags.</summary>
internal sealed class Parser
{
    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;
    private int _loops;

    private Parser(string source, string name)
    {
        _tokens = new TokenReader(source, name);
        _expressions = new ExpressionParser(_tokens);
    }

    /// <exception cref="ChatTemplateException">The source is not a template of the supported Jinja.</exception>
    public static IReadOnlyList<Statement> Parse(string source, string name)
    {
        var parser = new Parser(source, name);
        return parser.ReadBody("the template", 1, []);
    }

    // Reads up to one of the closing tags and stops after its name, which the caller checks with Closed().
    private List<Statement> ReadBody(string opener, int openedIn, string[] closers)
    {
        _tokens.Enter();
        var body = new List<Statement>();
        while (true)
        {
            var token = _tokens.Current;
            switch (token.Kind)
            {
                case TokenKind.Text:
                    body.Add(new TextStatement(PromptText.Trusted(token.Value), token.Line));
                    _tokens.Next();
                    break;
                case TokenKind.OutputBegin:
                    _tokens.Next();
                    body.Add(new OutputStatement(_expressions.ReadTuple(), token.Line));
                    _tokens.Expect(TokenKind.OutputEnd, "'}}'");
                    break;
                case TokenKind.TagBegin:
                    _tokens.Next();
                    if (_tokens.Current.Kind == TokenKind.Name && closers.Contains(_tokens.Current.Value))
                    {
                        _tokens.Leave();
                        return body;
                    }
                    body.Add(ReadStatement(opener, closers));
                    EndTag();
                    break;
                case TokenKind.End when closers.Length == 0:
                    _tokens.Leave();
                    return body;
                default:
                    throw _tokens.Fail(openedIn, $"{opener} is not closed: found {token.Describe()}, expected {OneOf(closers)}");
            }
        }
    }

    private static string OneOf(string[] closers) => string.Join(" or ", closers.Select(closer => $"'{{% {closer} %}}'"));

    private void EndTag() => _tokens.Expect(TokenKind.TagEnd, "'%}'");

    private Statement ReadStatement(string opener, string[] closers)
    {
        var line = _tokens.Line;
        var tag = _tokens.ExpectName("the name of a tag");
        return tag switch
        {
            "if" => ReadIf(line),
            "for" => ReadFor(line),
            "set" => ReadSet(line),
            "macro" => ReadMacro(line),
            "filter" => ReadFilterBlock(line),
            // Marks the assistant's tokens for training masks; for rendering it is a block with its own scope.
            "generation" => new ScopeStatement(ReadClosedBody("generation", line), line),
            "break" or "continue" when _loops > 0 => new LoopExitStatement(tag == "break", line),
            "break" or "continue" => throw _tokens.Fail(line, $"found '{tag}' outside a for block"),
            _ when tag.StartsWith("end", StringComparison.Ordinal) || tag is "else" or "elif" => throw _tokens.Fail(line,
                closers.Length == 0 ? $"found '{tag}' without the tag it would close" : $"found '{tag}' inside {opener}, expected {OneOf(closers)}"),
            _ => throw _tokens.Fail(line, $"found the unknown tag '{tag}', expected if, for, set, macro, filter, generation, raw, break or continue"),
        };
    }

    private List<Statement> ReadClosedBody(string tag, int line)
    {
        EndTag();
        var body = ReadBody($"'{tag}'", line, ["end" + tag]);
        _tokens.Next();
        return body;
    }

    private IfStatement ReadIf(int line)
    {
        var branches = new List<(Expression, IReadOnlyList<Statement>)>();
        while (true)
        {
            var condition = _expressions.ReadTuple(withConditional: false);
            EndTag();
            branches.Add((condition, ReadBody("'if'", line, ["elif", "else", "endif"])));
            switch (_tokens.Next().Value)
            {
                case "elif": continue;
                case "endif": return new IfStatement(branches, [], line);
            }
            EndTag();
            var otherwise = ReadBody("'if'", line, ["endif"]);
            _tokens.Next();
            return new IfStatement(branches, otherwise, line);
        }
    }

    private ForStatement ReadFor(int line)
    {
        var target = ReadTarget(allowNamespace: false);
        if (!_tokens.SkipName("in")) throw _tokens.Fail($"found {_tokens.Current.Describe()} after the loop variable, expected 'in'");
        var iterable = _expressions.ReadTuple(withConditional: false);
        var filter = _tokens.SkipName("if") ? _expressions.Read() : null;
        if (_tokens.IsName("recursive")) throw _tokens.Fail("found 'recursive', but recursive for blocks are not supported; expected a macro");
        EndTag();
        _loops++;
        var body = ReadBody("'for'", line, ["endfor", "else"]);
        _loops--;
        if (_tokens.Next().Value == "endfor") return new ForStatement(target, iterable, filter, body, [], line);
        EndTag();
        var otherwise = ReadBody("'for'", line, ["endfor"]);
        _tokens.Next();
        return new ForStatement(target, iterable, filter, body, otherwise, line);
    }

    private Statement ReadSet(int line)
    {
        var target = ReadTarget(allowNamespace: true);
        if (_tokens.SkipOperator("=")) return new SetStatement(target, _expressions.ReadTuple(), line);
        var filters = _expressions.ReadFilterChain();
        return new SetBlockStatement(target, filters, ReadClosedBody("set", line), line);
    }

    private FilterBlockStatement ReadFilterBlock(int line)
    {
        var filters = _expressions.ReadFilterChain(firstWithoutPipe: true);
        return new FilterBlockStatement(filters, ReadClosedBody("filter", line), line);
    }

    private MacroStatement ReadMacro(int line)
    {
        var name = _tokens.ExpectName("the name of the macro");
        _tokens.ExpectOperator("(", "after the macro's name");
        var parameters = new List<(string Name, Expression? Default)>();
        while (!_tokens.IsOperator(")"))
        {
            if (parameters.Count > 0) _tokens.ExpectOperator(",", "between the macro's parameters");
            var parameter = _tokens.ExpectName("the name of a parameter");
            if (parameters.Count == Limits.NamedArguments) throw _tokens.Fail($"found more than {Limits.NamedArguments} parameters of a macro");
            var hasDefault = _tokens.SkipOperator("=");
            if (!hasDefault && parameters is [.., (_, not null)]) throw _tokens.Fail($"found the parameter '{parameter}' without a default after one with a default");
            parameters.Add((parameter, hasDefault ? _expressions.Read() : null));
        }
        _tokens.Next();
        // A macro may stand inside a loop, but a 'break' in it does not leave that loop.
        var outer = _loops;
        _loops = 0;
        var body = ReadClosedBody("macro", line);
        _loops = outer;
        return new MacroStatement(name, parameters, body, line);
    }

    private AssignTarget ReadTarget(bool allowNamespace)
    {
        var line = _tokens.Line;
        var targets = new List<AssignTarget>();
        var isTuple = false;
        do
        {
            if (targets.Count > 0 && _tokens.Current.Kind != TokenKind.Name && !_tokens.IsOperator("(")) break;
            targets.Add(ReadSingleTarget(allowNamespace));
        }
        while (_tokens.SkipOperator(",") && (isTuple = true) && !_tokens.IsName("in"));
        return isTuple ? new TupleTarget(targets, line) : targets[0];
    }

    private AssignTarget ReadSingleTarget(bool allowNamespace)
    {
        var line = _tokens.Line;
        if (_tokens.SkipOperator("("))
        {
            _tokens.Enter();
            var inner = ReadTarget(allowNamespace);
            _tokens.Leave();
            _tokens.ExpectOperator(")", "after the assigned names");
            return inner;
        }
        var name = _tokens.ExpectName("the name of a variable");
        if (ExpressionParser.IsConstantName(name)) throw _tokens.Fail(line, $"found an assignment to '{name}', expected the name of a variable");
        return allowNamespace && _tokens.SkipOperator(".") ? new NamespaceTarget(name, _tokens.ExpectName("the name of an attribute"), line) : new NameTarget(name, line);
    }
}
