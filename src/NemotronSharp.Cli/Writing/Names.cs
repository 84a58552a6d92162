using System.Text.Json;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;

namespace NemotronSharp.Cli.Writing;

/// <summary>Parts of a model by the names that commands use: shared_experts, lm_head.</summary>
internal static class ModelPartNames
{
    private static readonly Dictionary<string, ModelPart> ByName = QuantizationRecipe.Parts.ToDictionary(Of, StringComparer.Ordinal);

    public static IEnumerable<string> All => ByName.Keys;

    public static string Of(ModelPart part) => JsonNamingPolicy.SnakeCaseLower.ConvertName(part.ToString());

    public static ModelPart? Find(string name) => ByName.TryGetValue(name, out var part) ? part : null;
}

/// <summary>Tensor types by the names that users know; FP8 is E4M3's.</summary>
internal static class TypeNames
{
    private const string Fp8 = "FP8";

    public static string Of(TensorType type) => type == TensorType.F8E4M3 ? Fp8 : type.ToString();

    /// <summary>A writable type, in any case.</summary>
    public static TensorType? Find(string name) =>
        ModelConversion.WritableTypes.Where(t => Of(t).Equals(name, StringComparison.OrdinalIgnoreCase)).Cast<TensorType?>().FirstOrDefault();

    public static string Writable => string.Join(", ", ModelConversion.WritableTypes.Select(Of));
}
