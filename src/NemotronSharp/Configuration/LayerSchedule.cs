using System.Collections.Immutable;
using System.Text.Json;

namespace NemotronSharp.Configuration;

/// <summary>The layer schedule in its spellings: a list of block names, a pattern string, Megatron's <c>main/*E/*E</c>.</summary>
internal static class LayerSchedule
{
    // Ultra has 108; the bound only keeps a hostile file from a huge schedule.
    private const int MostLayers = 4096;

    /// <summary>The main schedule, and the MTP depths that a Megatron pattern carries behind slashes.</summary>
    public static (ImmutableArray<LayerKind> Layers, ImmutableArray<string> MtpPatterns) ReadMain(ConfigFields fields)
    {
        foreach (var name in (ReadOnlySpan<string>)["layers_block_type", "layer_types"])
            if (fields.TryGet(name, out var list)) return (FromList(fields, name, list), []);

        const string Pattern = "hybrid_override_pattern";
        if (!fields.TryGet(Pattern, out var value))
            throw fields.Error(Pattern, "nothing", "a pattern of M, *, E and -, or the list 'layers_block_type'");
        if (value.ValueKind != JsonValueKind.String) throw fields.Error(Pattern, ConfigFields.Show(value), "a string");
        var parts = value.GetString()!.Split('/');
        return (FromPattern(fields, Pattern, parts[0]), [.. parts.Skip(1).Where(p => p.Length > 0)]);
    }

    public static ImmutableArray<LayerKind> ReadMtp(ConfigFields fields, ImmutableArray<string> fromMain)
    {
        if (fields.TryGet("mtp_layers_block_type", out var list)) return FromList(fields, "mtp_layers_block_type", list);
        const string Pattern = "mtp_hybrid_override_pattern";
        if (fields.TryGet(Pattern, out var value))
        {
            if (value.ValueKind != JsonValueKind.String) throw fields.Error(Pattern, ConfigFields.Show(value), "a string");
            return FromPattern(fields, Pattern, value.GetString()!);
        }

        return fromMain.IsEmpty ? [] : FromPattern(fields, "hybrid_override_pattern", fromMain[0]);
    }

    private static ImmutableArray<LayerKind> FromPattern(ConfigFields fields, string field, string pattern)
    {
        if (pattern.Length is 0 or > MostLayers) throw fields.Error(field, $"{pattern.Length} layers", $"1 to {MostLayers} layers");
        var layers = ImmutableArray.CreateBuilder<LayerKind>(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
            layers.Add(LayerKinds.FromLetter(pattern[i]) ?? throw fields.Error(field, $"'{pattern[i]}' at position {i}", "M, *, E or -"));
        return layers.MoveToImmutable();
    }

    private static ImmutableArray<LayerKind> FromList(ConfigFields fields, string field, JsonElement list)
    {
        if (list.ValueKind != JsonValueKind.Array) throw fields.Error(field, ConfigFields.Show(list), "a list of block names");
        if (list.GetArrayLength() is 0 or > MostLayers) throw fields.Error(field, $"{list.GetArrayLength()} layers", $"1 to {MostLayers} layers");
        var layers = ImmutableArray.CreateBuilder<LayerKind>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            var kind = item.ValueKind == JsonValueKind.String ? LayerKinds.FromBlockType(item.GetString()) : null;
            layers.Add(kind ?? throw fields.Error(field, $"{ConfigFields.Show(item)} at position {layers.Count}", "\"mamba\", \"attention\", \"moe\" or \"mlp\""));
        }

        return layers.MoveToImmutable();
    }
}
