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
        var projected = step.Scratch.Take(x.Count, _config.MambaProjectionSize);
        MatMul.Apply(_inProjection, x, projected, step.Kernels);
        var z = projected.Columns(0, inner);
        var inputs = projected.Columns(inner, _config.MambaConvSize + _config.MambaNumHeads);
        TimeStep.Apply(inputs.Columns(_config.MambaConvSize, _config.MambaNumHeads), _deltaBias, _config.TimeStepMin, _config.TimeStepMax);

        var scanned = step.Scratch.Take(x.Count, inner);
        foreach (var segment in step.Segments) Move(segment, inputs.Slice(segment.Start, segment.Count), scanned.Slice(segment.Start, segment.Count), step);

        GatedRmsNorm.Apply(scanned, z, _norm, _config.MambaGroups, _config.NormEpsilon, scanned, step.Workers);
        MatMul.Apply(_outProjection, scanned, y, step.Kernels);
    }

    // Tokens kept by the step before are sure by now: the state moves over those that were not taken back. Tokens that this step keeps move a copy of it.
    private void Move(in Segment segment, Rows inputs, Rows scanned, Step step)
    {
        using var frame = step.Scratch.Enter();
        var state = segment.State;
        float* window = state.ConvWindow(_mambaLayer), scan = state.ScanState(_mambaLayer);
        if (state.Kept > 0) Move(window, scan, null, state.KeptRows(_mambaLayer).Slice(0, state.Kept), step.Scratch.Take(state.Kept, scanned.Width), ScanForm.Recurrent, step);
        var sure = segment.Count - segment.Kept;
        if (sure > 0) Move(window, scan, null, inputs.Slice(0, sure), scanned.Slice(0, sure), _form, step);
        if (segment.Kept == 0) return;

        var kept = inputs.Slice(sure, segment.Kept);
        for (var t = 0; t < kept.Count; t++) kept[t].CopyTo(state.KeptRows(_mambaLayer)[t]);
        var windowCopy = step.Scratch.Take(1, (_config.ConvKernel - 1) * _config.MambaConvSize);
        new ReadOnlySpan<float>(window, windowCopy.Width).CopyTo(windowCopy[0]);
        var scanCopy = step.Scratch.Take(_config.MambaNumHeads, _config.MambaHeadDim * _config.SsmStateSize);
        Move(windowCopy.Data, scanCopy.Data, scan, kept, scanned.Slice(sure, segment.Kept), ScanForm.Recurrent, step);
    }

    // A window and a scan state over convolution inputs and time steps [T, D_conv + h]; the scan state begins as another, if one is given.
    private void Move(float* window, float* scan, float* source, Rows inputs, Rows scanned, ScanForm form, Step step)
    {
        using var frame = step.Scratch.Enter();
        var (inner, states) = (_config.MambaInnerSize, _config.MambaGroups * _config.SsmStateSize);
        var convolved = step.Scratch.Take(inputs.Count, _config.MambaConvSize);
        CausalConv.Apply(inputs.Columns(0, _config.MambaConvSize), _taps, _bias, _config.ConvKernel, window, convolved, step.Workers);
        var operands = new ScanOperands
        {
            X = convolved.Columns(0, inner),
            B = convolved.Columns(inner, states),
            C = convolved.Columns(inner + states, states),
            Delta = inputs.Columns(_config.MambaConvSize, _config.MambaNumHeads),
            Decay = _decay,
            Skip = _skip,
            State = scan,
            Source = source,
            Y = scanned,
            Shape = (_config.MambaNumHeads, _config.MambaHeadDim, _config.MambaGroups, _config.SsmStateSize),
        };
        if (form == ScanForm.Chunked && inputs.Count > 1) ChunkedScan.Apply(operands, _config.ChunkSize, step.Scratch, step.Workers);
        else SelectiveScan.Apply(operands, step.Workers);
    }
}
