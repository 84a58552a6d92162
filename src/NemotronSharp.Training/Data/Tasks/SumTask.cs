namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Sums, differences and one-digit products in many phrasings, with follow-ups and one-step word problems.</summary>
internal static class SumTask
{
    private static readonly string[] _any =
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

    private static readonly string[] _multiply =
    [
        "What is {0} times {1}?", "what is {0} times {1}", "How much is {0} times {1}?", "{0} times {1}?", "Multiply {0} by {1}.", "Multiply {0} and {1}.",
        "What is the product of {0} and {1}?", "What is {0} multiplied by {1}?",
    ];

    private static readonly string[] _things =
    [
        "apples", "books", "pens", "coins", "cards", "stamps", "balls", "cups", "eggs", "shells", "toys", "keys", "stones", "cakes", "birds", "hats", "shoes", "flowers", "fish", "cats",
    ];

    public static Conversation Make(TaskContext context)
    {
        var random = context.Random;
        var conversation = new Conversation("sums", context.Thinks());
        conversation.System(context.System());
        int kind = random.Next(100);
        if (kind < 72) Plain(context, conversation);
        else if (kind < 84) FollowUps(context, conversation);
        else if (kind < 93) Story(context, conversation);
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
            int which = random.Next(100);
            char operation = which < 50 ? '+' : which < 84 ? '-' : '*';
            if (operation == '*' && context.Split.HeldOut) continue; // products are one-digit facts: all taught
            int a, b, size = random.Next(100);
            if (operation == '*') (a, b) = (random.Next(11), random.Next(11));
            else if (size < 26) (a, b) = (random.Next(10), random.Next(10));
            else if (size < 42) (a, b) = random.Chance(50) ? (random.Between(10, 99), random.Next(10)) : (random.Next(10), random.Between(10, 99));
            else if (size < 92) (a, b) = (random.Between(10, 99), random.Between(10, 99));
            else (a, b) = (random.Between(100, 999), random.Between(1, 999));
            if (operation == '-' && a < b && !random.Chance(10)) (a, b) = (b, a);
            if (operation == '*' || context.Split.Sum(operation, a, b)) return (operation, a, b);
        }
    }

    private static string Ask(TaskContext context, char operation, int a, int b)
    {
        var random = context.Random;
        string sign = operation == '*' ? random.Pick("*", "x", "*", "×") : operation.ToString();
        string question = random.Chance(62)
            ? string.Format(random.Pick(_any), a, sign, b)
            : string.Format(random.Pick(operation switch { '+' => _add, '-' => _subtract, _ => _multiply }), a, b);
        return random.Next(40) switch { 0 => "Hi! " + question, 1 => "Hello, " + LowerFirst(question), 2 => "Please help: " + LowerFirst(question), 3 => question + " Thanks!", _ => question };
    }

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

    private static void Story(TaskContext context, Conversation conversation)
    {
        var random = context.Random;
        string who = context.Person(), things = random.Pick(_things);
        int which = random.Next(6);
        while (true)
        {
            bool small = random.Chance(60);
            int a = small ? random.Between(1, 9) : random.Between(10, 60), b = small || random.Chance(50) ? random.Between(1, 9) : random.Between(10, 40);
            if (which >= 5) (a, b) = (random.Between(2, 9), random.Between(2, 9));
            char operation = which < 3 ? '+' : which < 5 ? '-' : '*';
            if (operation == '-' && a <= b || operation != '*' && (a >= 10 || b >= 10) && !context.Split.Sum(operation, a, b)) continue;
            string question = which switch
            {
                0 => $"{who} has {a} {things} and gets {b} more. How many {things} does {who} have now?",
                1 => $"{who} has {a} {things}. A friend gives {who} {b} more. How many {things} does {who} have?",
                2 => $"There are {a} {things} on the table and {b} {things} in the box. How many {things} are there?",
                3 => $"{who} has {a} {things} and gives away {b}. How many {things} does {who} have now?",
                4 => $"{who} had {a} {things} and lost {b}. How many {things} are left?",
                _ => $"There are {a} bags with {b} {things} each. How many {things} are there?",
            };
            int result = Arithmetic.Value(operation, a, b);
            string answer = which switch
            {
                0 or 1 or 3 => $"{who} has {result} {things}.",
                4 => $"There are {result} {things} left.",
                _ => $"There are {result} {things}.",
            };
            conversation.User(question).Assistant(Arithmetic.Steps(operation, a, b), answer, Expectation.Says($" {result} {things}"));
            return;
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

    private static string LowerFirst(string text) => char.ToLowerInvariant(text[0]) + text[1..];
}
