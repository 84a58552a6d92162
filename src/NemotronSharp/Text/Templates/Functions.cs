namespace NemotronSharp.Text.Templates;

/// <summary>The global functions: Jinja's range, dict and namespace, and Hugging Face's raise_exception and strftime_now.</summary>
internal static class Functions
{
    public static Scope Globals()
    {
        var scope = new Scope(null);
        foreach (var function in (FunctionValue[])[new("range", Range), new("dict", Dict), new("namespace", Namespace), new("raise_exception", RaiseException), new("strftime_now", StrftimeNow)])
            scope.Set(function.Name, function);
        return scope;
    }

    private static ListValue Range(RenderContext context, Arguments arguments)
    {
        arguments.Bind(context, "range", 1, "start", "stop", "step");
        if (arguments.Named.Count > 0) throw context.Error("range takes no named arguments");
        var bounds = arguments.Positional.Select(value => (long)Arguments.Int(context, "range", value)).ToArray();
        var (start, stop) = bounds.Length == 1 ? (0, bounds[0]) : (bounds[0], bounds[1]);
        var step = bounds.Length == 3 ? bounds[2] : 1;
        if (step == 0) throw context.Error("range was given the step 0");
        var count = Math.Max(0, (stop - start + step - Math.Sign(step)) / step);
        if (count > Limits.RangeLength) throw context.Error($"found a range of {count} numbers, expected at most {Limits.RangeLength}");
        context.Step(count);
        var numbers = new List<Value>((int)count);
        for (var i = 0L; i < count; i++) numbers.Add(new IntValue(start + (i * step)));
        return new ListValue(numbers);
    }

    private static DictValue Dict(RenderContext context, Arguments arguments)
    {
        var dict = new DictValue(context.Comparer);
        if (arguments.Positional.Count > 1) throw context.Error("dict was given several arguments without names, expected at most one");
        if (arguments.Positional is [DictValue { Entries: var entries }])
        {
            context.Step(entries.Count);
            foreach (var (key, value) in entries) dict.Entries[key] = value;
        }
        else if (arguments.Positional is [var pairs])
        {
            foreach (var pair in Sequences.Items(context, pairs))
                dict.Entries[Sequences.Items(context, pair) is [var key, var value] ? key : throw context.Error("dict was given a list whose items are not pairs")] = value;
        }
        foreach (var (name, value) in arguments.Named) dict.Entries[new StringValue(PromptText.Trusted(name))] = value;
        return dict;
    }

    private static NamespaceValue Namespace(RenderContext context, Arguments arguments)
    {
        var space = new NamespaceValue();
        foreach (var (key, value) in Dict(context, arguments).Entries) space.Attributes[Arguments.Text(context, "namespace", key).Value] = value;
        return space;
    }

    private static Value RaiseException(RenderContext context, Arguments arguments) =>
        throw context.Error(Excerpt.Of(PythonFormat.Str(context, arguments.Bind(context, "raise_exception", 1, "message")[0]!).Value, Limits.ErrorLength));

    private static StringValue StrftimeNow(RenderContext context, Arguments arguments)
    {
        var format = Arguments.Text(context, "strftime_now", arguments.Bind(context, "strftime_now", 1, "format")[0]!);
        context.Write(format.Length * 16L);
        return new StringValue(PromptText.Trusted(PythonTime.Format(context, format.Value, context.Time.GetLocalNow())));
    }
}
