using System.Runtime.InteropServices;

namespace NemotronSharp.LlamaCpp;

/// <summary>Both engines on the same file and the same ids.</summary>
/// <param name="Ours">This project's engine.</param>
/// <param name="Theirs">llama.cpp.</param>
/// <param name="Difference">Of the prompt's last logits, llama.cpp's being the reference.</param>
internal sealed record Comparison(Measurement Ours, Measurement Theirs, LogitDifference Difference)
{
    /// <summary>Greedy tokens that are equal before the first that is not.</summary>
    public int EqualTokens => Ours.Generated.Zip(Theirs.Generated).TakeWhile(pair => pair.First == pair.Second).Count();

    /// <summary>Runs one engine after the other, each in its own process. Logits lie in temporary files: memory holds two rows.</summary>
    /// <param name="plan">What this engine does.</param>
    /// <param name="theirPlan">What llama.cpp does: the same, but for the file.</param>
    /// <exception cref="InvalidDataException">An engine fails; the message is its own.</exception>
    public static Comparison Run(MeasurementPlan plan, MeasurementPlan theirPlan)
    {
        var folder = Directory.CreateTempSubdirectory("nemotron-compare-");
        try
        {
            string ours = Path.Combine(folder.FullName, "ours"), theirs = Path.Combine(folder.FullName, "theirs");
            var (our, their) = (Run(false, plan, ours), Run(true, theirPlan, theirs));
            return new Comparison(our, their, Compare(theirs, ours, plan.Rows));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Measurement Run(bool llama, MeasurementPlan plan, string logits)
    {
        var outcome = EngineProcess.Run(llama, plan, logits);
        return outcome.Measurement ?? throw new InvalidDataException($"{(llama ? "llama.cpp" : "NemotronSharp")} ended with {outcome.ExitCode}: {outcome.Error.Trim()}");
    }

    private static LogitDifference Compare(string reference, string logits, int rows)
    {
        using FileStream first = File.OpenRead(reference), second = File.OpenRead(logits);
        if (first.Length != second.Length) throw new InvalidDataException($"found {second.Length} bytes of logits, and {first.Length} from llama.cpp, expected as many");
        var difference = new LogitDifference();
        var (a, b) = (new float[first.Length / rows / sizeof(float)], new float[first.Length / rows / sizeof(float)]);
        for (var row = 0; row < rows; row++)
        {
            first.ReadExactly(MemoryMarshal.AsBytes(a.AsSpan()));
            second.ReadExactly(MemoryMarshal.AsBytes(b.AsSpan()));
            difference.Add(a, b);
        }
        return difference;
    }
}
