namespace NemotronSharp.Tests.Hostile;

/// <summary>Changes that know nothing of a format.</summary>
internal static class ByteMutations
{
    public static byte[] Apply(byte[] bytes, Chance chance, int header)
    {
        if (bytes.Length == 0) return bytes;
        switch (chance.Below(6))
        {
            case 0:
                return bytes[..chance.Below(chance.OneIn(2) ? Math.Min(header, bytes.Length) : bytes.Length)];
            case 1:
                return [.. bytes, .. chance.Bytes(chance.Of(1, 31, 4096))];
            case 2:
                Flip(bytes, chance, Math.Min(header, bytes.Length));
                return bytes;
            case 3:
                var (from, to) = (chance.Below(bytes.Length), chance.Below(bytes.Length));
                var count = Math.Min(chance.Between(1, 64), bytes.Length - Math.Max(from, to));
                bytes.AsSpan(from, count).ToArray().CopyTo(bytes, to);
                return bytes;
            case 4:
                var at = chance.Below(bytes.Length);
                return [.. bytes[..at], .. chance.Bytes(chance.Between(1, 16)), .. bytes[at..]];
            default:
                Flip(bytes, chance, bytes.Length);
                return bytes;
        }
    }

    /// <summary>Not-a-numbers, infinities and negative values over whatever lies there.</summary>
    public static void Poison(byte[] bytes, Chance chance, int from)
    {
        for (var i = chance.Between(1, 8); i > 0; i--)
        {
            var value = BitConverter.GetBytes(chance.Single());
            // The upper half alone is the same value in BF16.
            var part = chance.OneIn(2) ? value : value[2..];
            if (bytes.Length - from < part.Length) return;
            var at = from + chance.Below(bytes.Length - from - part.Length + 1);
            part.CopyTo(bytes, chance.OneIn(4) ? at : from + (at - from) / part.Length * part.Length);
        }
    }

    private static void Flip(byte[] bytes, Chance chance, int within)
    {
        for (var i = chance.Between(1, 4); i > 0; i--) bytes[chance.Below(within)] = (byte)chance.Of(0, 1, 0x7f, 0x80, 0xff, chance.Below(256));
    }
}
