using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;
using static System.FormattableString;

namespace NemotronSharp;

/// <summary>The processor that measurements are of.</summary>
public static class Processor
{
    /// <summary>Its name as it tells itself, with family and model, which say more than the names that virtual machines show; elsewhere than on x86 the architecture's name.</summary>
    public static string Name { get; } = X86Base.IsSupported ? Invariant($"{Brand()} (family {Family}, model {Model})") : RuntimeInformation.ProcessArchitecture.ToString();

    // Leaf 1: stepping 0-3, model 4-7, family 8-11, more of the model 16-19, more of the family 20-27.
    private static int Signature => X86Base.CpuId(1, 0).Eax;

    private static int BaseFamily => Signature >> 8 & 0xF;

    private static int Family => BaseFamily == 0xF ? BaseFamily + (Signature >> 20 & 0xFF) : BaseFamily;

    private static int Model => Signature >> 4 & 0xF | (BaseFamily is 6 or 0xF ? Signature >> 12 & 0xF0 : 0);

    private static string Brand()
    {
        const uint Highest = 0x80000000, First = 0x80000002, Last = 0x80000004;
        if ((uint)X86Base.CpuId(unchecked((int)Highest), 0).Eax < Last) return "x86";
        var registers = Enumerable.Range(0, (int)(Last - First) + 1).Select(i => X86Base.CpuId(unchecked((int)First) + i, 0)).SelectMany(r => new[] { r.Eax, r.Ebx, r.Ecx, r.Edx }).ToArray();
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>(registers)).Trim('\0', ' ');
    }
}
