using NemotronSharp.Kernels;
using NemotronSharp.Numerics;

namespace NemotronSharp.Model;

/// <summary>
/// Mamba-2 (Dao and Gu, arXiv 2405.21060): one projection gives gate z, convolved x, B, C and the time step Δ;
/// the scan moves the state; the gated norm and one projection lead back to the residual stream.
/// </summary>
internal sealed unsafe class Mamba2Mixer : Mixer
{
    private readonly NemotronConfig _config;
    private readonly int _mambaLayer;
    private readonly ScanForm _form;
    private readonly WeightMatrix _inProjection, _outProjection;
    private readonly float* _taps, _bias, _decay, _skip, _deltaBias, _norm;

    /// <param name="config">The model's shape.</param>
    /// <param name="weights">Its checkpoint.</param>
    /// <param name="prefix">Name of this layer's mixer in it.</param>
    /// <param name="mambaLayer">Which of the sequence's Mamba states is this layer's.</param>
    /// <param name="form">How more than one token is scanned.</param>
    public Mamba2Mixer(NemotronConfig config, Weights weights, string prefix, int mambaLayer, ScanForm form)
    {
        (_config, _mambaLayer, _form) = (config, mambaLayer, form);
        _inProjection = weights.Matrix($"{prefix}.in_proj.weight", config.MambaProjectionSize, config.HiddenSize);
        _outProjection = weights.Matrix($"{prefix}.out_proj.weight", config.HiddenSize, config.MambaInnerSize);
        _taps = weights.ConvTaps($"{prefix}.conv1d.weight", config.MambaConvSize, config.ConvKernel);
        _bias = config.UseConvBias ? weights.Vector($"{prefix}.conv1d.bias", config.MambaConvSize) : null;
        _skip = weights.Vector($"{prefix}.D", config.MambaNumHeads);
        _deltaBias = weights.Vector($"{prefix}.dt_bias", config.MambaNumHeads);
        _norm = weights.Vector($"{prefix}.norm.weight", config.MambaInnerSize);
        // A = −exp(A_log); GGUF stores A itself.
        var stored = weights.Has($"{prefix}.A");
        _decay = weights.Vector(stored ? $"{prefix}.A" : $"{prefix}.A_log", config.MambaNumHeads);
        if (stored) return;
        for (var head = 0; head < config.MambaNumHeads; head++) _decay[head] = -MathF.Exp(_decay[head]);
    }

    public override void Forward(Rows x, Rows y, Step step)
    {
        using var frame = step.Scratch.Enter();
        var inner = _config.MambaInnerSize;
        var states = _config.MambaGroups * _config.SsmStateSize;

        var projected = step.Scratch.Take(x.Count, _config.MambaProjectionSize);
        MatMul.Apply(_inProjection, x, projected, step.Kernels);
        var z = projected.Columns(0, inner);
        var delta = projected.Columns(inner + _config.MambaConvSize, _config.MambaNumHeads);
        TimeStep.Apply(delta, _deltaBias, _config.TimeStepMin, _config.TimeStepMax);

        var convolved = step.Scratch.Take(x.Count, _config.MambaConvSize);
        var scanned = step.Scratch.Take(x.Count, inner);
        foreach (var (state, start, count) in step.Segments)
        {
            var c = convolved.Slice(start, count);
            CausalConv.Apply(projected.Columns(inner, _config.MambaConvSize).Slice(start, count), _taps, _bias, _config.ConvKernel, state.ConvWindow(_mambaLayer), c, step.Workers);
            var operands = new ScanOperands
            {
                X = c.Columns(0, inner),
                B = c.Columns(inner, states),
                C = c.Columns(inner + states, states),
                Delta = delta.Slice(start, count),
                Decay = _decay,
                Skip = _skip,
                State = state.ScanState(_mambaLayer),
                Y = scanned.Slice(start, count),
                Shape = (_config.MambaNumHeads, _config.MambaHeadDim, _config.MambaGroups, _config.SsmStateSize),
            };
            if (_form == ScanForm.Chunked && count > 1) ChunkedScan.Apply(operands, _config.ChunkSize, step.Scratch, step.Workers);
            else SelectiveScan.Apply(operands, step.Workers);
        }

        GatedRmsNorm.Apply(scanned, z, _norm, _config.MambaGroups, _config.NormEpsilon, scanned, step.Workers);
        MatMul.Apply(_outProjection, scanned, y, step.Kernels);
    }
}
