using System.Runtime.InteropServices;
using System.Text;

namespace NemotronSharp.LlamaCpp;

/// <summary>What llama.cpp says of errors, kept for exceptions instead of printed. One log for the process, as llama.cpp has it.</summary>
internal static unsafe class LlamaLog
{
    private const int Error = 4, Continuation = 5, MostCharacters = 2000;

    private static readonly Lock Gate = new();
    private static readonly StringBuilder Text = new();
    private static bool _inError;

    /// <summary>Forgets what was said.</summary>
    public static void Clear()
    {
        lock (Gate) Text.Clear();
    }

    /// <summary>The errors since the last <see cref="Clear"/> on one line.</summary>
    public static string Errors
    {
        get
        {
            lock (Gate) return Text.Length == 0 ? "no reason given" : string.Join("; ", Text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        }
    }

    [UnmanagedCallersOnly]
    internal static void Receive(int level, byte* text, void* userData)
    {
        lock (Gate)
        {
            if (level != Continuation) _inError = level == Error;
            if (_inError && Text.Length < MostCharacters) Text.Append(Marshal.PtrToStringUTF8((nint)text));
        }
    }
}
