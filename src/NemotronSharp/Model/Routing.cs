using NemotronSharp.Kernels;

namespace NemotronSharp.Model;

/// <summary>
/// Which experts the tokens of a step go to. A slot is one choice of one token: slot = token · k + rank of the choice. In scratch memory; valid until its frame ends.
/// </summary>
internal readonly unsafe struct Routing(int tokens, int topK, int experts, Arena scratch)
{
    private readonly int _slots = tokens * topK;
    private readonly int* _experts = (int*)scratch.TakeBytes((long)tokens * topK * sizeof(int));
    private readonly float* _weights = (float*)scratch.TakeBytes((long)tokens * topK * sizeof(float));
    private readonly int* _starts = (int*)scratch.TakeBytes((experts + 1L) * sizeof(int));
    private readonly int* _places = (int*)scratch.TakeBytes((long)tokens * topK * sizeof(int));
    private readonly int* _tokens = (int*)scratch.TakeBytes((long)tokens * topK * sizeof(int));

    /// <summary>[k] experts of a token, best first.</summary>
    public Span<int> Experts(int token) => new(_experts + token * topK, topK);

    /// <summary>[k] their weights.</summary>
    public Span<float> Weights(int token) => new(_weights + token * topK, topK);

    /// <summary>Lines the slots up by expert, in token order. Call once the choices are complete.</summary>
    public void Sort()
    {
        new Span<int>(_starts, experts + 1).Clear();
        for (var slot = 0; slot < _slots; slot++) _starts[_experts[slot] + 1]++;
        for (var e = 0; e < experts; e++) _starts[e + 1] += _starts[e];
        for (var slot = 0; slot < _slots; slot++)
        {
            var place = _starts[_experts[slot]]++;
            _places[slot] = place;
            _tokens[place] = slot / topK;
        }
        // Every start has moved to the next expert's.
        for (var e = experts; e > 0; e--) _starts[e] = _starts[e - 1];
        _starts[0] = 0;
    }

    /// <summary>First place of an expert in the line, and how many slots chose it.</summary>
    public (int First, int Count) PlacesOf(int expert) => (_starts[expert], _starts[expert + 1] - _starts[expert]);

    /// <summary>The tokens in the line, from a place on.</summary>
    public int* TokensFrom(int place) => _tokens + place;

    /// <summary>Where a token's choice of this rank stands in the line.</summary>
    public int PlaceOf(int token, int rank) => _places[token * topK + rank];
}
