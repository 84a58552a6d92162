using System.Runtime.InteropServices;

namespace NemotronSharp.Cli;

/// <summary>
/// Ctrl+C while a model answers: as long as this lives, the first one cancels <see cref="Token"/>, the second ends the process.
/// The signal arrives on a thread of its own.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _registration;

    public Interrupt() => _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
    {
        if (_source.IsCancellationRequested) return;
        context.Cancel = true;
        _source.Cancel();
    });

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        // First the registration: its disposal waits for a handler that runs.
        _registration.Dispose();
        _source.Dispose();
    }
}
