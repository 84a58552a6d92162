namespace NemotronSharp.Text.Templates;

internal sealed partial class Interpreter
{
    private Value Evaluate(Expression expression, Scope scope)
    {
        context.Enter();
        var outerLine = context.Line;
        context.Line = expression.Line;
        var value = expression switch
        {
            LiteralExpression literal => literal.Value,
            NameExpression name => scope.Get(context, name.Name),
            AttributeExpression attribute => Members.Attribute(context, Evaluate(attribute.Target, scope), attribute.Name),
            SubscriptExpression subscript => Members.Subscript(context, Evaluate(subscript.Target, scope), Evaluate(subscript.Index, scope)),
            SliceExpression slice => Slice(slice, scope),
            CallExpression call => Call(call, scope),
            FilterExpression filter => Filters.Apply(context, filter.Name, Evaluate(filter.Input, scope), Evaluate(filter.Arguments, scope)),
            TestExpression test => BoolValue.Of(Tests.Apply(context, test.Name, Evaluate(test.Input, scope), Evaluate(test.Arguments, scope))),
            NotExpression not => BoolValue.Of(!ValueComparer.IsTrue(Evaluate(not.Operand, scope))),
            SignExpression sign => Arithmetic.Sign(context, sign.Negative, Evaluate(sign.Operand, scope)),
            BinaryExpression binary => Arithmetic.Apply(context, binary.Operator, Evaluate(binary.Left, scope), Evaluate(binary.Right, scope)),
            LogicalExpression logical => Logical(logical, scope),
            ConcatExpression concat => Concat(concat, scope),
            ComparisonExpression comparison => Comparison(comparison, scope),
            ConditionalExpression conditional => Conditional(conditional, scope),
            ListExpression list => new ListValue(Evaluate(list.Items, scope), list.IsTuple),
            DictExpression dict => Dict(dict, scope),
            _ => throw new InvalidOperationException($"no evaluation for {expression.GetType().Name}"),
        };
        context.Line = outerLine;
        context.Leave();
        return value;
    }

    private List<Value> Evaluate(IReadOnlyList<Expression> expressions, Scope scope)
    {
        var values = new List<Value>(expressions.Count);
        foreach (var expression in expressions) values.Add(Evaluate(expression, scope));
        return values;
    }

    private Arguments Evaluate(CallArguments arguments, Scope scope)
    {
        if (arguments.Positional.Count + arguments.Named.Count == 0) return Arguments.None;
        var positional = Evaluate(arguments.Positional, scope);
        var named = new List<(string, Value)>(arguments.Named.Count);
        foreach (var (name, value) in arguments.Named) named.Add((name, Evaluate(value, scope)));
        return new Arguments(positional, named);
    }

    private Value Call(CallExpression call, Scope scope)
    {
        var callee = Evaluate(call.Callee, scope);
        if (callee is UndefinedValue { Problem: var problem }) throw context.Error($"found a call of something undefined: {problem}");
        if (callee is not FunctionValue function) throw context.Error($"found a call of {PythonFormat.Describe(callee)}, expected a function or a macro");
        return function.Call(context, Evaluate(call.Arguments, scope));
    }

    private Value Slice(SliceExpression slice, Scope scope)
    {
        var target = Evaluate(slice.Target, scope);
        int? Bound(Expression? bound)
        {
            var value = bound is null ? NoneValue.Instance : Evaluate(bound, scope);
            return value is NoneValue ? null : Arguments.Int(context, "a slice", value);
        }
        var (start, stop, step) = (Bound(slice.Start), Bound(slice.Stop), Bound(slice.Step));
        return Sequences.Slice(context, target, start, stop, step);
    }

    private Value Logical(LogicalExpression logical, Scope scope)
    {
        var left = Evaluate(logical.Left, scope);
        return ValueComparer.IsTrue(left) == logical.IsAnd ? Evaluate(logical.Right, scope) : left;
    }

    private StringValue Concat(ConcatExpression concat, Scope scope)
    {
        var text = new PromptTextBuilder();
        foreach (var part in concat.Parts)
        {
            var piece = PythonFormat.Str(context, Evaluate(part, scope));
            context.Write(piece.Length);
            text.Append(piece);
            PythonText.CheckLength(context, text);
        }
        return new StringValue(text.ToPromptText());
    }

    // Chained as in Python: 1 < x < 3 means 1 < x and x < 3.
    private BoolValue Comparison(ComparisonExpression comparison, Scope scope)
    {
        var left = Evaluate(comparison.First, scope);
        foreach (var (op, expression) in comparison.Rest)
        {
            var right = Evaluate(expression, scope);
            if (!Holds(op, left, right)) return BoolValue.False;
            left = right;
        }
        return BoolValue.True;
    }

    private bool Holds(ComparisonOperator op, Value left, Value right) => op switch
    {
        ComparisonOperator.Equal => context.Comparer.Equals(left, right),
        ComparisonOperator.NotEqual => !context.Comparer.Equals(left, right),
        ComparisonOperator.Less => context.Comparer.Compare(left, right) < 0,
        ComparisonOperator.LessOrEqual => context.Comparer.Compare(left, right) <= 0,
        ComparisonOperator.Greater => context.Comparer.Compare(left, right) > 0,
        ComparisonOperator.GreaterOrEqual => context.Comparer.Compare(left, right) >= 0,
        ComparisonOperator.In => Sequences.Contains(context, right, left),
        _ => !Sequences.Contains(context, right, left),
    };

    private Value Conditional(ConditionalExpression conditional, Scope scope)
    {
        if (ValueComparer.IsTrue(Evaluate(conditional.Condition, scope))) return Evaluate(conditional.Then, scope);
        return conditional.Else is not null ? Evaluate(conditional.Else, scope)
            : new UndefinedValue($"the inline if on line {conditional.Line} was false and has no else");
    }

    private DictValue Dict(DictExpression expression, Scope scope)
    {
        var dict = new DictValue(context.Comparer);
        foreach (var (key, value) in expression.Entries)
        {
            var evaluated = Evaluate(key, scope);
            dict.Entries[evaluated] = Evaluate(value, scope);
        }
        return dict;
    }
}
