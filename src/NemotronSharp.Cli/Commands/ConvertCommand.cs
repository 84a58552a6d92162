using System.CommandLine;
using NemotronSharp.Checkpoints;
using NemotronSharp.Cli.Writing;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron convert</c>: a model in the other format.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var (model, type, target, json) = (CommonOptions.Model(), TypeOption.Create("the type that each has; BF16 where the format has no such type"), new WriteTarget(), CommonOptions.Json("what was written"));
        var command = new ExampleCommand("convert", "Writes a model in another format: Hugging Face folder or GGUF file, either way",
            "./nemotron convert --out pico.gguf", "./nemotron convert -m pico.gguf --out pico-folder", "./nemotron convert -m ~/models/Nemotron-3-Nano-NVFP4 --out nano.gguf")
        {
            model, type, json,
        };
        target.AddTo(command);
        command.SetAction(result =>
        {
            var (path, format) = target.Of(result);
            var source = ModelFolder.Find(result.GetValue(model));
            var recipe = TypeOption.Of(result, type) is { } one ? QuantizationRecipe.Uniform(one) : QuantizationRecipe.Keep;
            return ModelWriting.Run(path, result.GetValue(json), (progress, cancellation) => ModelConversion.Convert(source, path, format, recipe, progress, cancellation));
        });
        return command;
    }
}
