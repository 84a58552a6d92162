using System.Runtime.Intrinsics;

namespace NemotronSharp.Training.Model;

/// <summary>Elements in memory, FP32 in registers.</summary>
internal unsafe interface IElementFormat
{
    static abstract Vector512<float> Load(byte* start, long index);

    static abstract void Store(byte* start, long index, Vector512<float> values);

    static abstract float LoadOne(byte* start, long index);

    static abstract void StoreOne(byte* start, long index, float value);
}

/// <summary>IEEE single precision.</summary>
internal readonly unsafe struct SingleFormat : IElementFormat
{
    public static Vector512<float> Load(byte* start, long index) => Vector512.Load((float*)start + index);

    public static void Store(byte* start, long index, Vector512<float> values) => values.Store((float*)start + index);

    public static float LoadOne(byte* start, long index) => ((float*)start)[index];

    public static void StoreOne(byte* start, long index, float value) => ((float*)start)[index] = value;
}

/// <summary>The upper half of a single, rounded to nearest even. NaN payloads are not kept.</summary>
internal readonly unsafe struct BFloat16Format : IElementFormat
{
    public static Vector512<float> Load(byte* start, long index) =>
        (Vector512.WidenLower(Vector256.Load((ushort*)start + index).ToVector512Unsafe()) << 16).AsSingle();

    public static void Store(byte* start, long index, Vector512<float> values)
    {
        var bits = values.AsUInt32();
        var rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
        Vector512.Narrow(rounded, rounded).GetLower().Store((ushort*)start + index);
    }

    public static float LoadOne(byte* start, long index) => BitConverter.UInt32BitsToSingle((uint)((ushort*)start)[index] << 16);

    public static void StoreOne(byte* start, long index, float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        ((ushort*)start)[index] = (ushort)((bits + 0x7FFFu + ((bits >> 16) & 1)) >> 16);
    }
}
