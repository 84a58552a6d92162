using System.Runtime.Intrinsics;
using Iced.Intel;
using NemotronSharp.Numerics;
using static Iced.Intel.AssemblerRegisters;

namespace NemotronSharp.Kernels.Jit;

/// <summary>
/// Emits the instructions that turn 256 weights (sixteen groups of sixteen) into four vectors of codes and one of scales.
/// Lane l of vector q holds four codes of group l; <see cref="Order"/> says which. A code is an unsigned byte or, less the code of zero, a signed one. Weights at r8, scales kept apart at rax.
/// Writes zmm0 to zmm5, zmm16, zmm18, rdi and k1; keeps its constants in zmm19 to zmm31.
/// </summary>
/// <param name="signed">Whether codes leave as signed bytes.</param>
internal abstract class CodeDecoder(bool signed)
{
    public const int GroupsPerChunk = 16, GroupWeights = 16, ChunkWeights = GroupsPerChunk * GroupWeights;

    private readonly List<(Label Label, byte[] Bytes)> _constants = [];

    /// <summary>Whether codes leave as signed bytes.</summary>
    public bool Signed { get; } = signed;

    /// <summary>The code of weight 0, as long as codes are unsigned.</summary>
    public abstract int Zero { get; }

    /// <summary>What signed codes are multiplied by as words of a panel: 256 where sums of sixteen products allow it, since a byte is cheaply had in the upper half of a word.</summary>
    public virtual int WordFactor => 256;

    /// <summary>Position i of a group's sixteen codes, vector by vector, holds the weight of this index.</summary>
    public virtual Vector128<byte> Order => Vector128<byte>.Indices;

    /// <summary>Bytes of weights that hold this many groups.</summary>
    public abstract int Bytes(int groups);

    /// <summary>Whether rax moves along, a byte a group.</summary>
    public virtual bool HasScalesApart => false;

    /// <summary>Loads the constants.</summary>
    public abstract void Begin(Assembler c);

    /// <summary>Decodes groups, 1 to 16; lanes behind them get the scale 0.</summary>
    public abstract void Decode(Assembler c, int groups);

    /// <summary>Places the constants behind the code.</summary>
    public void End(Assembler c)
    {
        foreach (var (label, bytes) in _constants)
        {
            var here = label;
            c.Label(ref here);
            c.db(bytes);
        }
    }

    /// <summary>A new decoder of a matrix's format, for one kernel; null when there is none.</summary>
    public static CodeDecoder? For(TensorType type, bool scalesApart, bool signed) => type switch
    {
        TensorType.NVFP4 when scalesApart => new ModelOptNVFP4Decoder(signed),
        TensorType.NVFP4 => new NVFP4Decoder(signed),
        TensorType.Q4_0 => new Q4_0Decoder(signed),
        TensorType.Q8_0 => new Q8_0Decoder(signed),
        _ => null,
    };

    /// <summary>k1 = the first bytes of a vector, 1 to 63.</summary>
    protected static void FirstBytes(Assembler c, int count)
    {
        c.mov(rdi, (1L << count) - 1);
        c.kmovq(k1, rdi);
    }

    /// <summary>Loads 64 bytes into a register.</summary>
    protected void Constant(Assembler c, AssemblerRegisterZMM register, byte[] bytes)
    {
        var label = c.CreateLabel();
        c.vmovdqu8(register, __zmmword_ptr[label]);
        _constants.Add((label, bytes));
    }

    protected void Constant(Assembler c, AssemblerRegisterZMM register, Func<int, int> lane) =>
        Constant(c, register, [.. Enumerable.Range(0, 16).SelectMany(l => BitConverter.GetBytes(lane(l)))]);

    /// <summary>The same sixteen bytes in every quarter of the register.</summary>
    protected void Table(Assembler c, AssemblerRegisterZMM register, Vector128<byte> bytes) => Constant(c, register, [.. Enumerable.Range(0, 64).Select(i => bytes[i % 16])]);

    protected void Bytes(Assembler c, AssemblerRegisterZMM register, byte value) => Table(c, register, Vector128.Create(value));
}
