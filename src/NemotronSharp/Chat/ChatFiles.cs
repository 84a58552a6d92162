using NemotronSharp.Checkpoints;
using NemotronSharp.Text;

namespace NemotronSharp;

/// <summary>What a model brings for talking, beside its weights.</summary>
internal sealed record ChatFiles(Tokenizer Tokenizer, ChatTemplate Template, GenerationDefaults Defaults)
{
    /// <exception cref="InvalidDataException">A part is missing or malformed; the message names it.</exception>
    /// <exception cref="ChatTemplateException">The template cannot be parsed.</exception>
    public static ChatFiles Of(Checkpoint checkpoint) => checkpoint is GgufCheckpoint gguf
        ? new ChatFiles(new Tokenizer(GgufText.Tokenizer(gguf.Metadata)), GgufText.Template(gguf.Metadata), GgufText.Defaults(gguf.Metadata, gguf.Config))
        : new ChatFiles(Tokenizer.Load(Path.Combine(checkpoint.Path, "tokenizer.json")), ChatTemplateFile.Load(checkpoint.Path), GenerationDefaults.Load(checkpoint.Path, checkpoint.Config));
}
