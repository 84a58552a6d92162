using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace NemotronSharp.Cli.Commands;

/// <summary>The command line as a whole.</summary>
internal static class RootCommandBuilder
{
    public static RootCommand Create()
    {
        var root = new RootCommand("Nvidia's Nemotron-3 models in pure C#. Without -m, commands use the model that ships: models/pico.")
        {
            RunCommand.Create(),
            ChatCommand.Create(),
            TokenizeCommand.Create(),
            RenderCommand.Create(),
            LogitsCommand.Create(),
            EvalCommand.Create(),
            PerplexityCommand.Create(),
            InspectCommand.Create(),
            ConvertCommand.Create(),
            QuantizeCommand.Create(),
            InitCommand.Create(),
            BenchCommand.Create(),
            Elsewhere("train", "Trains a model (a program of its own; fetches libtorch on first use)"),
            Elsewhere("data", "Generates training data and tokenizers (the same program as train)"),
            Elsewhere("agreement", "Compares the engine with TorchSharp (the same program as train)"),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.SetAction(result =>
        {
            ((SynchronousCommandLineAction)help.Action).Invoke(result);
            return ExitCodes.Done;
        });
        return root;
    }

    /// <summary>A command that the script hands to another program: here only so that it is listed.</summary>
    private static Command Elsewhere(string name, string description)
    {
        var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(void (_) => throw new CommandException($"'{name}' belongs to the training program: start it through the script, ./nemotron {name} …"));
        return command;
    }

    /// <summary>The usual help, then the command's examples.</summary>
    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            var examples = parseResult.CommandResult.Command is ExampleCommand command ? command.Examples : ["./nemotron run \"What is 7 + 5?\"", "./nemotron chat"];
            output.WriteLine(examples.Length == 1 ? "Example:" : "Examples:");
            foreach (var example in examples) output.WriteLine("  " + example);
            output.WriteLine();
            return code;
        }
    }
}

/// <summary>A command whose help ends with examples.</summary>
internal sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public string[] Examples => examples;
}
