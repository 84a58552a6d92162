using NemotronSharp.Checkpoints;
using NemotronSharp.Text;

namespace NemotronSharp;

/// <summary>Tokenizer, chat template and shape of a model, whatever its format, without its weights.</summary>
public static class ModelText
{
    /// <summary>The tokenizer of a Hugging Face folder, a GGUF file, or a tokenizer.json.</summary>
    /// <param name="path">The folder or file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A file is malformed or not of the family; the message names it.</exception>
    public static Tokenizer LoadTokenizer(string path)
    {
        if (!GgufFile.IsGguf(path)) return Tokenizer.Load(Directory.Exists(path) ? Path.Combine(path, "tokenizer.json") : path);
        using var file = GgufFile.Open(path);
        return new Tokenizer(GgufText.Tokenizer(file.Metadata));
    }

    /// <summary>The chat template of a Hugging Face folder or a GGUF file.</summary>
    /// <exception cref="InvalidDataException">There is none, or a file is malformed; the message names it.</exception>
    /// <exception cref="ChatTemplateException">The template cannot be parsed.</exception>
    public static ChatTemplate LoadTemplate(string path)
    {
        if (!GgufFile.IsGguf(path)) return ChatTemplateFile.Load(path);
        using var file = GgufFile.Open(path);
        return GgufText.Template(file.Metadata);
    }

    /// <summary>The shape that a Hugging Face folder, a GGUF file (or any piece of a split one) or a config.json states.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A file is malformed or not of the family; the message names it.</exception>
    public static NemotronConfig LoadConfig(string path)
    {
        if (!GgufFile.IsGguf(path)) return NemotronConfig.Load(Directory.Exists(path) ? Path.Combine(path, "config.json") : path);
        using var checkpoint = Checkpoint.Open(path);
        return checkpoint.Config;
    }
}
