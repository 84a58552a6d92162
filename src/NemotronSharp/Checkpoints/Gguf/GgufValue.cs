using System.Globalization;

namespace NemotronSharp.Checkpoints;

/// <summary>A metadata value: a number, a truth value, a text, or an array of one of these. Arrays of numbers and texts are read at once, sizes checked first.</summary>
/// <param name="Kind">As in the file.</param>
/// <param name="Value"><see cref="long"/>, <see cref="ulong"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="string"/>, or an array of one of them.</param>
/// <param name="ElementKind">Kind of an array's elements.</param>
internal sealed record GgufValue(GgufKind Kind, object Value, GgufKind ElementKind = default)
{
    public static GgufValue Of(string text) => new(GgufKind.String, text);

    public static GgufValue Of(uint number) => new(GgufKind.U32, (ulong)number);

    public static GgufValue Of(float number) => new(GgufKind.F32, (double)number);

    public static GgufValue Of(bool flag) => new(GgufKind.Bool, flag);

    public static GgufValue Of(string[] texts) => new(GgufKind.Array, texts, GgufKind.String);

    public static GgufValue Of(IEnumerable<int> numbers) => new(GgufKind.Array, numbers.Select(n => (long)n).ToArray(), GgufKind.I32);

    public override string ToString() => Value switch
    {
        string text => text.Length > 80 ? $"\"{text[..77]}…\"" : $"\"{text}\"",
        Array array => $"{ElementKind}[{array.Length}]",
        _ => Convert.ToString(Value, CultureInfo.InvariantCulture)!,
    };
}
