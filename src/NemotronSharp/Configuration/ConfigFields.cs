using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace NemotronSharp.Configuration;

/// <summary>
/// Typed look-ups in a config.json object. A field may have several names, most authoritative first;
/// a JSON null counts as absent. Every error names the file, the field, what was found and what was expected.
/// </summary>
internal sealed class ConfigFields(JsonElement root, string source)
{
    private const int Largest = 1 << 28;

    /// <summary>The fields of a file's top level.</summary>
    /// <exception cref="InvalidDataException">It is no object.</exception>
    public static ConfigFields Of(JsonDocument document, string source) => document.RootElement.ValueKind == JsonValueKind.Object
        ? new ConfigFields(document.RootElement, source)
        : throw new InvalidDataException($"{source}: found {document.RootElement.ValueKind}, expected a JSON object");

    public bool TryGet(string name, out JsonElement value) =>
        root.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    public InvalidDataException Error(string field, string found, string expected) =>
        new($"{source}: field '{field}': found {found}, expected {expected}");

    /// <summary>A size: a whole number from <paramref name="least"/> to 2^28.</summary>
    public int Size(int fallback, int least, params ReadOnlySpan<string> names)
    {
        if (!TryGetAny(names, out var name, out var value)) return fallback;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var size) && size >= least && size <= Largest) return size;
        throw Error(name, Show(value), $"a whole number from {least} to {Largest}");
    }

    public int RequiredSize(params ReadOnlySpan<string> names)
    {
        if (!TryGetAny(names, out _, out _)) throw Error(names[0], "nothing", "a whole number of at least 1");
        return Size(0, 1, names);
    }

    public float Number(float fallback, float above, params ReadOnlySpan<string> names)
    {
        if (!TryGetAny(names, out var name, out var value)) return fallback;
        if (AsFloat(value) is { } number && number > above && float.IsFinite(number)) return number;
        throw Error(name, Show(value), float.IsFinite(above) ? $"a finite number above {above.ToString(CultureInfo.InvariantCulture)}" : "a finite number");
    }

    public bool Flag(bool fallback, params ReadOnlySpan<string> names)
    {
        if (!TryGetAny(names, out var name, out var value)) return fallback;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Error(name, Show(value), "true or false"),
        };
    }

    /// <summary>A token id or a list of them.</summary>
    public ImmutableArray<int> TokenIds(string name, ImmutableArray<int> fallback)
    {
        if (!TryGet(name, out var value)) return fallback;
        var items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value];
        var ids = ImmutableArray.CreateBuilder<int>(items.Length);
        foreach (var item in items)
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out var id) || id < 0) throw Error(name, Show(value), "a token id or a list of token ids");
            ids.Add(id);
        }

        return ids.ToImmutable();
    }

    /// <summary>Refuses a value that the architecture as released never has.</summary>
    public void Only(string name, string expected)
    {
        if (TryGet(name, out var value) && Show(value) != expected) throw Error(name, Show(value), $"{expected}, the only value supported");
    }

    /// <summary>A pair of bounds; Python's Infinity arrives as a quoted word.</summary>
    public (float Low, float High) Bounds(string name)
    {
        if (!TryGet(name, out var value)) return (0f, float.PositiveInfinity);
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2
            && AsFloat(value[0]) is { } low && AsFloat(value[1]) is { } high && low >= 0 && high > low) return (low, high);
        throw Error(name, Show(value), "two numbers, 0 ≤ low < high");
    }

    public static float? AsFloat(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out var number) => (float)number,
        JsonValueKind.String => value.GetString() switch
        {
            "Infinity" or "inf" => float.PositiveInfinity,
            "-Infinity" or "-inf" => float.NegativeInfinity,
            _ => null,
        },
        _ => null,
    };

    public static string Show(JsonElement value) => Excerpt.Of(value.GetRawText());

    private bool TryGetAny(ReadOnlySpan<string> names, out string found, out JsonElement value)
    {
        foreach (var name in names)
        {
            found = name;
            if (TryGet(name, out value)) return true;
        }

        found = names[0];
        value = default;
        return false;
    }
}
