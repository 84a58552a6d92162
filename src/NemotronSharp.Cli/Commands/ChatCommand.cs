using System.CommandLine;
using NemotronSharp.Cli.Terminal;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron chat</c>: a conversation, line by line.</summary>
internal static class ChatCommand
{
    public static Command Create()
    {
        var generation = new GenerationArguments();
        var command = new ExampleCommand("chat", "Talks with the model", "./nemotron chat", "./nemotron chat -m ~/models/Nemotron-3-Nano --system \"Be brief.\"");
        generation.AddTo(command);
        command.SetAction(async (result, _) =>
        {
            using var model = generation.LoadModel(result);
            var options = generation.Options(result, model.DefaultSampling);
            var session = new ChatSession(model, options, generation.System(result));
            return await session.RunAsync(Console.In, Console.Out);
        });
        return command;
    }
}
