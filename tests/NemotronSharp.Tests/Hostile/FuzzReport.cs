namespace NemotronSharp.Tests.Hostile;

/// <summary>What became of a reader's cases.</summary>
internal sealed class FuzzReport(string reader)
{
    private int _opened, _refused;
    private (TimeSpan Time, int Case) _slowest;
    private (long Bytes, int Case) _largest, _grown;

    public List<string> Failures { get; } = [];

    public void Count(int number, bool opened, TimeSpan time, long allocated, long growth)
    {
        if (opened) _opened++;
        else _refused++;
        if (time > _slowest.Time) _slowest = (time, number);
        if (allocated > _largest.Bytes) _largest = (allocated, number);
        if (growth > _grown.Bytes) _grown = (growth, number);
    }

    public override string ToString() => FormattableString.Invariant(
        $"fuzz {reader,-12} {_opened + _refused,7} cases {_opened,7} opened {_refused,7} refused   slowest {_slowest.Time.TotalMilliseconds,6:f0} ms (case {_slowest.Case})   most allocated {_largest.Bytes / 1048576.0,7:f1} MiB (case {_largest.Case})   largest growth {_grown.Bytes / 1048576.0,5:f0} MiB   {Failures.Count} failures");
}
