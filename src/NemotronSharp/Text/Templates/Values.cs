using System.Numerics;

namespace NemotronSharp.Text.Templates;

/// <summary>A value of a template, with the behaviour of the Python type it stands for.</summary>
internal abstract class Value
{
    /// <summary>Python's name of the type, as its error messages give it.</summary>
    public abstract string TypeName { get; }
}

/// <summary>The result of a look-up that found nothing: printable and false, but any use of it is an error that tells what was missing.</summary>
internal sealed class UndefinedValue(string problem) : Value
{
    public string Problem { get; } = problem;

    public override string TypeName => "undefined";
}

internal sealed class NoneValue : Value
{
    private NoneValue()
    {
    }

    public static NoneValue Instance { get; } = new();

    public override string TypeName => "NoneType";
}

internal sealed class BoolValue : Value
{
    private BoolValue(bool value) => Value = value;

    public static BoolValue True { get; } = new(true);

    public static BoolValue False { get; } = new(false);

    public bool Value { get; }

    public override string TypeName => "bool";

    public static BoolValue Of(bool value) => value ? True : False;
}

internal sealed class IntValue(BigInteger value) : Value
{
    public BigInteger Value { get; } = value;

    public override string TypeName => "int";
}

internal sealed class FloatValue(double value) : Value
{
    public double Value { get; } = value;

    public override string TypeName => "float";
}

/// <summary>A string in which every character knows whether the template or the data wrote it.</summary>
internal sealed class StringValue(PromptText text) : Value
{
    public static StringValue Empty { get; } = new(PromptText.Empty);

    public PromptText Text { get; } = text;

    public override string TypeName => "str";

    public static StringValue Data(string text) => new(PromptText.Untrusted(text));
}

/// <summary>A list or a tuple.</summary>
internal sealed class ListValue(List<Value> items, bool isTuple = false) : Value
{
    public List<Value> Items { get; } = items;

    public bool IsTuple { get; } = isTuple;

    public override string TypeName => IsTuple ? "tuple" : "list";
}

/// <summary>A dict: keys in the order of insertion, compared as Python does.</summary>
internal sealed class DictValue(ValueComparer comparer) : Value
{
    public OrderedDictionary<Value, Value> Entries { get; } = new(comparer);

    public override string TypeName => "dict";
}

/// <summary>The one object whose attributes a template may set.</summary>
internal sealed class NamespaceValue : Value
{
    public Dictionary<string, Value> Attributes { get; } = [];

    public override string TypeName => "namespace";
}

internal delegate Value Function(RenderContext context, Arguments arguments);

/// <summary>A macro, a global function or a method bound to its object.</summary>
internal sealed class FunctionValue(string name, Function call) : Value
{
    public string Name { get; } = name;

    public Function Call { get; } = call;

    public override string TypeName => "function";
}

/// <summary>The variable <c>loop</c> inside a for block.</summary>
internal sealed class LoopValue(IReadOnlyList<Value> items, int depth) : Value
{
    public IReadOnlyList<Value> Items { get; } = items;

    public int Index { get; set; }

    /// <summary>Nested for blocks around this one.</summary>
    public int Depth { get; } = depth;

    /// <summary>What <c>loop.changed()</c> saw last.</summary>
    public Value? LastChanged { get; set; }

    public override string TypeName => "loop";
}
