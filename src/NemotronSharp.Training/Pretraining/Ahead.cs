using NemotronSharp.Training.Model;
using NemotronSharp.Training.Native;

namespace NemotronSharp.Training.Pretraining;

/// <summary>Reads the batches of the next step while this one is computed. Owns batches that were not asked for; one thread at a time.</summary>
/// <param name="batches">The micro-batches of a step; called on another thread, one step at a time.</param>
/// <param name="steps">Steps of the run.</param>
internal sealed class Ahead(Func<int, List<PackedBatch>> batches, int steps) : IDisposable
{
    private (int Step, Task<List<PackedBatch>> Batches)? _next;

    /// <summary>The micro-batches of a step, now the caller's.</summary>
    public List<PackedBatch> At(int step)
    {
        var ready = _next is { } next && next.Step == step ? next.Batches : null;
        if (ready is null) Dispose();
        var result = ready is null ? batches(step) : ready.GetAwaiter().GetResult();
        CollectionPause.Take();     // nothing is being read now
        _next = step + 1 < steps ? (step + 1, Task.Run(() => batches(step + 1))) : null;
        return result;
    }

    public void Dispose()
    {
        CollectionPause.End();
        if (_next is not { } next) return;
        _next = null;
        ((IAsyncResult)next.Batches).AsyncWaitHandle.WaitOne();
        // What a failed read has to say is said when its step is asked for.
        if (next.Batches.IsCompletedSuccessfully) foreach (var batch in next.Batches.Result) batch.Dispose();
    }
}
