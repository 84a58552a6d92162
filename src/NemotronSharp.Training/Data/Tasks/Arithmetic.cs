using System.Text;

namespace NemotronSharp.Training.Data.Tasks;

/// <summary>School arithmetic with its written steps: digit by digit from the right, with carry and borrow.</summary>
internal static class Arithmetic
{
    public static int Value(char operation, int a, int b) => operation switch { '+' => a + b, '-' => a - b, _ => a * b };

    /// <summary>The steps that lead to the result, ending in it. Operands 0 to 999; a product has at least one factor of one digit.</summary>
    public static string Steps(char operation, int a, int b)
    {
        if (operation == '*') return Math.Max(a, b) <= 10 ? $"{a} * {b} = {a * b}." : $"{Math.Max(a, b)} * {Math.Min(a, b)}: {Multiply(Math.Max(a, b), Math.Min(a, b))} So {a * b}.";
        if (a < 10 && b < 10 && (operation == '+' || a >= b)) return $"{a} {operation} {b} = {Value(operation, a, b)}.";
        if (operation == '+') return $"{a} + {b}: {Add(a, b)} So {a + b}.";
        if (a >= b) return $"{a} - {b}: {Subtract(a, b)} So {a - b}.";
        string swapped = b < 10 ? $"{b} - {a} = {b - a}." : $"{b} - {a}: {Subtract(b, a)} So {b - a}.";
        return $"{a} is less than {b}. {swapped} So -{b - a}.";
    }

    private static string Add(int a, int b)
    {
        var steps = new StringBuilder();
        int carry = 0, places = Math.Max(a, b).ToString().Length;
        for (int place = 0; place < places; place++, a /= 10, b /= 10)
        {
            int x = a % 10, y = b % 10, sum = x + y + carry;
            if (place > 0) steps.Append(' ');
            steps.Append($"{x} + {y}");
            if (carry > 0) steps.Append(" + 1");
            steps.Append($" = {sum}");
            carry = sum / 10;
            if (place == places - 1) steps.Append('.');
            else steps.Append($", write {sum % 10}{(carry > 0 ? " carry 1" : "")}.");
        }
        return steps.ToString();
    }

    private static string Subtract(int a, int b)
    {
        var steps = new StringBuilder();
        int borrow = 0, places = a.ToString().Length;
        for (int place = 0; place < places; place++, a /= 10, b /= 10)
        {
            int x = a % 10, y = b % 10, difference = x - y - borrow;
            string taken = borrow > 0 ? $"{y} - 1" : $"{y}";
            if (place > 0) steps.Append(' ');
            steps.Append($"{x} - {taken}");
            borrow = difference < 0 ? 1 : 0;
            if (borrow > 0) steps.Append($" needs a borrow: {x + 10} - {taken} = {difference + 10}");
            else steps.Append($" = {difference}");
            if (place == places - 1) steps.Append('.');
            else steps.Append($", write {(difference + 10) % 10}{(borrow > 0 ? " borrow 1" : "")}.");
        }
        return steps.ToString();
    }

    // The larger factor digit by digit, from the right; what is carried is added in a step of its own.
    private static string Multiply(int number, int digit)
    {
        var steps = new StringBuilder();
        for (int carry = 0; number > 0; number /= 10)
        {
            int product = number % 10 * digit, total = product + carry;
            if (steps.Length > 0) steps.Append(' ');
            steps.Append($"{number % 10} * {digit} = {product}");
            if (carry > 0) steps.Append($", {product} + {carry} = {total}");
            carry = total / 10;
            if (number < 10) steps.Append('.');
            else steps.Append($", write {total % 10}{(carry > 0 ? $" carry {carry}" : "")}.");
        }
        return steps.ToString();
    }
}
