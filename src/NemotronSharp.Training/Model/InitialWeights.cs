using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>How the weights of a new model are drawn.</summary>
/// <param name="Std">Standard deviation of a linear layer's weights; the family uses 0.01 to 0.02.</param>
/// <param name="EmbeddingStd">That of the embeddings; as <paramref name="Std"/> if null.</param>
/// <param name="Kin">For every token the first token that is the same but for a leading space and upper case; null: none is kin to another.</param>
/// <param name="Mimetic">
/// Whether mixers begin as trained ones end (Trockman and Kolter 2023, 2024): attention keys equal to queries, so that like looks at like, and what a mixer
/// writes parallel to what it has read, so that it is found again.
/// </param>
internal sealed record InitialWeights(double Std = 0.02, double? EmbeddingStd = null, IReadOnlyList<int>? Kin = null, bool Mimetic = false)
{
    // Share of an embedding's variance that kin have in common.
    private const double KinShare = 0.7;

    /// <summary>Embeddings [V, H]: tokens that are kin have most of theirs in common, so "tea", " tea" and "Tea" are found by each other from the first step.</summary>
    public Tensor Embeddings(ParameterStore store, int vocabulary, int width)
    {
        var drawn = store.Normal(EmbeddingStd ?? Std, vocabulary, width);
        if (Kin is null) return drawn;
        var first = Enumerable.Range(0, vocabulary).Select(id => (long)(id < Kin.Count ? Kin[id] : id)).ToArray();
        return drawn.index_select(0, tensor(first).to(drawn.device)) * Math.Sqrt(KinShare) + store.Normal(EmbeddingStd ?? Std, vocabulary, width) * Math.Sqrt(1 - KinShare);
    }
}
