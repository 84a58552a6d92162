namespace NemotronSharp.Cli.Evaluation;

/// <summary>A hybrid and a plain transformer trained on the same data with the same steps and parameters; the model folder's <c>pair.json</c>.</summary>
internal sealed record ModelPair(PairMember Hybrid, PairMember Transformer)
{
    private const string FileName = "pair.json";

    /// <summary>The aim: the hybrid is no worse.</summary>
    public bool HybridIsNoWorse => Hybrid.BitsPerByte <= Transformer.BitsPerByte;

    /// <summary>Null when the folder has none.</summary>
    /// <exception cref="InvalidDataException">The file is malformed; the message names the field.</exception>
    public static ModelPair? Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        var fields = JsonFields.Parse(File.ReadAllText(path), path);
        return new ModelPair(PairMember.Read(fields.Object("hybrid")), PairMember.Read(fields.Object("transformer")));
    }
}

/// <summary>One of the two.</summary>
/// <param name="Pattern">Its layers, a letter each.</param>
/// <param name="Parameters">Parameters.</param>
/// <param name="Tokens">Tokens it was trained on.</param>
/// <param name="HeldOutLoss">Nats a token on held-out rows.</param>
/// <param name="BitsPerByte">On held-out text.</param>
internal sealed record PairMember(string Pattern, long Parameters, long Tokens, double HeldOutLoss, double BitsPerByte)
{
    public static PairMember Read(JsonFields fields) =>
        new(fields.Text("pattern"), fields.Count("parameters"), fields.Count("tokens"), fields.Number("heldout_loss"), fields.Number("bits_per_byte"));
}
