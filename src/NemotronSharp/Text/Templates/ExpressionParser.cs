using System.Globalization;
using System.Numerics;
using System.Text;

namespace NemotronSharp.Text.Templates;

/// <summary>
/// Reads expressions with Jinja's precedence, loosest first: conditional, or, and, not, comparison, + and -, ~, * / // %, **,
/// sign, and tightest attribute, subscript, call, filter and test.
/// </summary>
internal sealed class ExpressionParser(TokenReader tokens)
{
    private static readonly Dictionary<string, ComparisonOperator> Comparisons = new()
    {
        ["=="] = ComparisonOperator.Equal,
        ["!="] = ComparisonOperator.NotEqual,
        ["<"] = ComparisonOperator.Less,
        ["<="] = ComparisonOperator.LessOrEqual,
        [">"] = ComparisonOperator.Greater,
        [">="] = ComparisonOperator.GreaterOrEqual,
    };

    private static readonly Dictionary<string, BinaryOperator> Products = new()
    {
        ["*"] = BinaryOperator.Multiply,
        ["/"] = BinaryOperator.Divide,
        ["//"] = BinaryOperator.FloorDivide,
        ["%"] = BinaryOperator.Modulo,
    };

    public static bool IsConstantName(string name) => name is "true" or "True" or "false" or "False" or "none" or "None";

    public Expression Read()
    {
        tokens.Enter();
        var line = tokens.Line;
        var value = ReadOr();
        while (tokens.SkipName("if"))
        {
            var condition = ReadOr();
            value = new ConditionalExpression(condition, value, tokens.SkipName("else") ? Read() : null, line);
        }
        tokens.Leave();
        return value;
    }

    /// <summary>One expression, or several with commas between them: a tuple without parentheses.</summary>
    public Expression ReadTuple(bool withConditional = true, bool inParentheses = false)
    {
        var line = tokens.Line;
        if (inParentheses && tokens.IsOperator(")")) return new ListExpression([], true, line);
        var items = new List<Expression> { withConditional ? Read() : ReadOr() };
        if (!tokens.IsOperator(",")) return items[0];
        while (tokens.SkipOperator(",") && !AtTupleEnd()) items.Add(withConditional ? Read() : ReadOr());
        return new ListExpression(items, true, line);
    }

    private bool AtTupleEnd() => tokens.Current.Kind is TokenKind.TagEnd or TokenKind.OutputEnd || tokens.IsOperator(")");

    /// <summary>The filters of a set or filter block; their input is the block's text, so it stands empty here.</summary>
    public IReadOnlyList<FilterExpression> ReadFilterChain(bool firstWithoutPipe = false)
    {
        var filters = new List<FilterExpression>();
        var blockText = new LiteralExpression(StringValue.Empty, tokens.Line);
        while ((filters.Count == 0 && firstWithoutPipe) || tokens.SkipOperator("|")) filters.Add(ReadFilter(blockText));
        return filters;
    }

    private Expression ReadOr()
    {
        var left = ReadAnd();
        while (tokens.Line is var line && tokens.SkipName("or")) left = new LogicalExpression(false, left, ReadAnd(), line);
        return left;
    }

    private Expression ReadAnd()
    {
        var left = ReadNot();
        while (tokens.Line is var line && tokens.SkipName("and")) left = new LogicalExpression(true, left, ReadNot(), line);
        return left;
    }

    private Expression ReadNot()
    {
        var line = tokens.Line;
        if (!tokens.SkipName("not")) return ReadComparison();
        tokens.Enter();
        var negated = new NotExpression(ReadNot(), line);
        tokens.Leave();
        return negated;
    }

    private Expression ReadComparison()
    {
        var line = tokens.Line;
        var first = ReadSum();
        var rest = new List<(ComparisonOperator, Expression)>();
        while (ReadComparisonOperator() is { } op) rest.Add((op, ReadSum()));
        return rest.Count == 0 ? first : new ComparisonExpression(first, rest, line);
    }

    private ComparisonOperator? ReadComparisonOperator()
    {
        if (tokens.Current.Kind == TokenKind.Operator && Comparisons.TryGetValue(tokens.Current.Value, out var op))
        {
            tokens.Next();
            return op;
        }
        if (tokens.SkipName("in")) return ComparisonOperator.In;
        if (!tokens.IsName("not") || !tokens.Following.Is(TokenKind.Name, "in")) return null;
        tokens.Next();
        tokens.Next();
        return ComparisonOperator.NotIn;
    }

