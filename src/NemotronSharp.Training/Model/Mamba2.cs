using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace NemotronSharp.Training.Model;

/// <summary>
/// Mamba-2 mixer in the chunked SSD form (arXiv 2405.21060), with state and convolution reset at document borders.
/// Letters: B rows, C chunks of Q positions, h heads of width P in G groups of R = h/G, N state.
/// </summary>
internal sealed class Mamba2 : IMixer
{
    private readonly NemotronConfig _config;
    private readonly Tensor _inProjection, _convWeight, _convBias, _logA, _skip, _deltaBias, _norm, _outProjection;

    public Mamba2(ModelBuilder build, string name)
    {
        var c = _config = build.Config;
        var p = build.Parameters;
        _inProjection = build.Matrix($"{name}.in_proj.weight", c.MambaProjectionSize, c.HiddenSize);
        var bound = 1 / Math.Sqrt(c.ConvKernel);
        _convWeight = p.Vector($"{name}.conv1d.weight", p.Uniform(-bound, bound, c.MambaConvSize, 1, c.ConvKernel));
        _convBias = p.Vector($"{name}.conv1d.bias", p.Uniform(-bound, bound, c.MambaConvSize));
        _logA = p.Vector($"{name}.A_log", arange(1, c.MambaNumHeads + 1, float32).log());
        _skip = p.Vector($"{name}.D", ones(c.MambaNumHeads));
        // Time steps start log-uniform in [0.001, 0.1]; the bias is their inverse softplus.
        var step = p.Uniform(Math.Log(1e-3), Math.Log(1e-1), c.MambaNumHeads).exp().clamp_min(1e-4);
        _deltaBias = p.Vector($"{name}.dt_bias", step + (-(-step).expm1()).log());
        _norm = build.Norm($"{name}.norm.weight", c.MambaInnerSize);
        _outProjection = build.ResidualMatrix($"{name}.out_proj.weight", () => _inProjection.narrow(0, c.MambaInnerSize, c.MambaInnerSize).t(), c.HiddenSize, c.MambaInnerSize);
    }

    public Tensor Forward(Tensor x, PackedBatch batch, ForwardPass pass)
    {
        int inner = _config.MambaInnerSize, conv = _config.MambaConvSize;
        var input = x.to(pass.Compute);
        // Three products instead of one: each part comes out contiguous, which saves copying the activations.
        var gate = Ops.Linear(input, _inProjection.narrow(0, 0, inner), pass.Compute);
        var channels = Ops.Linear(input, _inProjection.narrow(0, inner, conv), pass.Compute);
        var delta = softplus(linear(x, _inProjection.narrow(0, inner + conv, _config.MambaNumHeads)) + _deltaBias);

        var mixed = Ops.Convolution(channels.to(float32), _convWeight, _convBias, batch, pass);
        var y = Scan(mixed, delta, batch, pass);
        return Ops.Linear(Ops.GatedNorm(y, gate.to(float32), _norm, _config.MambaGroups, _config.NormEpsilon, pass), _outProjection, pass.Compute);
    }

    // The selective scan: [B, T, D_conv] and Δ [B, T, h] to y [B, T, D_in].
    private Tensor Scan(Tensor mixed, Tensor delta, PackedBatch batch, ForwardPass pass)
    {
        int heads = _config.MambaNumHeads, width = _config.MambaHeadDim, groups = _config.MambaGroups, state = _config.SsmStateSize;
        int inner = _config.MambaInnerSize, perGroup = heads / groups;
        long rows = batch.Rows, q = batch.ChunkSize, chunks = batch.Length / q;

        var x = mixed.narrow(-1, 0, inner).reshape(rows, chunks, q, heads, width);
        var b = mixed.narrow(-1, inner, groups * state).reshape(rows, chunks, q, groups, state).transpose(2, 3);                  // [B,C,G,Q,N]
        var c = mixed.narrow(-1, inner + groups * state, groups * state).reshape(rows, chunks, q, groups, state).transpose(2, 3);
        var step = delta.reshape(rows, chunks, q, heads);
        var decay = (step * -_logA.exp()).cumsum(2);                                                                           // l_t, [B,C,Q,h]
        var stepped = x * step.unsqueeze(-1);                                                                                  // Δ·x, [B,C,Q,h,P]

        // Inside a chunk: Y1_t = Σ_{s≤t} exp(l_t − l_s)·(C_t·B_s)·Δ_s x_s
        var l = decay.transpose(2, 3);                                                                                         // [B,C,h,Q]
        var weights = Ops.ChunkWeights(l, matmul(c, b.transpose(-1, -2)), batch, pass);                                            // [B,C,h,Q,Q]
        var inside = matmul(weights, stepped.transpose(2, 3));                                 // [B,C,h,Q,P]

        // What each chunk adds to the state: R = Σ_s exp(l_last − l_s)·Δ_s x_s B_sᵀ
        var last = decay.narrow(2, q - 1, 1);                                                                                  // [B,C,1,h]
        var toEnd = (last - decay).exp() * batch.ReachesChunkEnd;
        var added = matmul((stepped * toEnd.unsqueeze(-1)).reshape(rows, chunks, q, groups, perGroup * width).permute(0, 1, 3, 4, 2), b); // [B,C,G,RP,N]

        // Carry over chunks: the state entering chunk c is Σ_{e<c} exp(Σ_{e<j<c} l_last(j))·R(e)
        var total = last.squeeze(2).cumsum(1).transpose(1, 2);                                                                 // [B,h,C]
        var until = total - last.squeeze(2).transpose(1, 2);
        var carry = (until.unsqueeze(-1) - total.unsqueeze(-2) + batch.CarryMask).exp();                                       // [B,h,C,C]
        var entering = matmul(carry, added.reshape(rows, chunks, heads, width * state).transpose(1, 2))                           // [B,h,C,PN]
            .transpose(1, 2).reshape(rows, chunks, groups, perGroup * width, state);

        // From before the chunk: Y2_t = exp(l_t)·S_in C_t
        var outside = matmul(c, entering.transpose(-1, -2)).transpose(2, 3).reshape(rows, chunks, q, heads, width)
            * (decay.exp() * batch.ReachesChunkStart).unsqueeze(-1);
        return (inside.transpose(2, 3) + outside + x * _skip.unsqueeze(-1)).reshape(rows, batch.Length, inner);
    }
}
