namespace NemotronSharp.Model;

/// <summary>Which experts the tokens of a step go to. A slot is one choice of one token: slot = token · k + rank of the choice.</summary>
internal sealed class Routing(int tokens, int topK)
{
    private readonly int[] _experts = new int[tokens * topK];
    private readonly float[] _weights = new float[tokens * topK];
    private Dictionary<int, List<int>>? _slots;

    /// <summary>[k] experts of a token, best first.</summary>
    public Span<int> Experts(int token) => _experts.AsSpan(token * topK, topK);

    /// <summary>[k] their weights.</summary>
    public Span<float> Weights(int token) => _weights.AsSpan(token * topK, topK);

    /// <summary>The slots that chose an expert, in token order. Call once the routing is complete.</summary>
    public List<int> SlotsOf(int expert)
    {
        if (_slots is null)
        {
            _slots = [];
            for (var slot = 0; slot < _experts.Length; slot++)
            {
                if (!_slots.TryGetValue(_experts[slot], out var list)) _slots[_experts[slot]] = list = [];
                list.Add(slot);
            }
        }

        return _slots.TryGetValue(expert, out var found) ? found : [];
    }
}
