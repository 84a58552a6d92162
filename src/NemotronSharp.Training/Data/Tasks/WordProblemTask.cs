namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Stories whose question takes two steps of arithmetic (a few take one): the reasoning writes each step as an equation.</summary>
internal static class WordProblemTask
{
    public static Conversation Make(TaskContext context)
    {
        var random = context.Random;
        var conversation = new Conversation("word-problem", context.Thinks());
        conversation.System(context.System());
        // Half of the evaluation asks forms that training has never seen, the other half new numbers in known forms.
        bool newForm = context.Split.HeldOut && random.Chance(50);
        var problem = !newForm && random.Chance(45) ? ComposedProblem.Make(context) : Listed(context, newForm);
        var (numbers, results) = Solve(context, problem, newForm);

        var people = context.People(2);
        string things = random.Pick(Words.Plurals), text = problem.Text
            .Replace("{N}", people[0]).Replace("{M}", people[1]).Replace("{T}", things).Replace("{P}", random.Pick(Words.Places))
            .Replace("{a}", $"{numbers[0]}").Replace("{b}", $"{numbers[1]}").Replace("{c}", $"{numbers[2]}");
        conversation.User(text).Assistant(string.Join(' ', problem.Steps.Select(step => Written(step, numbers, results))), $"The answer is {results[^1]}.", Expectation.Says($"answer is {results[^1]}."));
        return conversation;
    }

    private static WordProblem Listed(TaskContext context, bool newForm)
    {
        int number = context.Draw(() => context.Random.Next(WordProblems.All.Length),
            number => new Split(newForm).Form(number) && (!context.Split.HeldOut || WordProblems.All[number].Steps.Length == 2));
        return WordProblems.All[number];
    }

    // Draws until every step is school arithmetic that lies on this side of the split.
    private static (int[] Numbers, int[] Results) Solve(TaskContext context, WordProblem problem, bool newForm)
    {
        var random = context.Random;
        while (true)
        {
            bool small = random.Chance(55);
            int[] numbers = [.. Enumerable.Range(0, 3).Select(_ => small ? random.Between(2, 9) : random.Chance(40) ? random.Between(2, 9) : random.Between(10, random.Chance(80) ? 60 : 250))];
            if (!newForm && !context.Split.Numbers(problem.Text.Contains("{c}", StringComparison.Ordinal) ? numbers : numbers[..2])) continue;
            var results = new int[problem.Steps.Length];
            if (Enumerable.Range(0, results.Length).All(i => TrySolve(context, problem.Steps[i], numbers, results, i))) return (numbers, results);
        }
    }

    private static bool TrySolve(TaskContext context, string step, int[] numbers, int[] results, int index)
    {
        var (a, operation, b) = Operands(step, numbers, results);
        results[index] = Arithmetic.Value(operation, a, b);
        if (results[index] is < 1 or > 999) return false;
        if (operation == '*') return Math.Min(a, b) < 10 && Math.Max(a, b) < 100 && (context.Split.HeldOut || context.Split.Product(a, b));
        return context.Split.HeldOut || context.Split.Sum(operation, a, b);
    }

    private static string Written(string step, int[] numbers, int[] results)
    {
        var (a, operation, b) = Operands(step, numbers, results);
        return Arithmetic.Steps(operation, a, b);
    }

    private static (int A, char Operation, int B) Operands(string step, int[] numbers, int[] results) => (Operand(step[0], numbers, results), step[1], Operand(step[2], numbers, results));

    private static int Operand(char name, int[] numbers, int[] results) => name switch { 'r' => results[0], 's' => results[1], _ => numbers[name - 'a'] };
}

/// <summary>A story with its numbers a, b, c, and the steps that solve it; r is the result of the first step, s of the second.</summary>
internal sealed record WordProblem(string Text, params string[] Steps);
