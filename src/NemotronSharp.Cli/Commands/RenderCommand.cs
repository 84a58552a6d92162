using System.CommandLine;
using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron render</c>: the exact prompt that the model's own chat template makes of messages.</summary>
internal static class RenderCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var messages = new Option<string>("--messages") { Description = "JSON list of messages in OpenAI's form; - reads standard input", HelpName = "FILE", Required = true };
        var tools = CommonOptions.Tools();
        var thinking = CommonOptions.Thinking();
        var set = new Option<string[]>("--set") { Description = "A further template variable, its value as JSON: truncate_history_thinking=false", HelpName = "NAME=JSON" };
        var noPrompt = new Option<bool>("--no-generation-prompt") { Description = "End after the last message, without opening the assistant's turn" };
        var ids = new Option<bool>("--ids") { Description = "Print token ids, as logits reads them, instead of text" };
        var command = new ExampleCommand(
            "render", "Prints the exact prompt the chat template makes of messages",
            "echo '[{\"role\":\"user\",\"content\":\"Hi\"}]' | ./nemotron render --messages -",
            "./nemotron render -m MODEL --messages m.json --tools t.json --thinking off --set truncate_history_thinking=false")
        {
            model, messages, tools, thinking, set, noPrompt, ids,
        };
        command.SetAction(result =>
        {
            var folder = ModelFolder.Find(result.GetValue(model));
            var template = ModelText.LoadTemplate(folder);
            var list = JsonFile.ReadObjects("--messages", result.GetRequiredValue(messages), "messages");
            var toolList = result.GetValue(tools) is { } path ? JsonFile.ReadObjects("--tools", path, "tools") : null;
            var variables = Variables(result.GetValue(set) ?? []);
            variables.TryAdd("enable_thinking", CommonOptions.IsOn(result.GetRequiredValue(thinking)));

            var prompt = template.Render(list, toolList, !result.GetValue(noPrompt), variables);
            if (result.GetValue(ids)) Console.WriteLine(string.Join(' ', ModelText.LoadTokenizer(folder).Encode(prompt)));
            else Console.Out.Write(prompt.Value);
        });
        return command;
    }

    private static Dictionary<string, JsonNode?> Variables(string[] assignments)
    {
        var variables = new Dictionary<string, JsonNode?>();
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=');
            if (equals <= 0) throw new CommandException($"--set {assignment}: expected NAME=JSON");
            variables[assignment[..equals]] = JsonFile.Parse(assignment[(equals + 1)..], $"--set {assignment}");
        }
        return variables;
    }
}
