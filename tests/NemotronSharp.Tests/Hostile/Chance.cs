namespace NemotronSharp.Tests.Hostile;

/// <summary>The choices of one case: a pure function of seed and case number, whatever ran before.</summary>
internal sealed class Chance(ulong seed, int number)
{
    private static readonly ulong[] Integers =
    [
        0, 1, 2, 3, 7, 16, 127, 128, 255, 256, 65_535, 65_536, 100_000, 1 << 20, 1 << 24, 1 << 28, (1 << 28) + 1, int.MaxValue, 1ul << 31, uint.MaxValue, 1ul << 32,
        1ul << 40, 1ul << 61, 1ul << 62, long.MaxValue, 1ul << 63, ulong.MaxValue - 31, ulong.MaxValue,
    ];

    private static readonly string[] JsonNumbers =
        ["0", "-0", "-1", "1.5", "0.0", "1e-60", "1e400", "-1e400", "1e99999999999", "NaN", "Infinity", "-Infinity", "18446744073709551616", "340282366920938463463374607431768211456", new string('9', 5000), "1" + new string('0', 400) + ".5"];

    // SplitMix64's finaliser: neighbouring numbers get unrelated streams.
    private readonly Random _random = new((int)Mix(seed * 0x9E3779B97F4A7C15 + (ulong)number));

    public int Below(int limit) => _random.Next(limit);

    public int Between(int least, int most) => _random.Next(least, most + 1);

    public bool OneIn(int times) => _random.Next(times) == 0;

    public T Of<T>(params ReadOnlySpan<T> items) => items[_random.Next(items.Length)];

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>A number where readers break: ends of ranges, powers of two, and now and then any.</summary>
    public ulong Integer() => _random.Next(4) switch
    {
        0 => (ulong)_random.Next(64),
        1 when OneIn(2) => (ulong)_random.NextInt64(),
        _ => Of(Integers),
    };

    public float Single() => Of(float.NaN, float.PositiveInfinity, float.NegativeInfinity, -1f, -0f, 0f, float.Epsilon, float.MaxValue, 3f);

    /// <summary>A number as JSON text, or what Python writes for one.</summary>
    public string JsonNumber() => OneIn(2) ? Of(JsonNumbers) : OneIn(3) ? $"-{Integer()}" : $"{Integer()}";

    /// <summary>Text that hurts: long, of control characters, without a letter, or plain.</summary>
    public string Text() => _random.Next(8) switch
    {
        0 => "",
        1 => new string((char)Between('a', 'c'), Of(1, 63, 64, 255, 65_535, 70_000)),
        2 => "\0",
        3 => "\u001b[2J\r\n",
        4 => "../../etc/passwd",
        5 => "日本\U0001F642",
        6 => $"{Integer()}",
        _ => Of("nemotron_h", "weight", "mamba", "M", "a b", "{{ 1 }}", "F32", "backbone.embeddings.weight"),
    };

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
