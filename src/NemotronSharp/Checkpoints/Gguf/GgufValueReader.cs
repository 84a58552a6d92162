namespace NemotronSharp.Checkpoints;

/// <summary>Reads one metadata value.</summary>
internal static class GgufValueReader
{
    // Far above any vocabulary: what is read takes more memory than its bytes in the file.
    private const ulong MostElements = 1 << 24;

    public static GgufValue Read(GgufCursor cursor, string key)
    {
        var what = $"metadata '{Excerpt.Of(key)}'";
        var kind = (GgufKind)cursor.Read<uint>(what);
        if (kind != GgufKind.Array) return new GgufValue(kind, Single(cursor, what, kind));

        var element = (GgufKind)cursor.Read<uint>(what);
        if (element == GgufKind.Array) throw cursor.Error(what, "an array of arrays", "an array of numbers or texts");
        var count = cursor.Read<ulong>(what);
        // The smallest text is its length alone.
        var least = (ulong)(element == GgufKind.String ? sizeof(ulong) : Size(cursor, what, element));
        if (count > MostElements) throw cursor.Error(what, $"{count} elements", $"at most {MostElements}");
        cursor.Require((long)(count * least), what);
        return new GgufValue(kind, Elements(cursor, what, element, (int)count), element);
    }

    private static object Single(GgufCursor cursor, string what, GgufKind kind) => kind switch
    {
        GgufKind.U8 => (ulong)cursor.Read<byte>(what),
        GgufKind.I8 => (long)cursor.Read<sbyte>(what),
        GgufKind.U16 => (ulong)cursor.Read<ushort>(what),
        GgufKind.I16 => (long)cursor.Read<short>(what),
        GgufKind.U32 => (ulong)cursor.Read<uint>(what),
        GgufKind.I32 => (long)cursor.Read<int>(what),
        GgufKind.F32 => (double)cursor.Read<float>(what),
        GgufKind.Bool => cursor.Read<byte>(what) != 0,
        GgufKind.String => cursor.Text(what),
        GgufKind.U64 => cursor.Read<ulong>(what),
        GgufKind.I64 => cursor.Read<long>(what),
        GgufKind.F64 => cursor.Read<double>(what),
        _ => throw cursor.Error(what, $"kind {(uint)kind}", "0 to 12"),
    };

    private static Array Elements(GgufCursor cursor, string what, GgufKind kind, int count) => kind switch
    {
        GgufKind.String => Fill<string>(count, () => cursor.Text(what)),
        GgufKind.Bool => Fill<bool>(count, () => cursor.Read<byte>(what) != 0),
        GgufKind.F32 or GgufKind.F64 => Fill<double>(count, () => (double)Single(cursor, what, kind)),
        GgufKind.I8 or GgufKind.I16 or GgufKind.I32 or GgufKind.I64 => Fill<long>(count, () => (long)Single(cursor, what, kind)),
        _ => Fill<ulong>(count, () => (ulong)Single(cursor, what, kind)),
    };

    private static T[] Fill<T>(int count, Func<T> next)
    {
        var result = new T[count];
        for (var i = 0; i < count; i++) result[i] = next();
        return result;
    }

    private static int Size(GgufCursor cursor, string what, GgufKind kind) => kind switch
    {
        GgufKind.U8 or GgufKind.I8 or GgufKind.Bool => 1,
        GgufKind.U16 or GgufKind.I16 => 2,
        GgufKind.U32 or GgufKind.I32 or GgufKind.F32 => 4,
        GgufKind.U64 or GgufKind.I64 or GgufKind.F64 => 8,
        _ => throw cursor.Error(what, $"kind {(uint)kind}", "0 to 12"),
    };
}
