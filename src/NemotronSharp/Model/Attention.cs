using NemotronSharp.Kernels;
using NemotronSharp.Numerics;
using NemotronSharp.State;

namespace NemotronSharp.Model;

/// <summary>
/// Grouped-query attention (arXiv 2305.13245) without biases and without any position encoding:
/// order comes to it through the Mamba layers below.
/// </summary>
internal sealed unsafe class Attention : Mixer
{
    private readonly NemotronConfig _config;
    private readonly Func<SequenceState, (KeyValueCache Cache, int Position)> _memory;
    private readonly CacheScales _scales;
    private readonly WeightMatrix _query, _key, _value, _output;

    /// <param name="config">The model's shape.</param>
    /// <param name="weights">Its checkpoint.</param>
    /// <param name="prefix">Name of this layer's mixer in it.</param>
    /// <param name="memory">Where a sequence keeps this layer's keys and values, and the position of its next token.</param>
    public Attention(NemotronConfig config, Weights weights, string prefix, Func<SequenceState, (KeyValueCache Cache, int Position)> memory)
    {
        (_config, _memory) = (config, memory);
        int queries = config.NumAttentionHeads * config.HeadDim, keys = config.NumKeyValueHeads * config.HeadDim;
        _query = weights.Matrix($"{prefix}.q_proj.weight", queries, config.HiddenSize);
        _key = weights.Matrix($"{prefix}.k_proj.weight", keys, config.HiddenSize);
        _value = weights.Matrix($"{prefix}.v_proj.weight", keys, config.HiddenSize);
        _scales = weights.CacheScales(prefix);
        _output = weights.Matrix($"{prefix}.o_proj.weight", config.HiddenSize, queries);
    }

    public override void Forward(Rows x, Rows y, Step step)
    {
        using var frame = step.Scratch.Enter();
        var queries = step.Scratch.Take(x.Count, _query.Rows);
        var keys = step.Scratch.Take(x.Count, _key.Rows);
        var values = step.Scratch.Take(x.Count, _value.Rows);
        var mixed = step.Scratch.Take(x.Count, _query.Rows);
        MatMul.Apply([new Product(_query, x, queries), new Product(_key, x, keys), new Product(_value, x, values)], step.Kernels);
        foreach (var (state, start, count) in step.Segments)
        {
            var (cache, position) = _memory(state);
            cache.Write(position, keys.Slice(start, count), values.Slice(start, count), ScalesOf(cache));
            CausalAttention.Apply(queries.Slice(start, count), cache, position, _config.NumAttentionHeads, ScalesOf(cache), mixed.Slice(start, count), step.Kernels);
        }

        MatMul.Apply(_output, mixed, y, step.Kernels);
    }

    /// <summary>Only keeps the keys and values of x [T, H], for rows that are attended to and whose own results nobody asks for.</summary>
    public void Remember(Rows x, Step step)
    {
        using var frame = step.Scratch.Enter();
        var keys = step.Scratch.Take(x.Count, _key.Rows);
        var values = step.Scratch.Take(x.Count, _value.Rows);
        MatMul.Apply([new Product(_key, x, keys), new Product(_value, x, values)], step.Kernels);
        foreach (var (state, start, count) in step.Segments)
        {
            var (cache, position) = _memory(state);
            cache.Write(position, keys.Slice(start, count), values.Slice(start, count), ScalesOf(cache));
        }
    }

    // What was measured for FP8 says nothing of wider numbers.
    private CacheScales ScalesOf(KeyValueCache cache) => cache.Precision == KeyValuePrecision.Float8 ? _scales : CacheScales.None;
}
