using System.Globalization;
using System.Text.RegularExpressions;
using NemotronSharp.Training.Data.Corpus;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Data.ConversationSources;

/// <summary>Grade-school word problems (Cobbe et al. 2021): the written solution becomes the reasoning, its last number the answer.</summary>
internal static partial class Gsm8k
{
    public static IEnumerable<Conversation> Read(TextReader reader, string file, TaskContext context)
    {
        foreach (var line in JsonLines.Read(reader, file))
        {
            string[] parts = line.Text("answer").Split("\n####");
            if (parts.Length != 2 || !decimal.TryParse(parts[1].Replace(",", ""), NumberStyles.Number, CultureInfo.InvariantCulture, out decimal answer))
                throw line.Wrong("answer", "a solution, then a line '#### NUMBER'");
            string solution = TextCleaning.Clean(Annotation().Replace(parts[0], ""));
            yield return new Conversation("gsm8k", context.Thinks())
                .User(TextCleaning.Clean(line.Text("question")))
                .Assistant(solution, $"The answer is {answer.ToString(CultureInfo.InvariantCulture)}.");
        }
    }

    // <<48/2=24>>: marks for a calculator.
    [GeneratedRegex("<<[^<>]*>>")]
    private static partial Regex Annotation();
}
