using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;

namespace NemotronSharp.LlamaCpp;

/// <summary>One engine that does what standard input asks, until that ends; not for users.</summary>
internal static class SessionCommand
{
    public const string Name = "session", Model = "--model", Llama = "--llama", Threads = "--threads", Context = "--context", Activations = "--activations";

    /// <summary>Tokens of the prompt whose first answer ends the opening.</summary>
    public const int FirstPrompt = 16;

    private const int FillStep = 512;

    public static Command Create()
    {
        var model = new Option<string>(Model) { Required = true };
        var llama = new Option<bool>(Llama);
        var threads = new Option<int>(Threads) { Required = true };
        var context = new Option<int>(Context) { Required = true };
        var activations = new Option<ActivationPrecision>(Activations) { Required = true };
        var command = new Command(Name, "One engine alone") { model, llama, threads, context, activations };
        command.Hidden = true;
        command.SetAction(result =>
        {
            var options = new EngineOptions { Threads = result.GetValue(threads), Activations = result.GetValue(activations) };
            Serve(() => result.GetValue(llama) ? new LlamaRunner(result.GetRequiredValue(model), options.Threads, result.GetValue(context)) : new NemotronSharpRunner(result.GetRequiredValue(model), options));
        });
        return command;
    }

    private static void Serve(Func<IRunner> open)
    {
        var watch = Stopwatch.StartNew();
        using var runner = open();
        runner.Step(Ids(runner, FirstPrompt, seed: 4));
        Answer(new SessionReply(watch.Elapsed.TotalSeconds, ProcessMemory.Read(), runner.Cost, null));
        while (Console.ReadLine() is { } line)
        {
            var request = JsonSerializer.Deserialize<SessionRequest>(line)!;
            try
            {
                Answer(new SessionReply(request.Row is { } row ? Run(runner, row) : Fill(runner, request.Fill!.Value), ProcessMemory.Read(), null, null));
            }
            catch (InvalidOperationException e)
            {
                Answer(new SessionReply(0, null, null, e.Message));
            }
        }
    }

    // The same ids for both engines: drawn from the same seeds.
    private static double Run(IRunner runner, RaceRow row)
    {
        runner.Restore(row.Depth);
        var ids = Ids(runner, row.Tokens, seed: row.Prompt ? 2 : 3);
        var start = Stopwatch.GetTimestamp();
        if (row.Prompt) runner.Step(ids);
        else for (var i = 0; i < ids.Length; i++) runner.Step(ids.AsSpan(i, 1));
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Fill(IRunner runner, int depth)
    {
        var start = Stopwatch.GetTimestamp();
        runner.Restore(0);
        var ids = Ids(runner, depth, seed: 1);
        for (var at = 0; at < depth; at += FillStep) runner.Step(ids.AsSpan(at, Math.Min(FillStep, depth - at)));
        runner.Save(depth);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Answer(SessionReply reply)
    {
        Console.WriteLine(JsonSerializer.Serialize(reply));
        Console.Out.Flush();
    }

    private static int[] Ids(IRunner runner, int count, int seed)
    {
        var random = new Random(seed);
        var ids = new int[count];
        for (var i = 0; i < count; i++) ids[i] = random.Next(runner.VocabularySize);
        return ids;
    }
}