    private Expression ReadSum()
    {
        var left = ReadConcat();
        while (tokens.IsOperator("+") || tokens.IsOperator("-"))
        {
            var op = tokens.Next();
            left = new BinaryExpression(op.Value == "+" ? BinaryOperator.Add : BinaryOperator.Subtract, left, ReadConcat(), op.Line);
        }
        return left;
    }

    private Expression ReadConcat()
    {
        var line = tokens.Line;
        var first = ReadProduct();
        if (!tokens.IsOperator("~")) return first;
        var parts = new List<Expression> { first };
        while (tokens.SkipOperator("~")) parts.Add(ReadProduct());
        return new ConcatExpression(parts, line);
    }

    private Expression ReadProduct()
    {
        var left = ReadPower();
        while (tokens.Current.Kind == TokenKind.Operator && Products.TryGetValue(tokens.Current.Value, out var op))
        {
            var line = tokens.Next().Line;
            left = new BinaryExpression(op, left, ReadPower(), line);
        }
        return left;
    }

    private Expression ReadPower()
    {
        var left = ReadSigned();
        while (tokens.Line is var line && tokens.SkipOperator("**")) left = new BinaryExpression(BinaryOperator.Power, left, ReadSigned(), line);
        return left;
    }

    // A filter binds looser than a sign: "-1|abs" is (-1)|abs.
    private Expression ReadSigned() => ReadFiltersAndTests(ReadUnfiltered());

    private Expression ReadUnfiltered()
    {
        var line = tokens.Line;
        if (!tokens.IsOperator("-") && !tokens.IsOperator("+")) return ReadPostfix(ReadPrimary());
        var negative = tokens.Next().Value == "-";
        tokens.Enter();
        var operand = ReadUnfiltered();
        tokens.Leave();
        return ReadPostfix(new SignExpression(negative, operand, line));
    }

