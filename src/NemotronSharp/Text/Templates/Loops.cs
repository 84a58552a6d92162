namespace NemotronSharp.Text.Templates;

/// <summary>The attributes of the variable <c>loop</c>.</summary>
internal static class Loops
{
    public static Value? Attribute(RenderContext context, LoopValue loop, string name) => name switch
    {
        "index" => new IntValue(loop.Index + 1),
        "index0" => new IntValue(loop.Index),
        "revindex" => new IntValue(loop.Items.Count - loop.Index),
        "revindex0" => new IntValue(loop.Items.Count - loop.Index - 1),
        "first" => BoolValue.Of(loop.Index == 0),
        "last" => BoolValue.Of(loop.Index == loop.Items.Count - 1),
        "length" => new IntValue(loop.Items.Count),
        "depth" => new IntValue(loop.Depth + 1),
        "depth0" => new IntValue(loop.Depth),
        "previtem" => loop.Index > 0 ? loop.Items[loop.Index - 1] : new UndefinedValue("there is no previous item in the first round"),
        "nextitem" => loop.Index + 1 < loop.Items.Count ? loop.Items[loop.Index + 1] : new UndefinedValue("there is no next item in the last round"),
        "cycle" => new FunctionValue("cycle", (_, arguments) => arguments.Positional.Count > 0
            ? arguments.Positional[loop.Index % arguments.Positional.Count]
            : throw context.Error("loop.cycle was given nothing to cycle through")),
        "changed" => new FunctionValue("changed", (_, arguments) => BoolValue.Of(Changed(context, loop, arguments))),
        _ => null,
    };

    private static bool Changed(RenderContext context, LoopValue loop, Arguments arguments)
    {
        var now = new ListValue([.. arguments.Positional], isTuple: true);
        if (loop.LastChanged is { } last && context.Comparer.Equals(last, now)) return false;
        loop.LastChanged = now;
        return true;
    }
}
