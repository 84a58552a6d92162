using System.Reflection;
using System.Runtime.InteropServices;
using NemotronSharp.LlamaCpp.Native;

namespace NemotronSharp.LlamaCpp;

/// <summary>Loads llama.cpp v0.5.0 as npm installs it beside the tests, with the CPU backend that suits this machine best. Once a process.</summary>
internal static unsafe class LlamaLibrary
{
    private static readonly string Place = Path.Combine("tests", "peers", "node_modules", "@node-llama-cpp", "linux-x64", "bins", "linux-x64");

    private static readonly Dictionary<string, string> Files = new()
    {
        [GgmlApi.BaseLibrary] = "libggml-base.so",
        [GgmlApi.Library] = "libggml.v0.5.0.so",
        [LlamaApi.Library] = "libllama.v0.5.0.so",
    };

    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>Loads the library if it is not loaded yet.</summary>
    /// <exception cref="DllNotFoundException">It is not installed, or does not run on this machine; the message says what to do.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    private static string Load()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            throw new DllNotFoundException($"llama.cpp: found {RuntimeInformation.RuntimeIdentifier}, expected linux-x64, the only build that tests/peers/package.json names");
        var folder = Find();
        // In the order of their dependencies: each finds the others as already loaded.
        var handles = Files.ToDictionary(f => f.Key, f => NativeLibrary.Load(Path.Combine(folder, f.Value)));
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => handles.GetValueOrDefault(name));
        LlamaApi.llama_log_set(&LlamaLog.Receive, null);
        GgmlApi.ggml_backend_load_all_from_path(folder);
        if (GgmlApi.ggml_backend_reg_count() == 0) throw new DllNotFoundException($"{folder}: found no backend of llama.cpp that this processor runs, expected one of libggml-cpu-*.so");
        LlamaApi.llama_backend_init();
        return folder;
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "NemotronSharp.slnx")))
            {
                var found = Path.Combine(folder.FullName, Place);
                return Directory.Exists(found) ? found : throw new DllNotFoundException($"{found}: found no such folder, expected llama.cpp; 'npm ci --prefix tests/peers --omit=optional' installs it");
            }
        throw new DllNotFoundException($"found no folder above {AppContext.BaseDirectory} with NemotronSharp.slnx, expected the repository: llama.cpp lies in its {Place}");
    }
}
