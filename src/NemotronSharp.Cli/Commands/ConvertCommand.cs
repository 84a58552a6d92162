using System.CommandLine;
using NemotronSharp.Numerics;
using static System.FormattableString;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron convert</c>: a model as a GGUF file.</summary>
internal static class ConvertCommand
{
    private const string Ending = ".gguf";

    public static Command Create()
    {
        var model = CommonOptions.Model();
        var output = new Option<string>("--out", "-o") { Description = "The file to write, NAME.gguf", HelpName = "FILE", Required = true };
        var type = new Option<string>("--type", "-t")
        {
            Description = $"Type of the matrices: {string.Join(", ", ModelConversion.WritableTypes)}. Rows that do not fit its blocks become F16; norms, convolutions and routers stay F32",
            DefaultValueFactory = _ => nameof(TensorType.BF16),
        };
        var force = new Option<bool>("--force") { Description = "Replace an existing file" };
        type.AcceptOnlyFromAmong([.. ModelConversion.WritableTypes.Select(t => t.ToString())]);
        var command = new ExampleCommand("convert", "Writes a model folder or GGUF file as a GGUF file", "./nemotron convert --out pico.gguf", "./nemotron convert -m ~/models/Nemotron-3-Nano-NVFP4 --type NVFP4 --out nano.gguf")
        {
            model, output, type, force,
        };
        command.SetAction(result =>
        {
            var (source, target) = (ModelFolder.Find(result.GetValue(model)), result.GetRequiredValue(output));
            if (!target.EndsWith(Ending, StringComparison.Ordinal)) throw new CommandException($"--out {target}: expected a name that ends in {Ending}");
            if (File.Exists(target) && !result.GetValue(force)) throw new CommandException($"--out {target}: found an existing file; --force replaces it");
            ModelConversion.ToGguf(source, target, Enum.Parse<TensorType>(result.GetRequiredValue(type)));
            Console.WriteLine(Invariant($"{target}: {new FileInfo(target).Length:N0} bytes"));
        });
        return command;
    }
}
