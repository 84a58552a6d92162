using NemotronSharp.Training.Model;
using NemotronSharp.Training.Pretraining;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Agreement;

/// <summary>Logits of a Hugging Face folder by this implementation, FP32 throughout: an answer to hold the engine's against.</summary>
internal sealed class LogitsReference(string folder) : IDisposable
{
    private readonly HybridLanguageModel _model = ModelFolder.Read(folder);

    /// <summary>Logits behind every token of one document.</summary>
    /// <param name="ids">T token ids.</param>
    /// <returns>By prediction distance: index 0 predicts the next token, index d is MTP depth d. Each holds T rows of V.
    /// The last d rows of depth d pair with tokens that do not exist and mean nothing.</returns>
    public List<float[][]> Logits(int[] ids)
    {
        var config = _model.Config;
        var length = (ids.Length + config.ChunkSize - 1) / config.ChunkSize * config.ChunkSize;
        var padded = new int[length];
        ids.CopyTo(padded, 0);
        int[] documents = [.. padded.Select((_, t) => t < ids.Length ? 0 : 1)];
        using var scope = NewDisposeScope();
        using var batch = new PackedBatch(1, padded, new byte[length], documents, config.ChunkSize, config.MtpDepth);
        return [.. _model.Logits(batch).Select(l => l[0].data<float>().ToArray().Chunk(config.VocabSize).Take(ids.Length).ToArray())];
    }

    public void Dispose() => _model.Dispose();
}
