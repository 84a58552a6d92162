using System.Text.Json.Nodes;
using NemotronSharp.Checkpoints;
using NemotronSharp.LlamaCpp;
using NemotronSharp.Numerics;
using static System.FormattableString;

namespace NemotronSharp.Conformance.Tests;

/// <summary>The model that ships in every type that this project writes: llama.cpp opens the file, and the logits are those of its weights.</summary>
public sealed class PicoTypeTests : IDisposable
{
    private const int Tokens = 200;

    private static readonly string Pico = RepoPaths.InRepo("models", "pico");

    private static readonly (string Name, QuantizationRecipe Recipe)[] Recipes =
    [
        .. ModelConversion.GgufTypes.Where(t => t != TensorType.NVFP4).Select(t => ($"{t}", QuantizationRecipe.Uniform(t))),
        .. Enum.GetValues<ScaleRule>().Select(rule => ($"NVFP4, {rule}", QuantizationRecipe.Uniform(TensorType.NVFP4) with { Scales = rule })),
        ("`nano-nvfp4`", QuantizationRecipe.Published("nano-nvfp4")),
    ];

    private readonly TempFolder _folder = new();

    public static TheoryData<int> Cases { get; } = [.. Enumerable.Range(0, Recipes.Length)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_is_the_same_model_in_llama_cpp(int number)
    {
        var (name, recipe) = Recipes[number];
        string typed = _folder.File("typed.gguf"), decoded = _folder.File("decoded.gguf");
        ModelConversion.Convert(Pico, typed, ModelFormat.Gguf, recipe, cancellation: TestContext.Current.CancellationToken);
        GgufModels.Convert(typed, decoded);
        var ids = Ids(typed);
        var (exact, both) = (Peers.Compare(typed, decoded, ids), Peers.Compare(typed, typed, ids));
        var reference = Peers.Logits(typed, ActivationPrecision.Float32, ids);
        LogitDifference int16 = Peers.Difference(reference, Peers.Logits(typed, ActivationPrecision.Int16, ids)), int8 = Peers.Difference(reference, Peers.Logits(typed, ActivationPrecision.Int8, ids));
        string Rms(LogitDifference d) => d.RelativeRms > 0 ? Invariant($"{d.RelativeRms:0.0e-0}, {d.SameTop}/{d.Rows}") : "";
        ConformanceTable.PicoTypes.Add(number, name, Invariant($"{exact.Relative:0.0e-0}"), Invariant($"{Peers.Float32Limit:0e-0}"), Invariant($"{both.Relative:0.0e-0}"), Rms(both), Rms(int16), Rms(int8));
        Assert.InRange(exact.Relative, 0, Peers.Float32Limit);
        // What llama.cpp's rounding of activations makes of a trained model: measured, not derived; a wrong weight makes far more.
        Assert.InRange(both.RelativeRms, 0, name == "F32" ? Peers.Float32Limit : 0.1);
        var whole = recipe.Types.Values.Any(t => t is TensorType.NVFP4 or TensorType.Q4_0 or TensorType.Q8_0);
        Assert.InRange(int16.RelativeRms, whole ? 1e-6 : 0, whole ? 1e-3 : 0);
        Assert.InRange(int8.RelativeRms, whole ? 1e-4 : 0, whole ? 0.1 : 0);
        Assert.Equal(int16.Rows, int16.SameTop);
    }

    // Conversations as the model sees them.
    private static int[] Ids(string file)
    {
        using var model = ChatModel.Load(file, new EngineOptions { Threads = 1 });
        return [.. File.ReadLines(Path.Combine(Pico, "heldout.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject()).Where(c => !c.ContainsKey("document"))
            .SelectMany(c => model.Tokenizer.Encode(model.Render(c["messages"]!.AsArray(), new ChatOptions()))).Take(Tokens)];
    }
}
