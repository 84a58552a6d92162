namespace NemotronSharp.Training.Pretraining;

/// <summary>
/// Which part of a blend comes at a position, in fixed proportions: a pure function of the seed and the position. Every block of
/// a thousand positions holds exactly each part's share.
/// </summary>
internal sealed class BlendOrder
{
    private const int BlockLength = 1000;
    private readonly int[] _pattern = new int[BlockLength];   // part of every place in a block
    private readonly int[] _rank = new int[BlockLength];      // how many earlier places of the block have the same part
    private readonly int[] _perBlock;

    /// <param name="weights">Share of each part, not negative; they need not add up to 1.</param>
    /// <param name="seed">Any number; another seed gives another order.</param>
    /// <exception cref="ArgumentException">No part, or weights that are negative or all zero.</exception>
    public BlendOrder(IReadOnlyList<double> weights, ulong seed)
    {
        var total = weights.Sum();
        if (weights.Any(w => !(w >= 0)) || !(total > 0)) throw new ArgumentException($"blend weights {string.Join(", ", weights)}: expected none negative and one positive");
        var borders = weights.Select((_, i) => weights.Take(i + 1).Sum() / total * BlockLength).ToArray();
        for (int place = 0, part = 0; place < BlockLength; place++)
        {
            while (part < borders.Length - 1 && place + 0.5 > borders[part]) part++;
            _pattern[place] = part;
        }
        // A fixed shuffle, from the seed alone.
        for (var i = BlockLength - 1; i > 0; i--)
        {
            var j = (int)(Scramble.Mix(seed ^ (ulong)i * 0x9E3779B97F4A7C15) % (ulong)(i + 1));
            (_pattern[i], _pattern[j]) = (_pattern[j], _pattern[i]);
        }
        _perBlock = new int[weights.Count];
        for (var i = 0; i < BlockLength; i++) _rank[i] = _perBlock[_pattern[i]]++;
    }

    /// <summary>The part at a position, 0 upward without end, and how many earlier positions had the same part.</summary>
    public (int Part, long Ordinal) At(long position)
    {
        var place = (int)(position % BlockLength);
        var part = _pattern[place];
        return (part, position / BlockLength * _perBlock[part] + _rank[place]);
    }
}
