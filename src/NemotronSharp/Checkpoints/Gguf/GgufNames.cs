using System.Globalization;
using System.Text.RegularExpressions;

namespace NemotronSharp.Checkpoints;

/// <summary>
/// The one name map of GGUF: its tensors to the vendor's names and back. The MTP block is one block there, behind the last layer, and two layers here.
/// Three tensors hold something else than their counterpart: see <see cref="Decay"/>, the experts' matrices are stacked, and side tensors <c>.scale</c>
/// keep that ending.
/// </summary>
internal static partial class GgufNames
{
    /// <summary>Ending of −exp(A_log), which GGUF stores instead of a mixer's A_log.</summary>
    public const string Decay = ".A";

    private static readonly (string Gguf, string Vendor)[] Top =
    [
        ("token_embd.weight", "backbone.embeddings.weight"),
        ("output_norm.weight", "backbone.norm_f.weight"),
        ("output.weight", "lm_head.weight"),
        ("output.scale", "lm_head.scale"),
    ];

    // Behind "blk.L." and "backbone.layers.L.".
    private static readonly (string Gguf, string Vendor)[] Block =
    [
        ("attn_norm.weight", "norm.weight"),
        ("ssm_in", "mixer.in_proj"),
        ("ssm_conv1d", "mixer.conv1d"),
        ("ssm_dt.bias", "mixer.dt_bias"),
        ("ssm_a", "mixer.A"),
        ("ssm_d", "mixer.D"),
        ("ssm_norm.weight", "mixer.norm.weight"),
        ("ssm_out", "mixer.out_proj"),
        ("attn_q", "mixer.q_proj"),
        ("attn_k", "mixer.k_proj"),
        ("attn_v", "mixer.v_proj"),
        ("attn_output", "mixer.o_proj"),
        ("ffn_up", "mixer.up_proj"),
        ("ffn_down", "mixer.down_proj"),
        ("ffn_gate_inp", "mixer.gate"),
        ("exp_probs_b.bias", "mixer.gate.e_score_correction_bias"),
        ("ffn_up_shexp", "mixer.shared_experts.up_proj"),
        ("ffn_down_shexp", "mixer.shared_experts.down_proj"),
        ("ffn_latent_down", "mixer.fc1_latent_proj"),
        ("ffn_latent_up", "mixer.fc2_latent_proj"),
        ("ffn_latent_in", "mixer.fc1_latent_proj"),
        ("ffn_latent_out", "mixer.fc2_latent_proj"),
    ];

    // Of the MTP block alone; its attention is layer 0 and its experts are layer 1.
    private static readonly (string Gguf, string Vendor)[] Mtp =
    [
        ("nextn.eh_proj", "mtp.layers.0.eh_proj"),
        ("nextn.enorm.weight", "mtp.layers.0.enorm.weight"),
        ("nextn.hnorm.weight", "mtp.layers.0.hnorm.weight"),
        ("nextn.shared_head_norm.weight", "mtp.layers.1.final_layernorm.weight"),
        ("post_attention_norm.weight", "mtp.layers.1.norm.weight"),
        ("attn_norm.weight", "mtp.layers.0.norm.weight"),
    ];

    /// <summary>The vendor's name of a GGUF tensor; unknown names come back unchanged.</summary>
    /// <param name="name">Its name in the file.</param>
    /// <param name="layers">Layers of the backbone; the block of that number is the MTP block.</param>
    public static string ToVendor(string name, int layers)
    {
        foreach (var (gguf, vendor) in Top)
            if (name == gguf) return vendor;
        if (BlockName().Match(name) is not { Success: true } match) return name;
        var layer = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var (stem, ending) = Split(match.Groups[2].Value);
        if (layer == layers)
        {
            if (Find(Mtp, stem, ending) is { } own) return own;
            if (Mixer(stem, ending) is { } part) return $"mtp.layers.{(stem.StartsWith("attn_", StringComparison.Ordinal) ? 0 : 1)}.{part}";
            return name;
        }
        return (Find(Block[..1], stem, ending) ?? Mixer(stem, ending)) is { } found ? $"backbone.layers.{layer}.{found}" : name;
    }

    /// <summary>The GGUF name of a tensor with a vendor's name; null if GGUF has no place for it.</summary>
    public static string? ToGguf(string vendor, int layers)
    {
        foreach (var (gguf, name) in Top)
            if (name == vendor) return gguf;
        foreach (var (gguf, name) in Mtp)
            if (Reverse(vendor, gguf, name) is { } own) return $"blk.{layers}.{own}";
        if (LayerName().Match(vendor) is not { Success: true } match) return null;
        var block = match.Groups[1].Value == "mtp" ? layers : int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
        var rest = match.Groups[3].Value;
        if (rest is "mixer.experts.up_proj" or "mixer.experts.down_proj") return $"blk.{block}.{(rest.EndsWith("up_proj", StringComparison.Ordinal) ? "ffn_up_exps" : "ffn_down_exps")}.weight";
        foreach (var (gguf, name) in Block)
            if (Reverse(rest, gguf, name) is { } found) return $"blk.{block}.{found}";
        return null;
    }

    // Stacked experts have no ".weight" in the vendor's merged spelling.
    private static string? Mixer(string stem, string ending) => (stem, ending) switch
    {
        ("ffn_up_exps", ".weight") => "mixer.experts.up_proj",
        ("ffn_down_exps", ".weight") => "mixer.experts.down_proj",
        ("ffn_up_exps", _) => "mixer.experts.up_proj" + ending,
        ("ffn_down_exps", _) => "mixer.experts.down_proj" + ending,
        _ => Find(Block[1..], stem, ending),
    };

    // A map entry with a full ending names one tensor; one without stands for .weight, .bias and .scale alike.
    private static string? Find((string Gguf, string Vendor)[] map, string stem, string ending)
    {
        foreach (var (gguf, vendor) in map)
        {
            if (gguf == stem + ending) return vendor;
            if (gguf == stem && ending.Length > 0) return vendor + ending;
        }
        return null;
    }

    private static string? Reverse(string vendor, string gguf, string name)
    {
        if (vendor == name) return gguf;
        return vendor.StartsWith(name, StringComparison.Ordinal) && vendor[name.Length..] is ".weight" or ".bias" or ".scale" ? gguf + vendor[name.Length..] : null;
    }

    private static (string Stem, string Ending) Split(string name)
    {
        foreach (var ending in (ReadOnlySpan<string>)[".weight", ".bias", ".scale", ".input_scale"])
            if (name.EndsWith(ending, StringComparison.Ordinal)) return (name[..^ending.Length], ending);
        return (name, "");
    }

    [GeneratedRegex(@"^blk\.(\d{1,6})\.(.+)$")]
    private static partial Regex BlockName();

    [GeneratedRegex(@"^(backbone|mtp)\.layers\.(\d{1,6})\.(.+)$")]
    private static partial Regex LayerName();
}
