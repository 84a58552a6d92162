using System.CommandLine;
using System.Text.Json.Nodes;
using NemotronSharp.Cli.Terminal;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron run</c>: one question, one answer.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var generation = new GenerationArguments();
        var prompt = new Argument<string>("PROMPT") { Description = "What to ask; - reads standard input" };
        var tools = CommonOptions.Tools();
        var json = CommonOptions.Json("the whole answer");
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Say on standard error what the answer took" };
        var command = new ExampleCommand(
            "run", "Answers one prompt",
            "./nemotron run \"What is 7 + 5?\"",
            "./nemotron run --thinking off --temperature 0 --json \"What is 7 + 5?\"",
            "./nemotron run --tools tools.json \"What is the weather in Paris?\"")
        {
            prompt,
        };
        generation.AddTo(command);
        command.Add(tools);
        command.Add(json);
        command.Add(verbose);
        command.SetAction(async (result, _) =>
        {
            var text = result.GetRequiredValue(prompt);
            var messages = new JsonArray();
            if (generation.System(result) is { } system) messages.Add(Messages.System(system));
            messages.Add(Messages.User(text == InputText.StandardInput ? InputText.Read(text) : text));
            var toolList = result.GetValue(tools) is { } path ? JsonFile.ReadObjects("--tools", path, "tools") : null;

            using var model = generation.LoadModel(result);
            var options = generation.Options(result, model.DefaultSampling) with { Tools = toolList };
            return await AnswerAsync(model, messages, options, result.GetValue(json), result.GetValue(verbose));
        });
        return command;
    }

    private static async Task<int> AnswerAsync(ChatModel model, JsonArray messages, ChatOptions options, bool json, bool verbose)
    {
        using var interrupt = new Interrupt();
        using var printer = new AnswerPrinter(json ? TextWriter.Null : Console.Out, Console.IsOutputRedirected);
        await foreach (var delta in model.StreamAsync(messages, options, interrupt.Token))
        {
            printer.Write(delta);
            if (delta is not ChatCompleted completed) continue;
            if (json) Console.WriteLine(AnswerJson.Of(completed).ToJsonString(CliJson.Compact));
            else if (completed.FinishReason == FinishReason.Length) Console.Error.WriteLine(Style.Dim(Console.IsErrorRedirected, $"(cut off after {options.MaxTokens} tokens; --max-tokens allows more)"));
            if (verbose) Console.Error.WriteLine(Style.Dim(Console.IsErrorRedirected, StatisticsLine.Of(completed.Statistics)));
        }
        return ExitCodes.Done;
    }
}
