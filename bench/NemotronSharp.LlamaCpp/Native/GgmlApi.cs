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

    [LibraryImport(Library)]
    public static partial nint ggml_backend_dev_by_type(int type);

    [LibraryImport(BaseLibrary)]
    public static partial nint ggml_backend_dev_backend_reg(nint device);

    [LibraryImport(BaseLibrary, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ggml_backend_reg_get_proc_address(nint backend, string name);

    [LibraryImport(BaseLibrary)]
    public static partial void ggml_threadpool_params_init(ThreadPoolParams* parameters, int threads);

    [LibraryImport(BaseLibrary)]
    public static partial GgmlTypeTraits* ggml_get_type_traits(int type);

    [LibraryImport(BaseLibrary)]
    public static partial nuint ggml_quantize_chunk(int type, float* source, void* target, long start, long rows, long columns, float* importance);
}
