using System.CommandLine;
using NemotronSharp.Checkpoints;
using NemotronSharp.Cli.Writing;
using NemotronSharp.Numerics;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron quantize</c>: a model with smaller weights.</summary>
internal static class QuantizeCommand
{
    private static readonly Dictionary<string, ScaleRule> Rules = new() { ["max"] = ScaleRule.Max, ["mse"] = ScaleRule.Mse, ["four-over-six"] = ScaleRule.FourOverSix };

    public static Command Create()
    {
        var (model, type, target, json) = (CommonOptions.Model(), TypeOption.Create("what the recipe says"), new WriteTarget(), CommonOptions.Json("what was written"));
        var recipe = new Option<string?>("--recipe", "-r") { Description = $"Which parts get which type, as NVIDIA's checkpoints of that name: {string.Join(", ", QuantizationRecipe.Names)}", HelpName = "NAME" };
        var scales = new Option<string?>("--scales") { Description = $"How NVFP4's block scales are chosen: {string.Join(", ", Rules.Keys)} [default: the recipe's, else max]", HelpName = "RULE" }.AcceptOnlyFromAmong([.. Rules.Keys]);
        var set = new Option<string[]>("--set") { Description = $"Another type for a part: {string.Join(", ", ModelPartNames.All)}. May be repeated", HelpName = "PART=TYPE" };
        recipe.AcceptOnlyFromAmong([.. QuantizationRecipe.Names]);
        var command = new ExampleCommand("quantize", "Writes a model with smaller weights",
            "./nemotron quantize --type NVFP4 --scales four-over-six --out pico-nvfp4.gguf", "./nemotron quantize -m ~/models/Nemotron-3-Nano --recipe nano-nvfp4 --out nano-nvfp4", "./nemotron quantize --recipe ultra-nvfp4 --set mamba=Q8_0 --set mamba_before_attention=Q8_0 --set shared_experts=Q8_0 --out pico.gguf")
        {
            model, type, recipe, scales, set, json,
        };
        target.AddTo(command);
        command.SetAction(result =>
        {
            var chosen = Recipe(TypeOption.Of(result, type), result.GetValue(recipe));
            foreach (var pair in result.GetValue(set) ?? []) chosen = With(chosen, pair);
            if (result.GetValue(scales) is { } rule) chosen = chosen with { Scales = Rules[rule] };
            var (path, format) = target.Of(result);
            var source = ModelFolder.Find(result.GetValue(model));
            return ModelWriting.Run(path, result.GetValue(json), (progress, cancellation) => ModelConversion.Convert(source, path, format, chosen, progress, cancellation));
        });
        return command;
    }

    private static QuantizationRecipe Recipe(TensorType? type, string? name) => (type, name) switch
    {
        ({ } one, null) => QuantizationRecipe.Uniform(one),
        (null, { } published) => QuantizationRecipe.Published(published),
        (null, null) => throw new CommandException("found neither --type nor --recipe, expected one of them"),
        _ => throw new CommandException("found --type and --recipe, expected one of them; --set changes single parts of a recipe"),
    };

    private static QuantizationRecipe With(QuantizationRecipe recipe, string pair)
    {
        if (pair.Split('=') is not [var partName, var typeName] || ModelPartNames.Find(partName) is not { } part || TypeNames.Find(typeName) is not { } type)
            throw new CommandException($"--set {pair}: expected PART=TYPE with a part of {string.Join(", ", ModelPartNames.All)} and a type of {TypeNames.Writable}");
        return recipe.With(type, part);
    }
}
