using System.Numerics;

namespace NemotronSharp.Text.Templates;

/// <summary>Python's + - * / // % ** on numbers, + on strings and lists, * as repetition.</summary>
internal static class Arithmetic
{
    private static readonly string[] Symbols = ["+", "-", "*", "/", "//", "%", "**"];

    public static Value Apply(RenderContext context, BinaryOperator op, Value left, Value right)
    {
        if (ValueComparer.IsNumber(left) && ValueComparer.IsNumber(right))
            return left is FloatValue || right is FloatValue || op == BinaryOperator.Divide
                ? new FloatValue(OnFloats(context, op, ToDouble(context, left), ToDouble(context, right)))
                : OnIntegers(context, op, ValueComparer.Integer(left), ValueComparer.Integer(right));
        return (op, left, right) switch
        {
            (BinaryOperator.Add, StringValue a, StringValue b) => Join(context, a.Text, b.Text),
            (BinaryOperator.Add, ListValue a, ListValue b) when a.IsTuple == b.IsTuple => Join(context, a, b),
            (BinaryOperator.Multiply, StringValue text, IntValue or BoolValue) => Repeat(context, text, right),
            (BinaryOperator.Multiply, IntValue or BoolValue, StringValue text) => Repeat(context, text, left),
            (BinaryOperator.Multiply, ListValue list, IntValue or BoolValue) => Repeat(context, list, right),
            (BinaryOperator.Multiply, IntValue or BoolValue, ListValue list) => Repeat(context, list, left),
            _ => throw context.Error($"found '{Symbols[(int)op]}' between {PythonFormat.Describe(left)} and {PythonFormat.Describe(right)}, which have no such operation"),
        };
    }

    public static Value Sign(RenderContext context, bool negative, Value value)
    {
        if (value is FloatValue { Value: var number }) return new FloatValue(negative ? -number : number);
        if (!ValueComparer.IsNumber(value)) throw context.Error($"found a sign before {PythonFormat.Describe(value)}, expected a number");
        return new IntValue(negative ? -ValueComparer.Integer(value) : ValueComparer.Integer(value));
    }

    private static double ToDouble(RenderContext context, BigInteger number) =>
        (double)number is var converted && double.IsFinite(converted) ? converted : throw context.Error("found an integer too large for a float");

    public static double ToDouble(RenderContext context, Value number) =>
        number is FloatValue { Value: var value } ? value : ToDouble(context, ValueComparer.Integer(number));

    private static Value OnIntegers(RenderContext context, BinaryOperator op, BigInteger a, BigInteger b)
    {
        if (b.IsZero && (op is BinaryOperator.FloorDivide or BinaryOperator.Modulo)) throw context.Error("found a division by zero");
        return op switch
        {
            BinaryOperator.Add => Integer(context, a + b),
            BinaryOperator.Subtract => Integer(context, a - b),
            BinaryOperator.Multiply => Integer(context, a * b),
            BinaryOperator.FloorDivide => Integer(context, FloorDivide(a, b)),
            BinaryOperator.Modulo => Integer(context, a - (FloorDivide(a, b) * b)),
            _ => Power(context, a, b),
        };
    }

    private static BigInteger FloorDivide(BigInteger a, BigInteger b)
    {
        var quotient = BigInteger.DivRem(a, b, out var remainder);
        return remainder.IsZero || remainder.Sign == b.Sign ? quotient : quotient - 1;
    }

    private static Value Power(RenderContext context, BigInteger number, BigInteger exponent)
    {
        if (exponent.Sign < 0)
            return number.IsZero ? throw context.Error("found 0 raised to a negative power") : new FloatValue(Math.Pow(ToDouble(context, number), ToDouble(context, exponent)));
        if (BigInteger.Abs(number) <= 1) return new IntValue(number.Sign >= 0 || exponent.IsEven ? BigInteger.Abs(number) is { IsZero: true } && exponent.IsZero ? 1 : BigInteger.Abs(number) : -1);
        if (exponent * (number.GetBitLength() - 1) > Limits.IntegerBits) throw TooLarge(context);
        return Integer(context, BigInteger.Pow(number, (int)exponent));
    }

    private static IntValue Integer(RenderContext context, BigInteger number)
    {
        var bits = number.GetBitLength();
        context.Step(bits / 64);
        return bits <= Limits.IntegerBits ? new IntValue(number) : throw TooLarge(context);
    }

    private static ChatTemplateException TooLarge(RenderContext context) => context.Error($"found an integer of more than {Limits.IntegerDigits} digits");

    private static double OnFloats(RenderContext context, BinaryOperator op, double a, double b)
    {
        if (b == 0 && op is BinaryOperator.Divide or BinaryOperator.FloorDivide or BinaryOperator.Modulo) throw context.Error("found a division by zero");
        return op switch
        {
            BinaryOperator.Add => a + b,
            BinaryOperator.Subtract => a - b,
            BinaryOperator.Multiply => a * b,
            BinaryOperator.Divide => a / b,
            BinaryOperator.FloorDivide => FloorDivide(a, b),
            BinaryOperator.Modulo => Modulo(a, b),
            _ => a == 0 && b < 0 ? throw context.Error("found 0 raised to a negative power") : Math.Pow(a, b),
        };
    }

    // The sign of the divisor, as Python's % has it; .NET's takes the dividend's.
    private static double Modulo(double a, double b)
    {
        var remainder = a % b;
        if (remainder == 0) return Math.CopySign(0, b);
        return remainder < 0 != b < 0 ? remainder + b : remainder;
    }

    private static double FloorDivide(double a, double b)
    {
        var quotient = (a - Modulo(a, b)) / b;
        var floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static StringValue Join(RenderContext context, PromptText a, PromptText b)
    {
        context.Write((long)a.Length + b.Length);
        return new StringValue(PromptText.Concat(a, b));
    }

    private static ListValue Join(RenderContext context, ListValue a, ListValue b)
    {
        context.Step((long)a.Items.Count + b.Items.Count);
        return new ListValue([.. a.Items, .. b.Items], a.IsTuple);
    }

    private static StringValue Repeat(RenderContext context, StringValue text, Value times) => new(PythonText.Repeat(context, text.Text, Times(times)));

    private static ListValue Repeat(RenderContext context, ListValue list, Value times)
    {
        context.Step(list.Items.Count * Times(times));
        var items = new List<Value>();
        for (var i = 0L; i < Times(times) && list.Items.Count > 0; i++) items.AddRange(list.Items);
        return new ListValue(items, list.IsTuple);
    }

    private static long Times(Value value) => (long)BigInteger.Clamp(ValueComparer.Integer(value), 0, int.MaxValue);
}