    private Expression ReadPrimary()
    {
        var token = tokens.Next();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return token.Value switch
                {
                    "true" or "True" => new LiteralExpression(BoolValue.True, token.Line),
                    "false" or "False" => new LiteralExpression(BoolValue.False, token.Line),
                    "none" or "None" => new LiteralExpression(NoneValue.Instance, token.Line),
                    _ => new NameExpression(token.Value, token.Line),
                };
            case TokenKind.String:
                var text = new StringBuilder(token.Value);
                while (tokens.Current.Kind == TokenKind.String) text.Append(tokens.Next().Value);
                return new LiteralExpression(new StringValue(PromptText.Trusted(text.ToString())), token.Line);
            case TokenKind.Integer:
                return new LiteralExpression(new IntValue(BigInteger.Parse(token.Value, CultureInfo.InvariantCulture)), token.Line);
            case TokenKind.Float:
                return new LiteralExpression(new FloatValue(double.Parse(token.Value, CultureInfo.InvariantCulture)), token.Line);
            case TokenKind.Operator when token.Value == "(":
                var inner = ReadTuple(inParentheses: true);
                tokens.ExpectOperator(")", "after the expression in parentheses");
                return inner;
            case TokenKind.Operator when token.Value == "[":
                return ReadList(token.Line);
            case TokenKind.Operator when token.Value == "{":
                return ReadDict(token.Line);
            default:
                throw tokens.Fail(token.Line, $"found {token.Describe()}, expected an expression");
        }
    }

    private ListExpression ReadList(int line)
    {
        var items = new List<Expression>();
        while (!tokens.IsOperator("]"))
        {
            if (items.Count > 0)
            {
                tokens.ExpectOperator(",", "in a list");
                if (tokens.IsOperator("]")) break;
            }
            items.Add(Read());
        }
        tokens.Next();
        return new ListExpression(items, false, line);
    }

    private DictExpression ReadDict(int line)
    {
        var entries = new List<(Expression, Expression)>();
        while (!tokens.IsOperator("}"))
        {
            if (entries.Count > 0)
            {
                tokens.ExpectOperator(",", "in a dict");
                if (tokens.IsOperator("}")) break;
            }
            var key = Read();
            tokens.ExpectOperator(":", "after the key of a dict");
            entries.Add((key, Read()));
        }
        tokens.Next();
        return new DictExpression(entries, line);
    }

    private Expression ReadPostfix(Expression target)
    {
        while (true)
        {
            var line = tokens.Line;
            if (tokens.SkipOperator(".")) target = ReadAttribute(target, line);
            else if (tokens.SkipOperator("[")) target = ReadSubscript(target, line);
            else if (tokens.IsOperator("(")) target = new CallExpression(target, ReadArguments(), line);
            else return target;
        }
    }

    private Expression ReadAttribute(Expression target, int line)
    {
        var token = tokens.Next();
        return token.Kind switch
        {
            TokenKind.Name => new AttributeExpression(target, token.Value, line),
            TokenKind.Integer => new SubscriptExpression(target, new LiteralExpression(new IntValue(BigInteger.Parse(token.Value, CultureInfo.InvariantCulture)), line), line),
            _ => throw tokens.Fail(token.Line, $"found {token.Describe()} after '.', expected the name of an attribute"),
        };
    }

    private Expression ReadSubscript(Expression target, int line)
    {
        var start = tokens.IsOperator(":") ? null : Read();
        if (!tokens.IsOperator(":"))
        {
            tokens.ExpectOperator("]", "after a subscript");
            return new SubscriptExpression(target, start!, line);
        }
        tokens.Next();
        var stop = tokens.IsOperator(":") || tokens.IsOperator("]") ? null : Read();
        var step = tokens.SkipOperator(":") && !tokens.IsOperator("]") ? Read() : null;
        tokens.ExpectOperator("]", "after a slice");
        return new SliceExpression(target, start, stop, step, line);
    }

    private Expression ReadFiltersAndTests(Expression input)
    {
        while (true)
        {
            var line = tokens.Line;
            if (tokens.SkipOperator("|")) input = ReadFilter(input);
            else if (tokens.SkipName("is")) input = ReadTest(input, line);
            else if (tokens.IsOperator("(")) input = new CallExpression(input, ReadArguments(), line);
            else return input;
        }
    }

    private FilterExpression ReadFilter(Expression input)
    {
        var line = tokens.Line;
        var name = tokens.ExpectName("the name of a filter");
        return new FilterExpression(input, name, tokens.IsOperator("(") ? ReadArguments() : CallArguments.None, line);
    }

    private Expression ReadTest(Expression input, int line)
    {
        var negated = tokens.SkipName("not");
        var name = tokens.ExpectName("the name of a test");
        var arguments = CallArguments.None;
        if (tokens.IsOperator("(")) arguments = ReadArguments();
        else if (StartsTestArgument())
        {
            if (tokens.IsName("is")) throw tokens.Fail("found 'is' after a test, expected 'and' between two tests");
            arguments = new CallArguments([ReadPostfix(ReadPrimary())], []);
        }
        Expression test = new TestExpression(input, name, arguments, line);
        return negated ? new NotExpression(test, line) : test;
    }

    private bool StartsTestArgument() => tokens.Current switch
    {
        { Kind: TokenKind.Name, Value: var word } => word is not ("else" or "or" or "and" or "if" or "in" or "not" or "recursive"),
        { Kind: TokenKind.Operator, Value: var op } => op is "[" or "{",
        var token => token.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float,
    };

    private CallArguments ReadArguments()
    {
        tokens.Next();
        var positional = new List<Expression>();
        var named = new List<(string Name, Expression Value)>();
        while (!tokens.IsOperator(")"))
        {
            if (positional.Count + named.Count > 0)
            {
                tokens.ExpectOperator(",", "between arguments");
                if (tokens.IsOperator(")")) break;
            }
            if (tokens.IsOperator("*") || tokens.IsOperator("**")) throw tokens.Fail($"found '{tokens.Current.Value}' before an argument, which is not supported");
            if (tokens.Current.Kind == TokenKind.Name && tokens.Following.Is(TokenKind.Operator, "="))
            {
                var name = tokens.Next().Value;
                tokens.Next();
                if (named.Count == Limits.NamedArguments) throw tokens.Fail($"found more than {Limits.NamedArguments} named arguments");
                if (named.Any(argument => argument.Name == name)) throw tokens.Fail($"found the argument '{name}' twice");
                named.Add((name, Read()));
            }
            else if (named.Count > 0) throw tokens.Fail("found an argument without a name after one with a name");
            else positional.Add(Read());
        }
        tokens.Next();
        return new CallArguments(positional, named);
    }
}
