namespace NemotronSharp.Tests.Hostile;

/// <summary>What a case uses. Processor time, for a busy machine may keep any test waiting; of memory outside the collected heap, the growth of the process.</summary>
internal sealed class Meter
{
    private readonly TimeSpan _time = Environment.CpuUsage.TotalTime;
    private readonly long _allocated = GC.GetAllocatedBytesForCurrentThread();
    private readonly long _workingSet = Environment.WorkingSet;
    private long _growth;

    public TimeSpan Time => Environment.CpuUsage.TotalTime - _time;

    public long Allocated => GC.GetAllocatedBytesForCurrentThread() - _allocated;

    /// <summary>Largest growth of the process seen by <see cref="Sample"/>.</summary>
    public long Growth => _growth;

    /// <summary>Called while everything is still held.</summary>
    public void Sample() => _growth = Math.Max(_growth, Environment.WorkingSet - _workingSet);
}
