namespace NemotronSharp.Text.Templates;

/// <summary>Variables of a block. Reading looks outwards; writing stays here, so what a loop body sets is gone in its next round, as in Jinja.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, Value> _variables = [];

    public Value Get(RenderContext context, string name)
    {
        var outwards = 0;
        for (var scope = this; scope is not null; scope = scope.Outer, outwards++)
        {
            // A step pays for a look into a few scopes; sources nest them by the hundred.
            if (outwards % 16 == 15) context.Step();
            if (scope._variables.TryGetValue(name, out var value)) return value;
        }

        return new UndefinedValue($"'{name}' is undefined");
    }

    public void Set(string name, Value value) => _variables[name] = value;

    private Scope? Outer { get; } = outer;
}
