namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Sums and differences of numbers up to 999 in many phrasings, with a few follow-ups, three addends and comparisons.</summary>
internal static class SumTask
{
    /// <summary>Ways to ask for any operation: first operand, sign, second operand.</summary>
    public static string[] Any { get; } =
    [
        "What is {0} {1} {2}?", "What is {0} {1} {2}?", "What is {0} {1} {2}?", "what is {0}{1}{2}?", "What is {0}{1}{2}?", "What's {0} {1} {2}?", "what's {0} {1} {2}", "{0} {1} {2}",
        "{0}{1}{2}", "{0} {1} {2} = ?", "{0} {1} {2} =", "{0}{1}{2}=?", "{0} {1} {2}?", "{0}{1}{2}?", "Calculate {0} {1} {2}.", "Compute {0} {1} {2}.", "How much is {0} {1} {2}?",
        "Solve {0} {1} {2}.", "Tell me {0} {1} {2}.", "Please calculate {0} {1} {2}.", "Can you tell me what {0} {1} {2} is?", "Do you know what {0} {1} {2} is?",
        "Can you compute {0} {1} {2}?", "what is {0} {1} {2}", "I want to know {0} {1} {2}.",
    ];

    private static readonly string[] _add =
    [
        "What is {0} plus {1}?", "what is {0} plus {1}", "How much is {0} plus {1}?", "{0} plus {1}?", "Add {0} and {1}.", "Please add {0} and {1}.", "Can you add {0} and {1}?",
        "What is the sum of {0} and {1}?", "I need the sum of {0} and {1}.", "Find the sum of {0} and {1}.",
    ];

    private static readonly string[] _subtract =
    [
        "What is {0} minus {1}?", "what is {0} minus {1}", "How much is {0} minus {1}?", "{0} minus {1}?", "Subtract {1} from {0}.", "Take {1} away from {0}.",
        "What is the difference between {0} and {1}?", "What is {0} take away {1}?",
    ];

    public static Conversation Make(TaskContext context)
    {
        var random = context.Random;
        var conversation = new Conversation("sum", context.Thinks());
        conversation.System(context.System());
        int kind = context.Split.HeldOut ? 0 : random.Next(100);
        if (kind < 86) Plain(context, conversation);
        else if (kind < 94) FollowUps(context, conversation);
        else if (kind < 97) ThreeNumbers(context, conversation);
        else Compare(context, conversation);
        return conversation;
    }

    /// <summary>A question and its answer as one turn, for conversations that hold other things too; returns the result.</summary>
    public static int Plain(TaskContext context, Conversation conversation)
    {
        var (operation, a, b) = Draw(context);
        conversation.User(Ask(context, operation, a, b));
        return Answer(conversation, operation, a, b);
    }

    private static (char Operation, int A, int B) Draw(TaskContext context)
    {
        var random = context.Random;
        while (true)
        {
            char operation = random.Chance(55) ? '+' : '-';
            int a, b, size = random.Next(100);
            if (size < 14) (a, b) = (random.Next(10), random.Next(10));
            else if (size < 28) (a, b) = random.Chance(50) ? (random.Between(10, 99), random.Next(10)) : (random.Next(10), random.Between(10, 99));
            else if (size < 66) (a, b) = (random.Between(10, 99), random.Between(10, 99));
            else (a, b) = random.Chance(60) ? (random.Between(100, 999), random.Between(100, 999)) : random.Chance(60) ? (random.Between(100, 999), random.Next(100)) : (random.Next(100), random.Between(100, 999));
            if (operation == '-' && a < b && !random.Chance(25)) (a, b) = (b, a);
            if (context.Split.Sum(operation, a, b)) return (operation, a, b);
        }
    }

    private static string Ask(TaskContext context, char operation, int a, int b)
    {
        var random = context.Random;
        return Dress(random, random.Chance(62)
            ? string.Format(random.Pick(Any), a, operation, b)
            : string.Format(random.Pick(operation == '+' ? _add : _subtract), a, b));
    }

    /// <summary>A greeting before some questions, thanks after others.</summary>
    public static string Dress(SeededRandom random, string question) => random.Next(40) switch
    {
        0 => "Hi! " + question,
        1 => "Hello, " + Words.LowerFirst(question),
        2 => "Please help: " + Words.LowerFirst(question),
        3 => question + " Thanks!",
        _ => question,
    };

    private static int Answer(Conversation conversation, char operation, int a, int b)
    {
        int result = Arithmetic.Value(operation, a, b);
        string answer = $"{a} {operation} {b} = {result}.";
        conversation.Assistant(Arithmetic.Steps(operation, a, b), answer, Expectation.Says($"= {result}."));
        return result;
    }

    private static void FollowUps(TaskContext context, Conversation conversation)
    {
        var random = context.Random;
        int value = Plain(context, conversation);
        for (int turns = random.Between(1, 2); turns > 0; turns--)
        {
            char operation = random.Chance(60) || value is < 1 ? '+' : '-';
            if (value is < 0 or > 899) return;
            int b = random.Chance(70) ? random.Between(1, 9) : random.Between(10, 50);
            if (operation == '-' && b > value || !new Split(false).Sum(operation, value, b) && !context.Split.HeldOut) continue;
            conversation.User(string.Format(operation == '+'
                ? random.Pick("And plus {0}?", "and plus {0}?", "plus {0}?", "Now add {0}.", "Add {0} to that.", "And if I add {0}?", "+ {0}", "And {0} more?")
                : random.Pick("And minus {0}?", "and minus {0}?", "minus {0}?", "Now subtract {0}.", "Take away {0}.", "- {0}", "And {0} less?"), b));
            value = Answer(conversation, operation, value, b);
        }
    }

    private static void ThreeNumbers(TaskContext context, Conversation conversation)
    {
        var random = context.Random;
        int a = random.Next(10), b = random.Next(10), c = random.Next(10);
        conversation.User(string.Format(random.Pick("What is {0} + {1} + {2}?", "{0} + {1} + {2}", "{0}+{1}+{2}", "Add {0}, {1} and {2}.", "What is the sum of {0}, {1} and {2}?", "How much is {0} + {1} + {2}?"), a, b, c));
        conversation.Assistant($"{Arithmetic.Steps('+', a, b)} {Arithmetic.Steps('+', a + b, c)}", $"{a} + {b} + {c} = {a + b + c}.", Expectation.Says($"= {a + b + c}."));
    }

    private static void Compare(TaskContext context, Conversation conversation)
    {
        var random = context.Random;
        int a = random.Next(100), b = random.Next(100);
        if (a == b) b++;
        bool bigger = random.Chance(60);
        int answer = bigger ? Math.Max(a, b) : Math.Min(a, b);
        string word = bigger ? random.Pick("bigger", "larger") : "smaller";
        conversation.User(string.Format(random.Pick("Which is {2}, {0} or {1}?", "Which number is {2}: {0} or {1}?", "What is {2}, {0} or {1}?"), a, b, word));
        conversation.Assistant($"{Math.Max(a, b)} is more than {Math.Min(a, b)}.", $"{answer} is {word}.", Expectation.Says($"{answer} is {word}"));
    }
}
