using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace NemotronSharp.Training.Model;

/// <summary>Causal grouped-query attention without position encoding; query head i reads key/value head i / (Hq/Hkv).</summary>
internal sealed class GroupedQueryAttention(ModelBuilder build, string name) : IMixer
{
    private readonly int _heads = build.Config.NumAttentionHeads, _keyValueHeads = build.Config.NumKeyValueHeads, _headDim = build.Config.HeadDim;
    private readonly Tensor _query = build.Matrix($"{name}.q_proj.weight", build.Config.NumAttentionHeads * build.Config.HeadDim, build.Config.HiddenSize);
    private readonly Tensor _key = build.Matrix($"{name}.k_proj.weight", build.Config.NumKeyValueHeads * build.Config.HeadDim, build.Config.HiddenSize);
    private readonly Tensor _value = build.Matrix($"{name}.v_proj.weight", build.Config.NumKeyValueHeads * build.Config.HeadDim, build.Config.HiddenSize);
    private readonly Tensor _output = build.ResidualMatrix($"{name}.o_proj.weight", build.Config.HiddenSize, build.Config.NumAttentionHeads * build.Config.HeadDim);

    public Tensor Forward(Tensor x, PackedBatch batch, ForwardPass pass)
    {
        var input = x.to(pass.Compute);
        var query = Heads(Ops.Linear(input, _query, pass.Compute), _heads);
        var key = Heads(Ops.Linear(input, _key, pass.Compute), _keyValueHeads);
        var value = Heads(Ops.Linear(input, _value, pass.Compute), _keyValueHeads);
        var mixed = scaled_dot_product_attention(query, key, value, batch.AttentionMask.to(pass.Compute));
        return Ops.Linear(mixed.transpose(1, 2).reshape(batch.Rows, batch.Length, -1), _output, pass.Compute);
    }

    // [B, T, n·d] to [B, Hq, T, d]; key/value heads are repeated for the query heads that share them.
    private Tensor Heads(Tensor x, int heads)
    {
        var split = x.view(x.shape[0], x.shape[1], heads, _headDim).transpose(1, 2);
        return heads == _heads ? split : split.repeat_interleave(_heads / heads, 1);
    }
}
