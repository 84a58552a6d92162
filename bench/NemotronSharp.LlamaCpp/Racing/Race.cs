using static System.FormattableString;

namespace NemotronSharp.LlamaCpp;

/// <summary>
/// Two engines take turns on the same work. The one that waits is asleep, and the machine's limits are measured directly before and after each run of this project's engine.
/// </summary>
/// <param name="plan">What is run.</param>
/// <param name="progress">Hears what is going on, a line each time.</param>
/// <param name="cancellation">Kills the engines' processes.</param>
internal sealed class Race(RacePlan plan, Action<string> progress, CancellationToken cancellation)
{
    private const int WarmPrompt = 512, WarmTokens = 8;

    private readonly RaceResult _result = new([], [], [.. plan.Rows.Select(row => new RowResult(row, [], [], []))]);

    /// <exception cref="InvalidDataException">An engine fails; the message is its own.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the engines' processes are gone.</exception>
    public RaceResult Run()
    {
        if (plan.OneAtATime) Alternating();
        else SideBySide();
        return _result;
    }

    // Both stay alive: a load of minutes is not repeated for every pair.
    private void SideBySide()
    {
        EngineSession? first = null, second = null;
        try
        {
            foreach (var path in (IEnumerable<string>)[.. new[] { plan.First.Model, plan.Second.Model }.Distinct()]) Read(path);
            for (var i = 0; i < plan.Opens; i++)
            {
                foreach (var who in InTurn(i))
                {
                    if (who == plan.First)
                    {
                        first?.Dispose();
                        first = Open(who);
                    }
                    else
                    {
                        second?.Dispose();
                        second = Open(who);
                    }
                }
            }
            Prepare(first!, plan.First);
            Prepare(second!, plan.Second);
            using var meter = new MachineMeter(plan.Threads);
            for (var pair = 0; pair < plan.Pairs; pair++)
                foreach (var row in _result.Rows)
                    foreach (var who in InTurn(pair))
                        Time(row, who, pair, who == plan.First ? (first!, second) : (second!, first), meter);
        }
        finally
        {
            first?.Dispose();
            second?.Dispose();
        }
    }

    private void Alternating()
    {
        for (var pair = 0; pair < plan.Pairs; pair++)
            foreach (var who in InTurn(pair))
            {
                // What the other has pushed out of memory is read again before the clock runs.
                Read(who.Model);
                using var session = Open(who);
                Prepare(session, who);
                using var meter = who.Llama ? null : new MachineMeter(plan.Threads);
                foreach (var row in _result.Rows) Time(row, who, pair, (session, null), meter);
            }
    }

    // Who went second goes first in the next pair.
    private Contestant[] InTurn(int pair) => pair % 2 == 0 ? [plan.First, plan.Second] : [plan.Second, plan.First];

    private void Read(string path)
    {
        progress($"reading {path} into the page cache");
        PageCache.Fill(path, cancellation);
    }

    private EngineSession Open(Contestant who)
    {
        progress($"{who.Name} opens {who.Model}");
        var session = EngineSession.Open(who, plan, cancellation);
        (who == plan.First ? _result.FirstOpen : _result.SecondOpen).Add(session.OpenSeconds);
        if (who == plan.First) _result.FirstCost = session.Cost;
        else _result.SecondCost = session.Cost;
        progress(Invariant($"{who.Name}: first token after {session.OpenSeconds:0.00} s"));
        return session;
    }

    private void Prepare(EngineSession session, Contestant who)
    {
        if (plan.Rows.Count == 0) return;
        progress($"{who.Name} warms up");
        session.Ask(new SessionRequest(null, new RaceRow(true, Math.Min(WarmPrompt, plan.ContextTokens), 0)), cancellation);
        session.Ask(new SessionRequest(null, new RaceRow(false, Math.Min(WarmTokens, plan.ContextTokens), 0)), cancellation);
        foreach (var depth in plan.Depths)
        {
            progress($"{who.Name} fills a sequence to depth {depth}");
            session.Ask(new SessionRequest(depth, null), cancellation);
        }
    }

    private void Time(RowResult row, Contestant who, int pair, (EngineSession Active, EngineSession? Waiting) sessions, MachineMeter? meter)
    {
        sessions.Active.Settle();
        sessions.Waiting?.Settle();
        var before = who == plan.First ? meter?.Measure() : null;
        var idle = sessions.Waiting?.ProcessorSeconds ?? 0;
        var seconds = sessions.Active.Ask(new SessionRequest(null, row.Row), cancellation);
        if (sessions.Waiting is { } waiting) _result.LargestIdleShare = Math.Max(_result.LargestIdleShare, (waiting.ProcessorSeconds - idle) / seconds);
        if (before is not null) row.Limits.Add(MachineLimits.Mean(before, meter!.Measure()));
        var rate = row.Row.Tokens / seconds;
        (who == plan.First ? row.First : row.Second).Add(rate);
        if (who == plan.First) _result.FirstMemory = sessions.Active.Memory;
        else _result.SecondMemory = sessions.Active.Memory;
        progress(Invariant($"pair {pair + 1} of {plan.Pairs}, {row.Row.Name}: {who.Name} {rate:0.00} tokens/s"));
    }
}
