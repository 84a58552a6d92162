namespace NemotronSharp.Text.Templates;

/// <summary>Runs a template's statements. One instance renders once, on one thread.</summary>
internal sealed partial class Interpreter(RenderContext context)
{
    private PromptTextBuilder _output = new();
    private int _loopDepth;

    private enum Flow { Normal, Break, Continue }

    public PromptText Render(IReadOnlyList<Statement> template, Scope variables)
    {
        Execute(template, new Scope(variables));
        return _output.ToPromptText();
    }

    private Flow Execute(IReadOnlyList<Statement> body, Scope scope)
    {
        context.Enter();
        var flow = Flow.Normal;
        for (var i = 0; i < body.Count && flow == Flow.Normal; i++)
        {
            context.Line = body[i].Line;
            context.Step();
            flow = Execute(body[i], scope);
        }
        context.Leave();
        return flow;
    }

    private Flow Execute(Statement statement, Scope scope)
    {
        switch (statement)
        {
            case TextStatement { Text: var text }: Write(text); break;
            case OutputStatement output: Write(PythonFormat.Str(context, Evaluate(output.Expression, scope))); break;
            case IfStatement conditional: return ExecuteIf(conditional, scope);
            case ForStatement loop: return ExecuteFor(loop, scope);
            case SetStatement set: Assign(set.Target, Evaluate(set.Value, scope), scope); break;
            case SetBlockStatement set:
                var block = Capture(set.Body, new Scope(scope));
                Assign(set.Target, ApplyFilters(set.Filters, block, scope), scope);
                break;
            case FilterBlockStatement filter:
                Write(PythonFormat.Str(context, ApplyFilters(filter.Filters, Capture(filter.Body, new Scope(scope)), scope)));
                break;
            case MacroStatement macro: scope.Set(macro.Name, Macro(macro, scope)); break;
            case ScopeStatement inner: Execute(inner.Body, new Scope(scope)); break;
            case LoopExitStatement exit: return exit.IsBreak ? Flow.Break : Flow.Continue;
        }
        return Flow.Normal;
    }

    private void Write(PromptText text)
    {
        context.Write(text.Length);
        _output.Append(text);
        PythonText.CheckLength(context, _output);
    }

    private StringValue Capture(IReadOnlyList<Statement> body, Scope scope)
    {
        var outer = _output;
        _output = new PromptTextBuilder();
        Execute(body, scope);
        var text = _output.ToPromptText();
        _output = outer;
        return new StringValue(text);
    }

    private Flow ExecuteIf(IfStatement conditional, Scope scope)
    {
        foreach (var (condition, body) in conditional.Branches)
            if (ValueComparer.IsTrue(Evaluate(condition, scope))) return Execute(body, scope);
        return Execute(conditional.Else, scope);
    }

    private Flow ExecuteFor(ForStatement loop, Scope scope)
    {
        // A copy: the body may append to the list it walks over.
        IReadOnlyList<Value> items = [.. Sequences.Items(context, Evaluate(loop.Iterable, scope))];
        if (loop.Filter is not null) items = Matching(loop, items, scope);
        if (items.Count == 0) return Execute(loop.Else, scope);

        var state = new LoopValue(items, _loopDepth++);
        for (; state.Index < items.Count; state.Index++)
        {
            context.Step();
            var round = new Scope(scope);
            Assign(loop.Target, items[state.Index], round);
            round.Set("loop", state);
            if (Execute(loop.Body, round) == Flow.Break) break;
        }
        _loopDepth--;
        return Flow.Normal;
    }

    private List<Value> Matching(ForStatement loop, IReadOnlyList<Value> items, Scope scope)
    {
        var matching = new List<Value>();
        foreach (var item in items)
        {
            context.Step();
            var round = new Scope(scope);
            Assign(loop.Target, item, round);
            if (ValueComparer.IsTrue(Evaluate(loop.Filter!, round))) matching.Add(item);
        }
        return matching;
    }

    private void Assign(AssignTarget target, Value value, Scope scope)
    {
        switch (target)
        {
            case NameTarget { Name: var name }: scope.Set(name, value); break;
            case NamespaceTarget member:
                if (scope.Get(context, member.Name) is not NamespaceValue space)
                    throw context.Error($"found an assignment to '{member.Name}.{member.Attribute}', but '{member.Name}' is {PythonFormat.Describe(scope.Get(context, member.Name))}, expected a namespace()");
                space.Attributes[member.Attribute] = value;
                break;
            case TupleTarget { Items: var targets }:
                var items = Sequences.Items(context, value);
                if (items.Count != targets.Count) throw context.Error($"found {items.Count} values to assign, expected {targets.Count}");
                for (var i = 0; i < targets.Count; i++) Assign(targets[i], items[i], scope);
                break;
        }
    }

    private Value ApplyFilters(IReadOnlyList<FilterExpression> filters, Value value, Scope scope)
    {
        foreach (var filter in filters)
        {
            context.Line = filter.Line;
            value = Filters.Apply(context, filter.Name, value, Evaluate(filter.Arguments, scope));
        }
        return value;
    }

    private FunctionValue Macro(MacroStatement macro, Scope definedIn)
    {
        var names = macro.Parameters.Select(parameter => parameter.Name).ToArray();
        return new FunctionValue(macro.Name, (_, arguments) =>
        {
            var bound = arguments.Bind(context, $"the macro '{macro.Name}'", 0, names);
            var scope = new Scope(definedIn);
            for (var i = 0; i < names.Length; i++)
                scope.Set(names[i], bound[i] ?? (macro.Parameters[i].Default is { } value ? Evaluate(value, scope)
                    : new UndefinedValue($"the parameter '{names[i]}' of the macro '{macro.Name}' was not given")));
            var text = Capture(macro.Body, scope);
            return text;
        });
    }
}
