using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>What became of a source, for the manifest.</summary>
internal sealed class SourceCounts
{
    /// <summary>Documents read.</summary>
    public int Documents { get; set; }

    /// <summary>Documents on the held-out side.</summary>
    public int HeldOut { get; set; }

    /// <summary>Passages of training documents that were looked at.</summary>
    public int Passages { get; set; }

    public int ExactDuplicates { get; set; }

    public int NearDuplicates { get; set; }

    public int Contaminated { get; set; }

    public int Kept { get; set; }

    /// <summary>Tokens written.</summary>
    public long Tokens { get; set; }

    public JsonObject ToJson() => new()
    {
        ["documents"] = Documents,
        ["held_out"] = HeldOut,
        ["passages"] = Passages,
        ["exact_duplicates"] = ExactDuplicates,
        ["near_duplicates"] = NearDuplicates,
        ["contaminated"] = Contaminated,
        ["kept"] = Kept,
        ["tokens"] = Tokens,
    };
}
