namespace NemotronSharp.Numerics;

/// <summary>NVFP4 from ModelOpt's layout to GGUF's, bit for bit: within each 16 weights "even low, odd high" becomes "j low, j + 8 high", and four scales stand before 64 weights.</summary>
internal static unsafe class NVFP4Repack
{
    /// <param name="matrix">In ModelOpt's layout; columns are a multiple of 64.</param>
    /// <param name="stream">Receives GGUF blocks, row after row.</param>
    public static void Write(WeightMatrix matrix, Stream stream)
    {
        var bytes = new byte[TensorType.NVFP4.Bytes(matrix.Columns)];
        for (var r = 0; r < matrix.Rows; r++)
        {
            var row = matrix.Row(r);
            for (var block = 0; block < matrix.Columns / 64; block++)
            {
                var target = bytes.AsSpan(36 * block, 36);
                for (var sub = 0; sub < 4; sub++)
                {
                    var group = 4 * block + sub;
                    // Scales are never negative; GGUF has no sign there.
                    target[sub] = (byte)(row.Scales[group] & 0x7F);
                    var codes = row.Data + 8L * group;
                    for (var j = 0; j < 8; j++) target[4 + 8 * sub + j] = (byte)(Code(codes, j) | (Code(codes, j + 8) << 4));
                }
            }
            stream.Write(bytes);
        }
    }

    private static int Code(byte* packed, int i) => (packed[i >> 1] >> (4 * (i & 1))) & 15;
}
