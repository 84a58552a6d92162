namespace NemotronSharp.Cli.Evaluation;

/// <summary>
/// Copies of a model with one thread each: independent cases run side by side, each with the same bits as alone.
/// The weights are mapped, so the copies share their memory.
/// </summary>
internal sealed class ModelPool : IDisposable
{
    private readonly List<ChatModel> _models = [];

    /// <param name="folder">The model.</param>
    /// <param name="options">Of the engines, but that each thread is a copy of its own.</param>
    public ModelPool(string folder, EngineOptions options)
    {
        try
        {
            while (_models.Count < options.Threads) _models.Add(ChatModel.Load(folder, options with { Threads = 1 }));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Any one of them, to ask for what they have in common.</summary>
    public ChatModel First => _models[0];

    /// <summary>Does work on every item, results in the order of the items; the first error ends it.</summary>
    public async Task<TResult[]> MapAsync<T, TResult>(IReadOnlyList<T> items, Func<ChatModel, T, CancellationToken, Task<TResult>> work, CancellationToken cancellation)
    {
        var results = new TResult[items.Count];
        var next = -1;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        async Task Work(ChatModel model)
        {
            try
            {
                for (var i = Interlocked.Increment(ref next); i < items.Count; i = Interlocked.Increment(ref next))
                {
                    stop.Token.ThrowIfCancellationRequested();
                    results[i] = await work(model, items[i], stop.Token);
                }
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }

        await Task.WhenAll(_models.Select(model => Task.Run(() => Work(model), CancellationToken.None)));
        return results;
    }

    public void Dispose()
    {
        foreach (var model in _models) model.Dispose();
    }
}
