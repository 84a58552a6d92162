using System.Numerics;

namespace NemotronSharp.Text.Templates;

/// <summary>The evaluated arguments of one call.</summary>
internal sealed record Arguments(IReadOnlyList<Value> Positional, IReadOnlyList<(string Name, Value Value)> Named)
{
    public static Arguments None { get; } = new([], []);

    public static Arguments Of(params Value[] positional) => new(positional, []);

    /// <summary>The arguments in the order of the parameters' names; null where one was not given.</summary>
    /// <exception cref="ChatTemplateException">A required argument is missing, or one was given that has no parameter.</exception>
    public Value?[] Bind(RenderContext context, string function, int required, params ReadOnlySpan<string> parameters)
    {
        if (Positional.Count > parameters.Length)
            throw context.Error($"{function} was given {Positional.Count} arguments, expected at most {parameters.Length}");
        var bound = new Value?[parameters.Length];
        for (var i = 0; i < Positional.Count; i++) bound[i] = Positional[i];
        foreach (var (name, value) in Named)
        {
            var at = parameters.IndexOf(name);
            if (at < 0) throw context.Error($"{function} was given the unknown argument '{name}'");
            if (bound[at] is not null) throw context.Error($"{function} was given the argument '{name}' twice");
            bound[at] = value;
        }
        for (var i = 0; i < required; i++)
            if (bound[i] is null) throw context.Error($"{function} was not given its argument '{parameters[i]}'");
        return bound;
    }

    public static int Int(RenderContext context, string function, Value value) => value switch
    {
        IntValue { Value: var number } => (int)BigInteger.Max(int.MinValue, BigInteger.Min(int.MaxValue, number)),
        BoolValue { Value: var flag } => flag ? 1 : 0,
        _ => throw context.Error($"{function} was given {PythonFormat.Describe(value)}, expected an integer"),
    };

    public static PromptText Text(RenderContext context, string function, Value value) =>
        value is StringValue { Text: var text } ? text : throw context.Error($"{function} was given {PythonFormat.Describe(value)}, expected a string");
}
