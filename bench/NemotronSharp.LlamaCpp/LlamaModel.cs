using System.Text;
using NemotronSharp.LlamaCpp.Native;

namespace NemotronSharp.LlamaCpp;

/// <summary>A GGUF file opened by llama.cpp. Contexts must be disposed before it; the tokenizer may be used by any thread.</summary>
internal sealed unsafe class LlamaModel : IDisposable
{
    private readonly nint _vocabulary;
    private nint _model;

    private LlamaModel(nint model, string path)
    {
        (_model, Path) = (model, path);
        _vocabulary = LlamaApi.llama_model_get_vocab(model);
        VocabularySize = LlamaApi.llama_vocab_n_tokens(_vocabulary);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Number V of token ids.</summary>
    public int VocabularySize { get; }

    internal nint Handle => _model;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="vocabularyOnly">Only the tokenizer: weights are not needed.</param>
    /// <exception cref="InvalidDataException">llama.cpp refuses the file; the message is its own.</exception>
    /// <exception cref="DllNotFoundException">llama.cpp cannot be loaded.</exception>
    public static LlamaModel Load(string path, bool vocabularyOnly = false)
    {
        LlamaLibrary.EnsureLoaded();
        LlamaLog.Clear();
        var parameters = LlamaApi.llama_model_default_params();
        parameters.VocabularyOnly = (byte)(vocabularyOnly ? 1 : 0);
        var model = LlamaApi.llama_model_load_from_file(path, parameters);
        return model != 0 ? new LlamaModel(model, path) : throw new InvalidDataException($"{path}: llama.cpp refuses the file: {LlamaLog.Errors}");
    }

    /// <summary>The ids of a text. User-defined tokens are always matched; control tokens only with <paramref name="parseSpecial"/>.</summary>
    public int[] Tokenize(string text, bool parseSpecial)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var ids = new int[bytes.Length + 8];
        fixed (byte* from = bytes)
        fixed (int* to = ids)
        {
            var count = LlamaApi.llama_tokenize(_vocabulary, from, bytes.Length, to, ids.Length, addSpecial: false, parseSpecial);
            return count >= 0 ? ids[..count] : throw new InvalidOperationException($"llama.cpp: found {-count} tokens in {bytes.Length} bytes, expected at most {ids.Length}");
        }
    }

    /// <summary>The bytes of ids one after the other, control tokens as their text; bytes that are no UTF-8 become U+FFFD.</summary>
    public string Detokenize(IEnumerable<int> ids)
    {
        var text = new List<byte>();
        Span<byte> piece = stackalloc byte[1024];
        foreach (var id in ids)
            fixed (byte* room = piece)
            {
                var length = LlamaApi.llama_token_to_piece(_vocabulary, id, room, piece.Length, leftStrip: 0, special: true);
                if (length < 0) throw new InvalidOperationException($"llama.cpp: token {id}: found a text of {-length} bytes, expected at most {piece.Length}");
                text.AddRange(piece[..length]);
            }
        return Encoding.UTF8.GetString([.. text]);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        LlamaApi.llama_model_free(_model);
        _model = 0;
    }
}
