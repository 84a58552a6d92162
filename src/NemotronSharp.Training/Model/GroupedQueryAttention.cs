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

    // One call for all rows of a length: a device with thousands of cores would wait for the calls.
    private Tensor ByRow(Tensor input, PackedBatch batch, ForwardPass pass)
    {
        Tensor queries = Heads(Ops.Linear(input, _query, pass.Compute), _heads), keys = Heads(Ops.Linear(input, _key, pass.Compute), _keyValueHeads), values = Heads(Ops.Linear(input, _value, pass.Compute), _keyValueHeads);
        var mixed = batch.Stretches.Zip(pass.Masks(batch).Attention, (stretch, mask) =>
        {
            // [Hq, n, d] of the stretch to [rows, Hq, length, d] and back
            Tensor Rows(Tensor x) => x.narrow(1, stretch.Start, stretch.End - stretch.Start).view(_heads, stretch.Rows, stretch.Length, _headDim).transpose(0, 1);
            return PlainOps.Attention(Rows(queries), Rows(keys), Rows(values), mask).transpose(0, 1).reshape(_heads, -1, _headDim);
        }).ToArray();
        return (mixed.Length == 1 ? mixed[0] : cat(mixed, 1)).transpose(0, 1).reshape(batch.Rows, batch.Length, -1);
    }

    // [B, T, n·d] to [Hq, B·T, d]; key/value heads are repeated for the query heads that share them.
    private Tensor Heads(Tensor x, int heads)
    {
        var split = x.reshape(-1, heads, _headDim).transpose(0, 1);
        return heads == _heads ? split : split.repeat_interleave(_heads / heads, 0);
    }
}
