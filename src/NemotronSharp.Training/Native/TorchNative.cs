using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace NemotronSharp.Training.Native;

/// <summary>
/// Loads libtorch before TorchSharp asks for it, from one folder of links that every process shares
/// (a copy beside each executable would cost 480 MB apiece). The environment variable <c>NEMOTRON_LIBTORCH</c> names the library folder
/// of another libtorch, such as a PyTorch install's <c>torch/lib</c> with CUDA.
/// </summary>
internal static partial class TorchNative
{
    private const string Shim = "libLibTorchSharp.so";
    private const string NewerSymbolVersion = "GLIBCXX_3.4.32";
    private const int SectionVersionNeed = 0x6ffffffe;

    private static readonly Lazy<string> Loaded = new(LoadOnce);

    /// <summary>Makes every later TorchSharp call work; safe to call many times and from many threads.</summary>
    /// <returns>The folder the libraries were loaded from.</returns>
    /// <exception cref="DllNotFoundException">A native package is missing or the system refuses to load it.</exception>
    public static string Load() => Loaded.Value;

    private static string LoadOnce()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            throw new DllNotFoundException($"training needs libtorch for linux-x64; this is {RuntimeInformation.RuntimeIdentifier}");

        // Spinning OpenMP threads cost a factor of ten as soon as anything else runs on the machine.
        // The C library's setenv is needed: .NET's own never reaches native getenv on Unix.
        if (SetEnv("OMP_WAIT_POLICY", "PASSIVE", 0) != 0) throw new DllNotFoundException("setenv(OMP_WAIT_POLICY) failed");

        var folder = Environment.GetEnvironmentVariable("NEMOTRON_LIBTORCH") is { Length: > 0 } other ? OtherFolder(other) : PackageFolder();
        KeepFreedMemory();

        // TorchSharp's own loader then finds the library by its soname, already in the process.
        NativeLibrary.Load(Path.Combine(folder, Shim));
        return folder;
    }

    private static string PackageFolder()
    {
        var torchSharp = NativeFolder("TorchSharpPackage", "TorchSharp");
        var libTorch = NativeFolder("LibTorchPackage", "libtorch-cpu-linux-x64");
        var folder = Path.Combine(UserData(), "nemotronsharp", $"libtorch-{Version(libTorch)}-torchsharp-{Version(torchSharp)}");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(libTorch)) Link(file, Path.Combine(folder, Path.GetFileName(file)));
        WriteShim(torchSharp, folder);
        return folder;
    }

    // The libraries stay where they are, for theirs lie beside them; the shim then finds them in the process.
    private static string OtherFolder(string libTorch)
    {
        if (!File.Exists(Path.Combine(libTorch, "libtorch_cpu.so"))) throw new DllNotFoundException($"NEMOTRON_LIBTORCH={libTorch}: found no libtorch_cpu.so there, expected libtorch's library folder");
        foreach (var name in new[] { "libtorch_cuda.so", "libtorch_cpu.so", "libtorch.so" })
            if (Path.Combine(libTorch, name) is var file && File.Exists(file)) NativeLibrary.Load(file);
        // A program that was published carries the shim beside it.
        var shimHere = File.Exists(Path.Combine(AppContext.BaseDirectory, Shim)) ? AppContext.BaseDirectory : NativeFolder("TorchSharpPackage", "TorchSharp");
        var folder = Path.Combine(UserData(), "nemotronsharp", "torchsharp-other-libtorch");
        Directory.CreateDirectory(folder);
        WriteShim(shimHere, folder);
        return folder;
    }

    private static void WriteShim(string from, string folder)
    {
        var shim = Path.Combine(folder, Shim);
        if (File.Exists(shim)) return;
        var bytes = File.ReadAllBytes(Path.Combine(from, Shim));
        MakeVersionWeak(bytes, NewerSymbolVersion);
        var temporary = $"{shim}.{Environment.ProcessId}";
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, shim, overwrite: true);
    }

    // Not the temp folder: code is loaded from here, and anyone may create files there.
    private static string UserData()
    {
        var folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return folder.Length > 0 ? folder : AppContext.BaseDirectory;
    }

    private static string NativeFolder(string metadataKey, string package)
    {
        var root = typeof(TorchNative).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(a => a.Key == metadataKey)?.Value;
        var folder = Path.Combine(root ?? "", "runtimes", "linux-x64", "native");
        if (string.IsNullOrEmpty(root) || !Directory.Exists(folder))
            throw new DllNotFoundException($"the NuGet package {package} is expected at '{root}'; restore the training project to fetch it");
        return folder;
    }

    private static string Version(string nativeFolder) => new DirectoryInfo(nativeFolder).Parent!.Parent!.Parent!.Name;

    private static void Link(string target, string link)
    {
        if (new FileInfo(link).LinkTarget == target) return;
        var temporary = $"{link}.{Environment.ProcessId}";
        File.Delete(temporary);
        File.CreateSymbolicLink(temporary, target);
        File.Move(temporary, link, overwrite: true);
    }

    /// <summary>
    /// Sets the weak flag on one needed symbol version of an ELF64 file. The shim asks for a libstdc++ newer than Debian 12's,
    /// yet the only symbol behind that version is a link-time marker that nothing calls.
    /// </summary>
    internal static void MakeVersionWeak(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || !elf[..4].SequenceEqual("\u007fELF"u8)) throw new DllNotFoundException($"{Shim} is not an ELF file");
        var sections = (int)BinaryPrimitives.ReadInt64LittleEndian(elf[0x28..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3A..]), count = BinaryPrimitives.ReadUInt16LittleEndian(elf[0x3C..]);
        for (var i = 0; i < count; i++)
        {
            var section = elf[(sections + i * size)..];
            if (BinaryPrimitives.ReadInt32LittleEndian(section[4..]) != SectionVersionNeed) continue;
            var strings = (int)BinaryPrimitives.ReadInt64LittleEndian(elf[(sections + BinaryPrimitives.ReadInt32LittleEndian(section[0x28..]) * size + 0x18)..]);
            var need = (int)BinaryPrimitives.ReadInt64LittleEndian(section[0x18..]);
            for (var next = 1; next != 0; need += next)
            {
                next = BinaryPrimitives.ReadInt32LittleEndian(elf[(need + 12)..]);
                var aux = need + BinaryPrimitives.ReadInt32LittleEndian(elf[(need + 8)..]);
                for (var nextAux = 1; nextAux != 0; aux += nextAux)
                {
                    nextAux = BinaryPrimitives.ReadInt32LittleEndian(elf[(aux + 12)..]);
                    var name = elf[(strings + BinaryPrimitives.ReadInt32LittleEndian(elf[(aux + 8)..]))..];
                    if (Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]) == version) elf[aux + 4] |= 2;
                }
            }
        }
    }

    // Activations are large and live for milliseconds; returned to the kernel each time, their page faults cost as much as the arithmetic.
    private static void KeepFreedMemory()
    {
        const int trimThreshold = -1, mmapThreshold = -3;
        _ = MallOpt(mmapThreshold, 1 << 30);
        _ = MallOpt(trimThreshold, int.MaxValue);
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
