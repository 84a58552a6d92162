using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace NemotronSharp.Numerics;

/// <summary>What the block formats share.</summary>
internal static unsafe class Nibbles
{
    /// <summary>An IEEE half at any address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Half(byte* source)
    {
        // As in F16Format; the runtime's own conversion is a call with branches.
        var half = (uint)Unsafe.ReadUnaligned<ushort>(source);
        var magnitude = BitConverter.UInt32BitsToSingle((half & 0x7FFF) << 13) * BitConverter.UInt32BitsToSingle(0x77800000);
        var special = (half & 0x7C00) == 0x7C00 ? 0x7F800000u : 0u;
        return BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(magnitude) | special | (half & 0x8000) << 16);
    }

    /// <summary>The low or high nibbles of sixteen bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Of(byte* source, bool high)
    {
        var words = Vector128.Load((ushort*)source) >>> (high ? 4 : 0);
        return Widening.Bytes(words.AsByte() & Vector128.Create((byte)15));
    }

    /// <summary>Small unsigned numbers as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ToSingle(Vector512<uint> q) => Vector512.ConvertToSingle(q.AsInt32());

    /// <summary>Bits <paramref name="first"/> to <paramref name="first"/> + 15 of a word, one a lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Bits(uint word, int first)
    {
        var lane = Vector512.Create(1u, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15);
        return Vector512.Equals(Vector512.Create(word >> first) & lane, lane) & Vector512<uint>.One;
    }

    /// <summary>Sixteen entries of a table of sixteen, by indices 0 to 15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Lookup(Vector512<float> table, Vector512<uint> indices) => Vector512.ShuffleNative(table, indices.AsInt32());
}
