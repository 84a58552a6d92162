using System.Numerics;

namespace NemotronSharp.Text.Templates;

/// <summary>Python's equality, order, hashing and truth. Strings compare by their text alone: trust never decides a branch.</summary>
internal sealed class ValueComparer(RenderContext context) : IEqualityComparer<Value>
{
    public static bool IsTrue(Value value) => value switch
    {
        BoolValue { Value: var flag } => flag,
        NoneValue or UndefinedValue => false,
        IntValue { Value: var number } => !number.IsZero,
        FloatValue { Value: var number } => number != 0,
        StringValue { Text: var text } => text.Length > 0,
        ListValue { Items: var items } => items.Count > 0,
        DictValue { Entries: var entries } => entries.Count > 0,
        _ => true,
    };

    public bool Equals(Value? a, Value? b)
    {
        context.Step();
        if (ReferenceEquals(a, b)) return a is not FloatValue { Value: double.NaN };
        context.EnsureStack();
        return (a, b) switch
        {
            (StringValue x, StringValue y) => SameText(x.Text.Value, y.Text.Value),
            (ListValue x, ListValue y) => x.IsTuple == y.IsTuple && x.Items.SequenceEqual(y.Items, this),
            (DictValue x, DictValue y) => x.Entries.Count == y.Entries.Count && x.Entries.All(entry => y.Entries.TryGetValue(entry.Key, out var other) && Equals(entry.Value, other)),
            (UndefinedValue, UndefinedValue) => true,
            ({ } x, { } y) when IsNumber(x) && IsNumber(y) => CompareNumbers(x, y) == 0,
            _ => false,
        };
    }

    public int GetHashCode(Value value) => value switch
    {
        StringValue { Text: var text } => TextHash(text.Value),
        NoneValue => 0,
        // HashCode is seeded anew in each process: numbers cannot be chosen to meet in one bucket.
        FloatValue { Value: var number } => double.IsInteger(number) ? HashCode.Combine(new BigInteger(number)) : HashCode.Combine(number),
        BoolValue or IntValue => HashCode.Combine(Integer(value)),
        ListValue { IsTuple: true, Items: var items } => TupleHash(items),
        _ => throw context.Error($"found {PythonFormat.Describe(value)} as a key, expected a string, a number, a boolean, none or a tuple"),
    };

    /// <summary>Below, at or above zero as <paramref name="a"/> comes before, with or after <paramref name="b"/>; null where one is not a number (NaN).</summary>
    /// <exception cref="ChatTemplateException">Python has no order between the two.</exception>
    public int? Compare(Value a, Value b)
    {
        context.Step();
        context.EnsureStack();
        switch (a, b)
        {
            case (StringValue x, StringValue y):
                context.Search(Math.Min(x.Text.Length, y.Text.Length));
                return PythonText.Compare(x.Text.Value, y.Text.Value);
            case (ListValue x, ListValue y) when x.IsTuple == y.IsTuple:
                for (var i = 0; i < Math.Min(x.Items.Count, y.Items.Count); i++)
                    if (!Equals(x.Items[i], y.Items[i])) return Compare(x.Items[i], y.Items[i]);
                return x.Items.Count.CompareTo(y.Items.Count);
            case var _ when IsNumber(a) && IsNumber(b): return CompareNumbers(a, b);
            default:
                throw context.Error($"found an order comparison between {PythonFormat.Describe(a)} and {PythonFormat.Describe(b)}, expected two numbers, two strings or two lists");
        }
    }

    public static bool IsNumber(Value value) => value is IntValue or FloatValue or BoolValue;

    public static BigInteger Integer(Value value) => value is IntValue { Value: var number } ? number : ((BoolValue)value).Value ? 1 : 0;

    // Exact, as in Python: a large integer is never rounded to a float before it is compared.
    private static int? CompareNumbers(Value a, Value b) => (a, b) switch
    {
        (FloatValue { Value: var x }, FloatValue { Value: var y }) => x < y ? -1 : x > y ? 1 : x == y ? 0 : null,
        (FloatValue { Value: var x }, _) => CompareToInteger(x, Integer(b)),
        (_, FloatValue { Value: var y }) => -CompareToInteger(y, Integer(a)),
        _ => Integer(a).CompareTo(Integer(b)),
    };

    private static int? CompareToInteger(double number, BigInteger integer)
    {
        if (double.IsNaN(number)) return null;
        if (double.IsInfinity(number)) return number > 0 ? 1 : -1;
        var floor = Math.Floor(number);
        var order = new BigInteger(floor).CompareTo(integer);
        return order == 0 && number > floor ? 1 : order;
    }

    private bool SameText(string a, string b)
    {
        if (a.Length != b.Length) return false;
        context.Search(a.Length);
        return a == b;
    }

    private int TextHash(string text)
    {
        context.Search(text.Length);
        return text.GetHashCode(StringComparison.Ordinal);
    }

    private int TupleHash(List<Value> items)
    {
        context.EnsureStack();
        context.Step(items.Count);
        var hash = new HashCode();
        foreach (var item in items) hash.Add(GetHashCode(item));
        return hash.ToHashCode();
    }
}
