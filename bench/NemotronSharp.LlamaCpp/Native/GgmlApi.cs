using System.Runtime.InteropServices;

namespace NemotronSharp.LlamaCpp.Native;

/// <summary>The functions of ggml, the tensor library under llama.cpp, that this program calls.</summary>
internal static unsafe partial class GgmlApi
{
    public const string Library = "ggml", BaseLibrary = "ggml-base";

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void ggml_backend_load_all_from_path(string folder);

    [LibraryImport(Library)]
    public static partial nuint ggml_backend_reg_count();

    [LibraryImport(BaseLibrary)]
    public static partial GgmlTypeTraits* ggml_get_type_traits(int type);

    [LibraryImport(BaseLibrary)]
    public static partial nuint ggml_quantize_chunk(int type, float* source, void* target, long start, long rows, long columns, float* importance);
}
