namespace NemotronSharp.Training.Data.Tasks;

/// <summary>
/// A word problem put together: what there is at the beginning, one or two events that add or take away, a question. It teaches what the
/// words of gaining and losing mean; 1 in 10 events is only for evaluation.
/// </summary>
internal static class ComposedProblem
{
    private static readonly string[] _starts =
    [
        "{N} has {a} {T}.", "{N} has {a} {T}.", "{N} owns {a} {T}.", "{N} starts with {a} {T}.", "In the morning {N} has {a} {T}.", "There are {a} {T} in the box of {N}.", "{N} keeps {a} {T} at home.", "{N} had {a} {T}.",
    ];

    private static readonly string[] _products =
    [
        "{N} has {a} boxes with {b} {T} each.", "{N} has {a} bags of {T} with {b} in each bag.", "{N} buys {a} packs of {b} {T}.", "{N} has {a} rows of {b} {T}.", "{N} fills {a} boxes with {b} {T} each.",
        "{N} gets {b} {T} a day for {a} days.", "{a} friends give {N} {b} {T} each.", "Each of the {a} shelves of {N} holds {b} {T}.",
    ];

    private static readonly string[] _gains =
    [
        "{N} gets {x} more", "{N} finds {x} more", "{N} buys {x} more", "{N} wins {x}", "{M} gives {N} {x} more", "{M} brings {x} more", "{N} collects {x} more", "{N} receives {x} from {M}", "{N} makes {x} new ones",
        "{N} picks up {x} more", "{x} more come in the mail", "{M} adds {x}", "{N} borrows {x} from {M}", "{N} takes {x} from {M}", "{x} new ones are put in", "A friend sends {N} {x} more", "{N} earns {x} more", "{M} hands {N} {x} more",
        "{N} gets {x} as a present", "{M} puts {x} more in", "{N} orders {x} more", "{x} more are found", "{N} brings home {x} more", "{M} leaves {x} for {N}",
    ];

    private static readonly string[] _losses =
    [
        "{N} loses {x}", "{N} gives {x} to {M}", "{N} sells {x}", "{N} gives away {x}", "{M} takes {x}", "{x} of them break", "{x} are stolen", "{N} uses {x}", "{N} throws away {x}", "{N} leaves {x} at the {P}", "{M} borrows {x}",
        "{N} drops {x}", "{N} hands {x} to {M}", "{x} of them are broken", "{N} spends {x}", "{N} sends {x} to {M}", "{x} get lost", "{M} takes {x} away", "{N} forgets {x} at the {P}", "{M} buys {x} from {N}", "{N} takes {x} out",
        "{N} burns {x}", "{N} pays {M} {x}", "{M} eats {x}", "{x} of them are bad",
    ];

    public static WordProblem Make(TaskContext context)
    {
        var random = context.Random;
        bool product = random.Chance(35);
        bool two = !product && random.Chance(80) || context.Split.HeldOut && !product;
        string text = random.Pick(product ? _products : _starts);
        var steps = new List<string>();
        if (product) steps.Add("a*b");
        string last = "";
        foreach (string number in product ? new[] { "c" } : two ? ["b", "c"] : ["b"])
        {
            bool gain = random.Chance(45);
            last = context.Draw(gain ? _gains : _losses, context.Split.HeldOut ? _ => true : context.Split.Phrasing);
            string then = steps.Count > (product ? 1 : 0) ? random.Pick("Then ", "Then ", "Later ", "After that ", "") : random.Pick("", "", "Then ", "On Monday ", "One day ");
            string said = last.Replace("{x}", $"{{{number}}}");
            text += $" {then}{(then == "" || said[0] == '{' ? said : Words.LowerFirst(said))}.";
            steps.Add($"{(steps.Count == 0 ? "a" : "r")}{(gain ? '+' : '-')}{number}");
        }
        bool lost = _losses.Contains(last);
        text += random.Pick(lost ? " How many {T} are left?" : " How many {T} are there now?", " How many {T} does {N} have now?", " How many {T} does {N} have in the end?", lost ? " How many {T} does {N} have left?" : " How many {T} is that in all?");
        return new WordProblem(text, [.. steps]);
    }
}
