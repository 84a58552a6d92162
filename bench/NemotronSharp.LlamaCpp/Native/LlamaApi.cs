using System.Runtime.InteropServices;

namespace NemotronSharp.LlamaCpp.Native;

/// <summary>The functions of llama.cpp v0.5.0 (<c>llama.h</c>) that this program calls.</summary>
internal static unsafe partial class LlamaApi
{
    public const string Library = "llama";

    [LibraryImport(Library)]
    public static partial void llama_backend_init();

    [LibraryImport(Library)]
    public static partial void llama_log_set(delegate* unmanaged<int, byte*, void*, void> callback, void* userData);

    [LibraryImport(Library)]
    public static partial ModelParams llama_model_default_params();

    [LibraryImport(Library)]
    public static partial ContextParams llama_context_default_params();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint llama_model_load_from_file(string path, ModelParams parameters);

    [LibraryImport(Library)]
    public static partial void llama_model_free(nint model);

    [LibraryImport(Library)]
    public static partial nint llama_model_get_vocab(nint model);

    [LibraryImport(Library)]
    public static partial int llama_vocab_n_tokens(nint vocabulary);

    [LibraryImport(Library)]
    public static partial nint llama_init_from_model(nint model, ContextParams parameters);

    [LibraryImport(Library)]
    public static partial void llama_free(nint context);

    [LibraryImport(Library)]
    public static partial int llama_decode(nint context, Batch batch);

    [LibraryImport(Library)]
    public static partial float* llama_get_logits_ith(nint context, int token);

    [LibraryImport(Library)]
    public static partial nint llama_get_memory(nint context);

    [LibraryImport(Library)]
    public static partial void llama_memory_clear(nint memory, [MarshalAs(UnmanagedType.U1)] bool data);

    [LibraryImport(Library)]
    public static partial void llama_attach_threadpool(nint context, nint pool, nint batchPool);

    [LibraryImport(Library)]
    public static partial nuint llama_state_seq_get_size(nint context, int sequence);

    [LibraryImport(Library)]
    public static partial nuint llama_state_seq_get_data(nint context, byte* target, nuint size, int sequence);

    [LibraryImport(Library)]
    public static partial nuint llama_state_seq_set_data(nint context, byte* source, nuint size, int sequence);

    [LibraryImport(Library)]
    public static partial int llama_tokenize(nint vocabulary, byte* text, int bytes, int* ids, int room, [MarshalAs(UnmanagedType.U1)] bool addSpecial, [MarshalAs(UnmanagedType.U1)] bool parseSpecial);

    [LibraryImport(Library)]
    public static partial int llama_token_to_piece(nint vocabulary, int id, byte* text, int room, int leftStrip, [MarshalAs(UnmanagedType.U1)] bool special);
}
