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

    /// <summary>Writes the counts into the description of the source.</summary>
    public JsonObject AddTo(JsonObject json)
    {
        json["documents"] = Documents;
        json["held_out"] = HeldOut;
        json["passages"] = Passages;
        json["exact_duplicates"] = ExactDuplicates;
        json["near_duplicates"] = NearDuplicates;
        json["contaminated"] = Contaminated;
        json["kept"] = Kept;
        json["tokens"] = Tokens;
        return json;
    }
}
