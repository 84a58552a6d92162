using System.Reflection;
using System.Text;
using NemotronSharp.Training.Native;

namespace NemotronSharp.Training.Tests.Native;

public class TorchNativeTests
{
    [Fact]
    public void Loads_and_computes()
    {
        TorchNative.Load();
        Assert.Equal(TorchNative.Load(), TorchNative.Load());
        using var sum = TorchSharp.torch.ones(3, 4).sum();
        Assert.Equal(12f, sum.item<float>());
    }

    [Fact]
    public void Making_a_symbol_version_weak_changes_one_bit_and_only_once()
    {
        var original = Shim();
        var weak = original.ToArray();
        TorchNative.MakeVersionWeak(weak, "GLIBCXX_3.4.32");
        var changed = Enumerable.Range(0, original.Length).Where(i => original[i] != weak[i]).ToArray();
        Assert.Single(changed);
        Assert.Equal(original[changed[0]] | 2, weak[changed[0]]);

        var again = weak.ToArray();
        TorchNative.MakeVersionWeak(again, "GLIBCXX_3.4.32");
        Assert.Equal(weak, again);
    }

    [Fact]
    public void Unknown_versions_change_nothing()
    {
        var bytes = Shim();
        TorchNative.MakeVersionWeak(bytes, "GLIBCXX_9.9.99");
        Assert.Equal(Shim(), bytes);
    }

    [Fact]
    public void Other_files_are_refused() =>
        Assert.Throws<DllNotFoundException>(() => TorchNative.MakeVersionWeak(Encoding.ASCII.GetBytes(new string('x', 200)), "GLIBCXX_3.4.32"));

    private static byte[] Shim()
    {
        var package = typeof(TorchNative).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "TorchSharpPackage").Value!;
        return File.ReadAllBytes(Path.Combine(package, "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));
    }
}
