using System.CommandLine;
using NemotronSharp.Checkpoints;
using NemotronSharp.Cli.Writing;
using NemotronSharp.Configuration;
using NemotronSharp.Numerics;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron init</c>: random weights in a published shape.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        var (type, target, json) = (TypeOption.Create("BF16"), new WriteTarget(), CommonOptions.Json("what was written"));
        var preset = new Option<string>("--preset", "-p") { Description = $"The shape: {string.Join(", ", NemotronPresets.Names)}; nano is nano-30b-a3b", HelpName = "NAME", Required = true };
        var layers = new Option<string?>("--layers") { Description = "Other layers in the shape's widths, one letter each: M Mamba-2, * attention, E experts, - MLP", HelpName = "PATTERN" };
        var changes = new ShapeChanges();
        var seed = new Option<ulong>("--seed", "-s") { Description = "Another seed, other weights; the same seed, the same file", DefaultValueFactory = _ => 1, HelpName = "N" };
        var text = new Option<string?>("--tokenizer") { Description = "A model folder whose tokenizer and chat template to add [default: none, the model is for token ids alone]", HelpName = "FOLDER" };
        var command = new ExampleCommand("init", "Writes a model of random weights in a published shape, the raw material of benchmarks",
            "./nemotron init --preset nano --type NVFP4 --out nano.gguf", "./nemotron init --preset nano-4b --format hf --out nano-4b-random", "./nemotron init --preset super-120b-a12b --layers 'MEM*E' --no-mtp --type Q4_0 --out excerpt.gguf",
            "./nemotron init --preset super-120b-a12b --layers EE --no-mtp --vocab 1024 --latent 0 --experts 128 --top-k 6 --type NVFP4 --out experts.gguf")
        {
            preset, layers, type, seed, text, json,
        };
        changes.AddTo(command);
        target.AddTo(command);
        command.SetAction(result =>
        {
            var shape = changes.Apply(Shape(result.GetRequiredValue(preset), result.GetValue(layers)), result);
            var (path, format) = target.Of(result);
            if (result.GetValue(text) is { } folder && !File.Exists(Path.Combine(folder, "tokenizer.json"))) throw new CommandException($"--tokenizer {folder}: found no tokenizer.json there, expected a model folder");
            var recipe = QuantizationRecipe.Uniform(TypeOption.Of(result, type) ?? TensorType.BF16);
            return ModelWriting.Run(path, result.GetValue(json), (progress, cancellation) => ModelConversion.Initialize(shape, result.GetValue(seed), path, format, recipe, result.GetValue(text), progress, cancellation));
        });
        return command;
    }

    private static NemotronConfig Shape(string name, string? pattern)
    {
        try
        {
            var shape = NemotronPresets.Get(name == "nano" ? "nano-30b-a3b" : name);
            if (pattern is null) return shape;
            var layers = pattern.Select(letter => LayerKinds.FromLetter(letter) ?? throw new CommandException($"--layers {pattern}: found '{letter}', expected M, *, E or -"));
            return pattern.Length > 0 ? shape with { Layers = [.. layers] } : throw new CommandException("--layers: found no layer, expected at least one");
        }
        catch (ArgumentException e)
        {
            throw new CommandException($"--preset {name}: {e.Message}");
        }
    }
}
