using NemotronSharp.Text;

namespace NemotronSharp.Training.Data;

/// <summary>Tokenizes conversations into a packed dataset. For one thread; does not own the writer.</summary>
/// <param name="writer">The dataset.</param>
/// <param name="tokenizer">Encodes.</param>
/// <param name="encoder">Renders.</param>
/// <param name="learnPrompts">Every token is learned, as in pre-training, not only the assistant's.</param>
/// <param name="keepReasoning">One sample a conversation, with the reasoning of every turn.</param>
internal sealed class SampleWriter(PackedDatasetWriter writer, Tokenizer tokenizer, ChatEncoder encoder, bool learnPrompts = false, bool keepReasoning = false)
{
    private readonly List<int> _ids = [];
    private readonly List<byte> _mask = [];

    /// <summary>Adds every training sample of a conversation.</summary>
    /// <param name="conversation">What to add.</param>
    /// <param name="learnClose">False: the mark that ends the reasoning is context, because a cut trace does not show where to stop.</param>
    public void Add(Conversation conversation, bool learnClose = true)
    {
        foreach (var chunks in encoder.Samples(conversation, learnClose, keepReasoning))
        {
            _ids.Clear();
            _mask.Clear();
            foreach (var chunk in chunks)
            {
                tokenizer.Encode(chunk.Text, _ids);
                while (_mask.Count < _ids.Count) _mask.Add(chunk.Learned || learnPrompts ? (byte)1 : (byte)0);
            }
            writer.AddSample([.. _ids], [.. _mask]);
        }
    }
}
