using System.Collections.Immutable;
using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>Which type each part's matrices get, and how NVFP4 scales are chosen.</summary>
/// <param name="Types">Types of parts; a part that is absent keeps the type that its matrices have.</param>
/// <param name="Scales">For NVFP4.</param>
public sealed record QuantizationRecipe(ImmutableDictionary<ModelPart, TensorType> Types, ScaleRule Scales = ScaleRule.Max)
{
    /// <summary>Parts that a recipe may name.</summary>
    public static IReadOnlyList<ModelPart> Parts => ModelParts.Quantizable;

    /// <summary>Every matrix as it is, where the target's format can hold it.</summary>
    public static QuantizationRecipe Keep { get; } = new(ImmutableDictionary<ModelPart, TensorType>.Empty);

    /// <summary>Names of the vendor's published choices.</summary>
    public static ImmutableArray<string> Names { get; } = ["nano-nvfp4", "nano-fp8", "super-nvfp4", "super-fp8", "ultra-nvfp4", "lightning-nvfp4"];

    /// <summary>One type for all parts.</summary>
    /// <param name="type">One of <see cref="ModelConversion.WritableTypes"/>.</param>
    public static QuantizationRecipe Uniform(TensorType type) => new(Parts.ToImmutableDictionary(part => part, _ => type));

    /// <summary>
    /// A published choice (which layers NVIDIA's checkpoints of that name quantize). The vendor's tool picks some of Super's and Lightning's layers one by one;
    /// here a part is treated as a whole, by what most of its layers are.
    /// </summary>
    /// <exception cref="ArgumentException">No choice has this name.</exception>
    public static QuantizationRecipe Published(string name) => name switch
    {
        "nano-nvfp4" => Of(TensorType.NVFP4, ModelPart.Experts, ModelPart.SharedExperts, ModelPart.Mamba, ModelPart.Mlp),
        "nano-fp8" => Of(TensorType.F8E4M3, ModelPart.Experts, ModelPart.SharedExperts, ModelPart.Mamba, ModelPart.Mlp),
        "super-nvfp4" => Of(TensorType.NVFP4, ModelPart.Experts).With(TensorType.F8E4M3, ModelPart.SharedExperts, ModelPart.Mamba, ModelPart.MambaBeforeAttention),
        "super-fp8" => Of(TensorType.F8E4M3, ModelPart.Experts, ModelPart.SharedExperts, ModelPart.Mamba, ModelPart.MambaBeforeAttention),
        "ultra-nvfp4" => Published("super-nvfp4") with { Scales = ScaleRule.FourOverSix },
        "lightning-nvfp4" => Published("ultra-nvfp4").With(TensorType.NVFP4, ModelPart.SharedExperts, ModelPart.LmHead),
        _ => throw new ArgumentException($"recipe '{name}' is unknown; the recipes are {string.Join(", ", Names)}", nameof(name)),
    };

    /// <summary>The recipe with other types for some parts.</summary>
    public QuantizationRecipe With(TensorType type, params ReadOnlySpan<ModelPart> parts)
    {
        var types = Types.ToBuilder();
        foreach (var part in parts) types[part] = type;
        return this with { Types = types.ToImmutable() };
    }

    private static QuantizationRecipe Of(TensorType type, params ReadOnlySpan<ModelPart> parts) => Uniform(TensorType.BF16).With(type, parts);
}
