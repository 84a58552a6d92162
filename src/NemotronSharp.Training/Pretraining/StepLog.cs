namespace NemotronSharp.Training.Pretraining;

/// <summary>A run's <c>log.jsonl</c>, one line a step. One thread at a time.</summary>
internal sealed class StepLog : IDisposable
{
    public const string FileName = "log.jsonl";

    private readonly StreamWriter _writer;

    /// <param name="file">Created if need be.</param>
    /// <param name="stepsDone">Later lines are of steps whose weights are lost, and a killed process may leave half a line: both go.</param>
    public StepLog(string file, int stepsDone)
    {
        Steps = [.. StepReport.ReadLog(file).Where(r => r.Step <= stepsDone)];
        File.WriteAllLines(file + ".part", Steps.Select(r => r.ToJson()));
        File.Move(file + ".part", file, overwrite: true);
        _writer = new StreamWriter(file, append: true) { AutoFlush = true };
    }

    /// <summary>All steps of the run so far, in order.</summary>
    public List<StepReport> Steps { get; }

    public void Add(StepReport report)
    {
        Steps.Add(report);
        _writer.WriteLine(report.ToJson());
    }

    public void Dispose() => _writer.Dispose();
}
