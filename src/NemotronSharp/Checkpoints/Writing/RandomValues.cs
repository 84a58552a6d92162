using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>
/// Random values in a shape, a pure function of seed, name and place: activations stay near one through any number of layers, experts are really chosen,
/// and outputs are finite. The raw material of benchmarks, not of training.
/// </summary>
internal sealed class RandomValues(NemotronConfig config, ulong seed) : ModelValues(config)
{
    private static readonly string[] Outputs = [".out_proj.weight", ".o_proj.weight", ".down_proj.weight", ".fc2_latent_proj.weight"];

    public override MatrixValues Matrix(string name, int rows, int columns) => new RandomMatrix(name, rows, columns, Key(name), Deviation(name, columns));

    // A product of independent numbers near one is near one again if weights are of the size 1/√K. What L layers add to the residual stream is 1/√L of that,
    // as in the family (rescale_prenorm_residual): the stream stays near one, and no layer drowns the others.
    private float Deviation(string name, int columns) => name switch
    {
        _ when name.StartsWith("backbone.embeddings.", StringComparison.Ordinal) => 1,
        _ when WritesResidual(name) => 1 / MathF.Sqrt((float)columns * Config.Layers.Length),
        _ => 1 / MathF.Sqrt(columns),
    };

    private bool WritesResidual(string name) => name.Contains(".experts.", StringComparison.Ordinal)
        ? Config.MoeLatentSize == 0 && name.EndsWith(".down_proj.weight", StringComparison.Ordinal)
        : Outputs.Any(output => name.EndsWith(output, StringComparison.Ordinal));

    public override float[] Floats(string name, IReadOnlyList<long> shape)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        NormalSource.Fill(Key(name), 0, 1, values);
        var last = name[(name[..name.LastIndexOf('.')].LastIndexOf('.') + 1)..];
        for (var i = 0; i < values.Length; i++) values[i] = Value(name, last, values[i], i, shape[^1]);
        return values;
    }

    // The family's own first values where it states them: rates of 1 to 16, time steps of 0.001 to 0.1, one in norms and D.
    private static float Value(string name, string last, float normal, int i, long columns) => last switch
    {
        "conv1d.weight" => normal / 2,
        "conv1d.bias" or "gate.e_score_correction_bias" => normal / 50,
        "gate.weight" => normal / MathF.Sqrt(columns),
        _ when name.EndsWith(".A_log", StringComparison.Ordinal) => MathF.Log(1 + i % 16),
        _ when name.EndsWith(".dt_bias", StringComparison.Ordinal) => InverseSoftplus(0.001f * MathF.Pow(100, (normal + 4) / 8)),
        _ when name.EndsWith(".D", StringComparison.Ordinal) => 1,
        _ => 1 + normal / 50,
    };

    private static float InverseSoftplus(float step) => step + MathF.Log(-MathF.Exp(-step) + 1);

    // FNV-1a: names are public, so nothing stronger is needed.
    private ulong Key(string name)
    {
        var hash = 14695981039346656037 ^ seed * 0x9E3779B97F4A7C15;
        foreach (var c in name) hash = (hash ^ c) * 1099511628211;
        return hash;
    }

    private sealed class RandomMatrix(string name, int rows, int columns, ulong key, float deviation) : MatrixValues(name, rows, columns)
    {
        public override float Largest() => NormalSource.Largest * deviation;

        public override void CopyRow(int row, Span<float> destination) => NormalSource.Fill(key, row, deviation, destination);
    }
}
