namespace NemotronSharp.Training.Data.Tasks;

/// <summary>
/// The border between training and evaluation, drawn here and nowhere else. A task names the thing that must be new in
/// evaluation (operands, a function's name, a person's name, a phrase); a hash of that key puts it on one side for good.
/// </summary>
/// <param name="heldOut">True draws evaluation cases, false training samples.</param>
internal readonly struct Split(bool heldOut)
{
    public bool HeldOut { get; } = heldOut;

    /// <summary>
    /// Two-operand sums and differences: 1 in 20 pairs, in either order. All taught are those that written steps contain:
    /// one-digit facts, a carry added to a product (two digits and one), a borrow (10 to 19 less one digit).
    /// </summary>
    public bool Sum(char operation, int a, int b)
    {
        var (small, large) = (Math.Min(a, b), Math.Max(a, b));
        bool step = small < 10 && large < (operation == '+' ? 90 : 20);
        return step ? !HeldOut : Has($"sum {operation} {small} {large}", 20);
    }

    /// <summary>Products of a two-digit and a one-digit number: 1 in 8, in either order. One-digit facts are all taught.</summary>
    public bool Product(int a, int b) =>
        Math.Max(a, b) <= 10 ? !HeldOut : Has($"product {Math.Min(a, b)} {Math.Max(a, b)}", 8);

    /// <summary>The numbers of a word problem, together: 1 in 10.</summary>
    public bool Numbers(params IReadOnlyList<int> numbers) => Has($"numbers {string.Join(' ', numbers)}", 10);

    /// <summary>The form of a text (a template by its number): every sixth is never seen in training.</summary>
    public bool Form(int number) => number % 6 == 5 == HeldOut;

    /// <summary>Ways to say something, whatever their case and punctuation: 1 in 10.</summary>
    public bool Phrasing(string text) => Has($"wording {string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant()}", 10);

    /// <summary>Keys of a JSON schema: 1 in 8.</summary>
    public bool Key(string key) => Has($"key {key}", 8);

    /// <summary>Function names: 1 in 12 is never seen in training, neither called nor listed.</summary>
    public bool Function(string name) => Has($"function {name}", 12);

    /// <summary>People's names: 1 in 10.</summary>
    public bool Person(string name) => Has($"person {name}", 10);

    /// <summary>Words and phrases to copy: 1 in 20.</summary>
    public bool Phrase(string phrase) => Has($"phrase {phrase}", 20);

    /// <summary>What a composed tool does, such as "close ticket": 1 in 12.</summary>
    public bool Purpose(string verbAndObject) => Has($"purpose {verbAndObject}", 12);

    /// <summary>The keys of a tool's parameters, in order: 1 in 12. No parameters are no schema: both sides have them.</summary>
    public bool Schema(IEnumerable<string> keys) => string.Join(',', keys) is not { Length: > 0 } joined || Has($"schema {joined}", 12);

    private bool Has(string key, int oneIn) => StableHash.Of(key) % (ulong)oneIn == 0 == HeldOut;
}
