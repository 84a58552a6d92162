using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace NemotronSharp.Training.Model;

/// <summary>Causal grouped-query attention without position encoding; query head i reads key/value head i / (Hq/Hkv).</summary>
internal sealed class GroupedQueryAttention : IMixer
{
    private readonly int _heads, _keyValueHeads, _headDim;
    private readonly Tensor _query, _key, _value, _output;

    public GroupedQueryAttention(ModelBuilder build, string name)
    {
        var c = build.Config;
        (_heads, _keyValueHeads, _headDim) = (c.NumAttentionHeads, c.NumKeyValueHeads, c.HeadDim);
        long queries = _heads * _headDim, keys = _keyValueHeads * _headDim;
        _query = build.Matrix($"{name}.q_proj.weight", queries, c.HiddenSize);
        _key = build.Matrix($"{name}.k_proj.weight", () => _query.view(_keyValueHeads, -1, _headDim, c.HiddenSize).select(1, 0).reshape(keys, c.HiddenSize), keys, c.HiddenSize);
        _value = build.Matrix($"{name}.v_proj.weight", keys, c.HiddenSize);
        _output = build.ResidualMatrix($"{name}.o_proj.weight",
            () => _value.view(_keyValueHeads, _headDim, c.HiddenSize).repeat_interleave(_heads / _keyValueHeads, 0).reshape(queries, c.HiddenSize).t(), c.HiddenSize, queries);
    }

    public Tensor Forward(Tensor x, PackedBatch batch, ForwardPass pass)
    {
        var input = x.to(pass.Compute);
        return Ops.Linear(pass.Fused ? ByDocument(input, batch, pass) : ByRow(input, batch, pass), _output, pass.Compute);
    }

    // One call a document: a mask over the packed row would spend most of its time on pairs that must not meet.
    private Tensor ByDocument(Tensor input, PackedBatch batch, ForwardPass pass)
    {
        var queries = Heads(Ops.Linear(input, _query, pass.Compute), _heads).split(batch.DocumentLengths, 1);
        var keys = Heads(Ops.Linear(input, _key, pass.Compute), _keyValueHeads).split(batch.DocumentLengths, 1);
        var values = Heads(Ops.Linear(input, _value, pass.Compute), _keyValueHeads).split(batch.DocumentLengths, 1);
        var mixed = new Tensor[queries.Length];
        for (var i = 0; i < mixed.Length; i++)
            mixed[i] = scaled_dot_product_attention(queries[i].unsqueeze(0), keys[i].unsqueeze(0), values[i].unsqueeze(0), is_casual: true).squeeze(0);
        return cat(mixed, 1).transpose(0, 1).reshape(batch.Rows, batch.Length, -1);
    }

    // One call for all rows: a device with thousands of cores would wait for the calls.
    private Tensor ByRow(Tensor input, PackedBatch batch, ForwardPass pass)
    {
        Tensor Split(Tensor weight) => Ops.Linear(input, weight, pass.Compute).reshape(batch.Rows, batch.Length, -1, _headDim).transpose(1, 2);
        return PlainOps.Attention(Split(_query), Split(_key), Split(_value), pass.Masks(batch).Attention).transpose(1, 2).flatten(2);
    }

    // [B, T, n·d] to [Hq, B·T, d]; key/value heads are repeated for the query heads that share them.
    private Tensor Heads(Tensor x, int heads)
    {
        var split = x.reshape(-1, heads, _headDim).transpose(0, 1);
        return heads == _heads ? split : split.repeat_interleave(_heads / heads, 0);
    }
}
