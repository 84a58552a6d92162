namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Products: all facts of one digit (and ten), and two digits times one, in both orders.</summary>
internal static class ProductTask
{
    private static readonly string[] _multiply =
    [
        "What is {0} times {1}?", "what is {0} times {1}", "How much is {0} times {1}?", "{0} times {1}?", "Multiply {0} by {1}.", "Multiply {0} and {1}.",
        "What is the product of {0} and {1}?", "What is {0} multiplied by {1}?",
    ];

    public static Conversation Make(TaskContext context)
    {
        var random = context.Random;
        var conversation = new Conversation("product", context.Thinks());
        conversation.System(context.System());
        var (a, b) = context.Draw(() => random.Chance(30) ? (random.Next(11), random.Next(11)) : (random.Between(11, 99), random.Between(2, 9)), pair => context.Split.Product(pair.Item1, pair.Item2));
        if (random.Chance(35)) (a, b) = (b, a);
        string question = random.Chance(62)
            ? string.Format(random.Pick(SumTask.Any), a, random.Pick("*", "x", "*", "×"), b)
            : string.Format(random.Pick(_multiply), a, b);
        conversation.User(SumTask.Dress(random, question));
        conversation.Assistant(Arithmetic.Steps('*', a, b), $"{a} * {b} = {a * b}.", Expectation.Says($"= {a * b}."));
        return conversation;
    }
}
