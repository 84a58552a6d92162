using NemotronSharp.LlamaCpp.Native;

namespace NemotronSharp.LlamaCpp;

/// <summary>Threads of ggml that wait between steps: first spinning for about a tenth of a second, as is ggml's default, then asleep. Freed after the contexts that use it.</summary>
internal sealed unsafe class LlamaThreadPool : IDisposable
{
    private const int Cpu = 0;

    private readonly nint _backend;

    /// <exception cref="InvalidOperationException">The backend makes none.</exception>
    public LlamaThreadPool(int threads)
    {
        _backend = GgmlApi.ggml_backend_dev_backend_reg(GgmlApi.ggml_backend_dev_by_type(Cpu));
        ThreadPoolParams parameters;
        GgmlApi.ggml_threadpool_params_init(&parameters, threads);
        Handle = ((delegate* unmanaged<ThreadPoolParams*, nint>)Function("ggml_threadpool_new"))(&parameters);
        if (Handle == 0) throw new InvalidOperationException($"ggml: found no thread pool of {threads} threads, expected one");
    }

    internal nint Handle { get; }

    public void Dispose() => ((delegate* unmanaged<nint, void>)Function("ggml_threadpool_free"))(Handle);

    private nint Function(string name) => GgmlApi.ggml_backend_reg_get_proc_address(_backend, name) is var f and not 0 ? f : throw new InvalidOperationException($"ggml: found no function {name} in the processor's backend");
}
