using System.Diagnostics;
using System.Text.Json;

namespace NemotronSharp.LlamaCpp;

/// <summary>An engine in a process of its own that waits for what it is asked. Owned by the race, used by one thread, killed on dispose.</summary>
internal sealed class EngineSession : IDisposable
{
    private static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "NemotronSharp.LlamaCpp");
    private static readonly TimeSpan LongestSettling = TimeSpan.FromSeconds(3), Glance = TimeSpan.FromMilliseconds(50);

    private readonly Contestant _who;
    private readonly Process _process;
    private readonly CancellationTokenRegistration _cancelled;
    private readonly Task<string> _error;

    private EngineSession(Contestant who, Process process, CancellationToken cancellation)
    {
        (_who, _process) = (who, process);
        _cancelled = cancellation.Register(() => Kill(process));
        _error = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <summary>Seconds from before the process was started until the first token's logits were there.</summary>
    public double OpenSeconds { get; private set; }

    /// <summary>Memory of the process with its last answer.</summary>
    public ProcessMemory? Memory { get; private set; }

    /// <summary>What a token costs this project's engine.</summary>
    public TokenCost? Cost { get; private set; }

    /// <summary>Processor seconds that the process has used.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Starts a process and waits for its first token.</summary>
    /// <exception cref="InvalidDataException">It ends instead; the message is its own.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the process is gone.</exception>
    public static EngineSession Open(Contestant who, RacePlan plan, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(Executable,
        [
            SessionCommand.Name, SessionCommand.Model, who.Model, SessionCommand.Threads, $"{plan.Threads}", SessionCommand.Context, $"{plan.ContextTokens}", SessionCommand.Activations, $"{plan.Activations}",
            .. who.Llama ? [SessionCommand.Llama] : Array.Empty<string>(),
        ])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // An aborting ggml would start a debugger to print a stack.
        start.Environment["GGML_NO_BACKTRACE"] = "1";
        var begin = Stopwatch.GetTimestamp();
        var session = new EngineSession(who, Process.Start(start)!, cancellation);
        try
        {
            var first = session.Receive(cancellation);
            (session.OpenSeconds, session.Memory, session.Cost) = (Stopwatch.GetElapsedTime(begin).TotalSeconds, first.Memory, first.Cost);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Seconds that a request took there.</summary>
    /// <exception cref="InvalidDataException">The engine fails; the message is its own.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the process is gone.</exception>
    public double Ask(SessionRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(request));
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // Its end is what the answer tells.
        }
        var reply = Receive(cancellation);
        Memory = reply.Memory ?? Memory;
        return reply.Error is null ? reply.Seconds : throw new InvalidDataException($"{_who.Name}: {reply.Error}");
    }

    /// <summary>Waits until the process uses no processor time: threads may spin for a while after their work.</summary>
    public void Settle()
    {
        var begin = Stopwatch.GetTimestamp();
        for (var before = ProcessorSeconds; Stopwatch.GetElapsedTime(begin) < LongestSettling;)
        {
            Thread.Sleep(Glance);
            var now = ProcessorSeconds;
            if (now - before < 0.1 * Glance.TotalSeconds) return;
            before = now;
        }
    }

    public void Dispose()
    {
        _cancelled.Dispose();
        Kill(_process);
        _process.WaitForExit();
        _process.Dispose();
    }

    private SessionReply Receive(CancellationToken cancellation)
    {
        // Whatever a library prints is not for us.
        string? line;
        do line = _process.StandardOutput.ReadLine();
        while (line is not (null or ['{', ..]));
        cancellation.ThrowIfCancellationRequested();
        if (line is not null) return JsonSerializer.Deserialize<SessionReply>(line)!;
        _process.WaitForExit();
        throw new InvalidDataException($"{_who.Name} on {_who.Model} ended with {_process.ExitCode}: {_error.Result.Trim()}");
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
