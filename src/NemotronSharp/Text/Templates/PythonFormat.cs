using System.Globalization;
using System.Text;

namespace NemotronSharp.Text.Templates;

/// <summary>Python's str() and repr(). A string's str() is the string itself, trust included; everything else is written out as data.</summary>
internal static class PythonFormat
{
    public static PromptText Str(RenderContext context, Value value) => value switch
    {
        StringValue { Text: var text } => text,
        UndefinedValue => PromptText.Empty,
        _ => PromptText.Untrusted(Repr(context, value)),
    };

    public static string Repr(RenderContext context, Value value)
    {
        if (Scalar(value) is { } scalar)
        {
            context.Step();
            context.Write(scalar.Length);
            return scalar;
        }

        var builder = new StringBuilder();
        AppendRepr(context, builder, value);
        context.Write(builder.Length);
        return builder.ToString();
    }

    /// <summary>For error messages: the type, and the value where it is short.</summary>
    public static string Describe(Value value) => value switch
    {
        // What was missing may itself tell of something missing: it must not grow from use to use.
        UndefinedValue { Problem: var problem } => $"an undefined value ({Excerpt.Of(problem, 200)})",
        StringValue { Text.Value: var text } => text.Length <= 40 ? $"the string '{text}'" : $"a string of {text.Length} characters",
        NoneValue => "none",
        BoolValue { Value: var flag } => flag ? "true" : "false",
        IntValue { Value: var number } => $"the integer {Shorten(number.ToString(CultureInfo.InvariantCulture))}",
        FloatValue { Value: var number } => $"the float {Float(number)}",
        _ => $"a {value.TypeName}",
    };

    /// <summary>The shortest digits that read back to the same double, laid out as Python's repr: exponent form below 1e-4 and from 1e16.</summary>
    public static string Float(double number)
    {
        if (!double.IsFinite(number)) return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        if (number == 0) return double.IsNegative(number) ? "-0.0" : "0.0";
        var (sign, digits, exponent) = ShortestDigits(number);
        if (exponent is < -4 or >= 16)
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits.AsSpan(1)}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        return digits.Length <= exponent + 1
            ? $"{sign}{digits}{new string('0', exponent + 1 - digits.Length)}.0"
            : $"{sign}{digits.AsSpan(0, exponent + 1)}.{digits.AsSpan(exponent + 1)}";
    }

    // .NET's "R" is the same shortest text in another layout: "0.001", "1.5E-05", "123.4", "1E+16".
    private static (string Sign, string Digits, int Exponent) ShortestDigits(double number)
    {
        var text = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E');
        var exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? text : text[..e];
        var point = mantissa.IndexOf('.') is var at && at >= 0 ? at : mantissa.Length;
        var all = mantissa.Replace(".", "");
        var digits = all.TrimStart('0');
        return (number < 0 ? "-" : "", digits.TrimEnd('0'), exponent + point - 1 - (all.Length - digits.Length));
    }

    private static string Shorten(string digits) => digits.Length <= 40 ? digits : $"{digits.AsSpan(0, 20)}… of {digits.Length} digits";

    private static void AppendRepr(RenderContext context, StringBuilder builder, Value value)
    {
        context.Step();
        context.EnsureStack();
        if (builder.Length > Limits.TextLength) context.Write(builder.Length);
        switch (value)
        {
            case StringValue { Text.Value: var text }: AppendQuoted(context, builder, text); break;
            case ListValue list: AppendList(context, builder, list); break;
            case DictValue { Entries: var entries }:
                for (var i = 0; i < entries.Count; i++)
                {
                    builder.Append(i == 0 ? "{" : ", ");
                    AppendRepr(context, builder, entries.GetAt(i).Key);
                    builder.Append(": ");
                    AppendRepr(context, builder, entries.GetAt(i).Value);
                }
                builder.Append(entries.Count == 0 ? "{}" : "}");
                break;
            default: builder.Append(Scalar(value) ?? $"<{value.TypeName}>"); break;
        }
    }

    private static string? Scalar(Value value) => value switch
    {
        NoneValue => "None",
        UndefinedValue => "Undefined",
        BoolValue { Value: var flag } => flag ? "True" : "False",
        IntValue { Value: var number } => number.ToString(CultureInfo.InvariantCulture),
        FloatValue { Value: var number } => Float(number),
        _ => null,
    };

    private static void AppendList(RenderContext context, StringBuilder builder, ListValue list)
    {
        builder.Append(list.IsTuple ? '(' : '[');
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (i > 0) builder.Append(", ");
            AppendRepr(context, builder, list.Items[i]);
        }
        if (list is { IsTuple: true, Items.Count: 1 }) builder.Append(',');
        builder.Append(list.IsTuple ? ')' : ']');
    }

    private static void AppendQuoted(RenderContext context, StringBuilder builder, string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        builder.Append(quote);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (builder.Length > Limits.TextLength) context.Write(builder.Length);
            if (c == quote || c == '\\') builder.Append('\\').Append(c);
            else if (c is >= ' ' and <= '~') builder.Append(c);
            else if (c == '\n') builder.Append("\\n");
            else if (c == '\r') builder.Append("\\r");
            else if (c == '\t') builder.Append("\\t");
            else if (IsPrintable(text, i)) builder.Append(c);
            else if (c < 0x100) builder.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                builder.Append(CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(c, text[++i]):x8}");
            else builder.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
        builder.Append(quote);
    }

    // str.isprintable(): no separators other than the space, no controls, nothing unassigned. A low surrogate goes with its pair.
    private static bool IsPrintable(string text, int at)
    {
        if (char.IsLowSurrogate(text[at]) && at > 0 && char.IsHighSurrogate(text[at - 1])) at--;
        return CharUnicodeInfo.GetUnicodeCategory(text, at) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
    }
}
