using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Cli.Evaluation;
using NemotronSharp.Cli.Terminal;
using NemotronSharp.Generation;
using NemotronSharp.Text;
using Spectre.Console;
using static System.FormattableString;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron eval</c>: the share of held-out cases that a model answers exactly right, greedily.</summary>
internal static class EvalCommand
{
    private const string ShippedCases = "heldout.jsonl";

    public static Command Create()
    {
        var model = CommonOptions.Model();
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json("the scores");
        var cases = new Option<string?>("--cases") { Description = "Cases to answer, JSON lines [default: heldout.jsonl of the model folder]", HelpName = "FILE" };
        var failures = new Option<string?>("--failures") { Description = "Write the wrongly answered cases here, with what the model said", HelpName = "FILE" };
        var command = new ExampleCommand("eval", "Scores a model on held-out cases with checkable answers", "./nemotron eval -m models/pico") { model, cases, failures, json, threads };
        command.SetAction(async (result, cancellation) =>
        {
            var folder = ModelFolder.Find(result.GetValue(model));
            using var chat = ChatModel.Load(folder, new EngineOptions { Threads = result.GetValue(threads) });
            var all = EvaluationCase.Load(result.GetValue(cases) ?? Path.Combine(folder, ShippedCases)).ToList();
            await using var wrong = result.GetValue(failures) is { } path ? new StreamWriter(path) : null;
            var scores = await Answer(chat, all, wrong, cancellation);
            if (result.GetValue(json)) PrintJson(scores);
            else PrintTable(scores);
        });
        return command;
    }

    private static async Task<SortedDictionary<string, Score>> Answer(ChatModel chat, List<EvaluationCase> cases, StreamWriter? wrong, CancellationToken cancellation)
    {
        var scores = new SortedDictionary<string, Score>(StringComparer.Ordinal);
        var progress = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }).Progress();
        await progress.StartAsync(async context =>
        {
            var task = context.AddTask("cases", maxValue: cases.Count);
            foreach (var one in cases)
            {
                var options = new ChatOptions { Tools = one.Tools, Thinking = one.Thinking, MaxTokens = 256, Sampling = SamplingOptions.Greedy };
                var message = (await chat.StreamAsync(one.Messages, options, cancellation).OfType<ChatCompleted>().SingleAsync(cancellation)).Message;
                var right = one.IsMetBy(message);
                var name = $"{one.Task}, thinking {(one.Thinking ? "on" : "off")}";
                if (!scores.TryGetValue(name, out var score)) scores[name] = score = new Score();
                score.Add(right);
                if (!right && wrong is not null) await wrong.WriteLineAsync(Failure(one, message));
                task.Increment(1);
            }
        });
        return scores;
    }

    private static string Failure(EvaluationCase one, ParsedMessage message) => JsonSerializer.Serialize(
        new { one.Task, one.Thinking, one.Messages, one.Contains, one.Function, one.Arguments, message.Reasoning, message.Content, message.ToolCalls }, CliJson.Compact);

    private static void PrintTable(SortedDictionary<string, Score> scores)
    {
        var table = Tables.New().AddColumns("skill", "right", "of", "share", "95 % interval");
        foreach (var (name, score) in scores)
        {
            var (low, high) = score.Interval();
            table.AddTextRow(name, Invariant($"{score.Right}"), Invariant($"{score.Total}"), Invariant($"{score.Share:P1}"), Invariant($"{low:P1} to {high:P1}"));
        }

        Tables.Write(table);
    }

    private static void PrintJson(SortedDictionary<string, Score> scores)
    {
        var json = new JsonObject();
        foreach (var (name, score) in scores)
        {
            var (low, high) = score.Interval();
            json[name] = new JsonObject { ["right"] = score.Right, ["total"] = score.Total, ["share"] = score.Share, ["low"] = low, ["high"] = high };
        }

        Console.WriteLine(json.ToJsonString(CliJson.Indented));
    }
}
