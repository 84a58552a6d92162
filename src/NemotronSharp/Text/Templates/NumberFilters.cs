using System.Globalization;
using System.Numerics;

namespace NemotronSharp.Text.Templates;

/// <summary>Filters that yield numbers.</summary>
internal static class NumberFilters
{
    public static Value Int(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "int", 0, "default", "base");
        if (bound[1] is not null) throw context.Error("int was given a base, which is not supported");
        return ParseInt(context, input) ?? bound[0] ?? new IntValue(0);
    }

    public static Value Float(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "float", 0, "default");
        return ParseFloat(context, input) is { } number ? new FloatValue(number) : bound[0] ?? new FloatValue(0);
    }

    public static Value Abs(RenderContext context, Value input, Arguments arguments)
    {
        arguments.Bind(context, "abs", 0);
        RequireNumber(context, "abs", input);
        return input is FloatValue { Value: var number } ? new FloatValue(Math.Abs(number)) : new IntValue(BigInteger.Abs(ValueComparer.Integer(input)));
    }

    public static Value Round(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind(context, "round", 0, "precision", "method");
        RequireNumber(context, "round", input);
        var precision = bound[0] is null ? 0 : Math.Clamp(Arguments.Int(context, "round", bound[0]!), -400, 400);
        switch (bound[1] is null ? "common" : PythonFormat.Str(context, bound[1]!).Value)
        {
            case "common":
                return input is FloatValue { Value: var number } ? new FloatValue(Round(number, precision)) : RoundInteger(input, precision);
            case "ceil":
                return new FloatValue(Math.Ceiling(Arithmetic.ToDouble(context, input) * Math.Pow(10, precision)) / Math.Pow(10, precision));
            case "floor":
                return new FloatValue(Math.Floor(Arithmetic.ToDouble(context, input) * Math.Pow(10, precision)) / Math.Pow(10, precision));
            case var method:
                throw context.Error($"round was given the method '{method}', expected common, ceil or floor");
        }
    }

    // Python rounds the exact binary value, ties to even; scaling by a power of ten first would round twice.
    private static double Round(double number, int precision)
    {
        if (!double.IsFinite(number) || number == 0) return number;
        var bits = BitConverter.DoubleToInt64Bits(Math.Abs(number));
        var exponent = Math.Max((int)(bits >> 52), 1) - 1075;
        BigInteger mantissa = (bits & ((1L << 52) - 1)) | (bits >> 52 == 0 ? 0 : 1L << 52);
        var numerator = mantissa * BigInteger.Pow(2, Math.Max(exponent, 0)) * BigInteger.Pow(10, Math.Max(precision, 0));
        var denominator = BigInteger.Pow(2, Math.Max(-exponent, 0)) * BigInteger.Pow(10, Math.Max(-precision, 0));
        var rounded = double.Parse($"{DivideToEven(numerator, denominator)}E{-precision}", CultureInfo.InvariantCulture);
        return Math.CopySign(rounded, number);
    }

    private static Value RoundInteger(Value input, int precision)
    {
        var number = ValueComparer.Integer(input);
        if (precision >= 0) return new IntValue(number);
        var unit = BigInteger.Pow(10, -precision);
        return new IntValue(DivideToEven(BigInteger.Abs(number), unit) * unit * number.Sign);
    }

    private static BigInteger DivideToEven(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        var half = (remainder * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    private static IntValue? ParseInt(RenderContext context, Value input)
    {
        switch (input)
        {
            case IntValue or BoolValue: return new IntValue(ValueComparer.Integer(input));
            case StringValue { Text.Value: var text } when text.Length <= Limits.IntegerDigits
                && BigInteger.TryParse(WithoutUnderscores(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer):
                return new IntValue(integer);
            default: return ParseFloat(context, input) is { } number && double.IsFinite(number) ? new IntValue(new BigInteger(number)) : null;
        }
    }

    private static double? ParseFloat(RenderContext context, Value input)
    {
        switch (input)
        {
            case FloatValue { Value: var number }: return number;
            case IntValue or BoolValue: return Arithmetic.ToDouble(context, input);
            case UndefinedValue { Problem: var problem }: throw context.Error($"found a number wanted from something undefined: {problem}");
            case StringValue { Text: { Length: <= Limits.IntegerDigits, Value: var text } }: return ParseFloat(WithoutUnderscores(text));
            default: return null;
        }
    }

    private static double? ParseFloat(string text) => text.ToLowerInvariant().TrimStart('+') switch
    {
        "inf" or "infinity" => double.PositiveInfinity,
        "-inf" or "-infinity" => double.NegativeInfinity,
        "nan" or "-nan" => double.NaN,
        _ => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && text.Any(char.IsAsciiDigit) ? number : null,
    };

    // Python reads 12_000 as 12000, with single underscores between digits only.
    private static string WithoutUnderscores(string text)
    {
        text = text.Trim(PythonText.Whitespace);
        for (var at = text.IndexOf('_'); at >= 0; at = text.IndexOf('_', at + 1))
            if (at == 0 || at + 1 == text.Length || !char.IsAsciiDigit(text[at - 1]) || !char.IsAsciiDigit(text[at + 1])) return "";
        return text.Replace("_", "");
    }

    private static void RequireNumber(RenderContext context, string filter, Value input)
    {
        if (!ValueComparer.IsNumber(input)) throw context.Error($"{filter} was given {PythonFormat.Describe(input)}, expected a number");
    }
}
