namespace NemotronSharp.Training.Data.Tasks;

/// <summary>
/// The border between training and evaluation, drawn here and nowhere else. A task names the thing that must be new in
/// evaluation (operands, a function's name, a person's name, a phrase); a hash of that key puts it on one side for good.
/// </summary>
/// <param name="heldOut">True draws evaluation cases, false training samples.</param>
internal readonly struct Split(bool heldOut)
{
    public bool HeldOut { get; } = heldOut;

    /// <summary>Two-operand sums with an operand of two or more digits: 1 in 20 pairs, in either order. One-digit facts are all taught.</summary>
    public bool Sum(char operation, int a, int b) =>
        a < 10 && b < 10 ? !HeldOut : Has($"sum {operation} {Math.Min(a, b)} {Math.Max(a, b)}", 20);

    /// <summary>Function names: 1 in 12 is never seen in training, neither called nor listed.</summary>
    public bool Function(string name) => Has($"function {name}", 12);

    /// <summary>People's names: 1 in 10.</summary>
    public bool Person(string name) => Has($"person {name}", 10);

    /// <summary>Words and phrases to copy: 1 in 20.</summary>
    public bool Phrase(string phrase) => Has($"phrase {phrase}", 20);

    private bool Has(string key, int oneIn) => StableHash.Of(key) % (ulong)oneIn == 0 == HeldOut;
}
