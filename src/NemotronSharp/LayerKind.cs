namespace NemotronSharp;

/// <summary>
/// What a residual layer mixes with; every layer is <c>x + mixer(norm(x))</c> with exactly one mixer.
/// The letters are those of <c>hybrid_override_pattern</c> (Nemotron-H, arXiv 2504.03624).
/// </summary>
public enum LayerKind
{
    /// <summary><c>M</c>: Mamba-2 state-space mixer.</summary>
    Mamba,

    /// <summary><c>*</c>: grouped-query attention without position encoding.</summary>
    Attention,

    /// <summary><c>E</c>: mixture of experts, plain or latent, with a shared expert.</summary>
    Experts,

    /// <summary><c>-</c>: dense squared-ReLU MLP.</summary>
    Mlp,
}

/// <summary>Letters and Hugging Face names of the layer kinds.</summary>
public static class LayerKinds
{
    /// <summary>The kind's letter in a pattern string.</summary>
    public static char Letter(this LayerKind kind) => kind switch
    {
        LayerKind.Mamba => 'M',
        LayerKind.Attention => '*',
        LayerKind.Experts => 'E',
        _ => '-',
    };

    /// <summary>The kind's name in <c>layers_block_type</c>.</summary>
    public static string BlockType(this LayerKind kind) => kind switch
    {
        LayerKind.Mamba => "mamba",
        LayerKind.Attention => "attention",
        LayerKind.Experts => "moe",
        _ => "mlp",
    };

    /// <summary>The kind of a letter; null if it is none.</summary>
    public static LayerKind? FromLetter(char letter) => letter switch
    {
        'M' => LayerKind.Mamba,
        '*' => LayerKind.Attention,
        'E' => LayerKind.Experts,
        '-' => LayerKind.Mlp,
        _ => null,
    };

    // transformers 5.17 and later re-save mamba and attention under their cache's names.
    internal static LayerKind? FromBlockType(string? name) => name switch
    {
        "mamba" or "linear_attention" => LayerKind.Mamba,
        "attention" or "full_attention" => LayerKind.Attention,
        "moe" => LayerKind.Experts,
        "mlp" => LayerKind.Mlp,
        _ => null,
    };
}
