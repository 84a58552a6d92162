using NemotronSharp.Training.Model;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Tests.Model;

/// <summary>The chunked mixer against the definition: one token at a time, in double precision.</summary>
public class Mamba2Tests
{
    [Theory]
    [InlineData(8, new[] { 8 })]                       // one chunk, one document
    [InlineData(32, new[] { 32 })]                     // state carried over four chunks
    [InlineData(32, new[] { 3, 1, 9, 19 })]            // borders inside chunks, a document of one token
    [InlineData(32, new[] { 8, 16, 8 })]               // borders exactly between chunks
    [InlineData(40, new[] { 2, 2, 2, 34 })]            // several borders within the convolution's reach
    public void Chunked_form_equals_the_recurrence(int length, int[] documentLengths)
    {
        var config = TinyModel.Config("M", mtpDepth: 0);
        using var model = TinyModel.Create(config);
        Spread(model);
        var mixer = new Mamba2(new ModelBuilder(config, model.Parameters, new InitialWeights(Std: 0.25)), "other.mixer");
        foreach (var name in Names) model.Parameters[$"other.mixer.{name}"].Tensor.detach().copy_(model.Parameters[$"backbone.layers.0.mixer.{name}"].Tensor.detach());

        var documents = documentLengths.SelectMany((n, i) => Enumerable.Repeat(i, n)).ToArray();
        using var batch = TinyModel.Batch(config, 1, new int[length], documents);
        using var scope = NewDisposeScope();
        manual_seed(5);
        var x = randn(1, length, config.HiddenSize);
        var actual = mixer.Forward(x, batch, new ForwardPass(ScalarType.Float32)).detach().flatten().data<float>().ToArray();
        var input = x.flatten().data<float>().ToArray();

        for (int d = 0, start = 0; d < documentLengths.Length; start += documentLengths[d++])
        {
            var h = config.HiddenSize;
            var expected = Recurrence(config, model, input.AsSpan(start * h, documentLengths[d] * h).ToArray());
            for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[start * h + i], 2e-4 * Math.Max(1, Math.Abs(expected[i])));
        }
    }

    private static readonly string[] Names = ["in_proj.weight", "conv1d.weight", "conv1d.bias", "A_log", "D", "dt_bias", "norm.weight", "out_proj.weight"];

    // Non-trivial D, norm weights and time steps: at their initial values errors could hide.
    private static void Spread(HybridLanguageModel model)
    {
        using var _ = no_grad();
        manual_seed(9);
        foreach (var name in new[] { "D", "dt_bias", "norm.weight" })
        {
            var tensor = model.Parameters[$"backbone.layers.0.mixer.{name}"].Tensor;
            tensor.add_(randn_like(tensor) * 0.5);
        }
    }

    private static double[] Recurrence(NemotronConfig c, HybridLanguageModel model, float[] input)
    {
        double[] W(string name) => [.. model.Parameters[$"backbone.layers.0.mixer.{name}"].Tensor.detach().flatten().data<float>().ToArray().Select(v => (double)v)];
        double[] inProjection = W("in_proj.weight"), convWeight = W("conv1d.weight"), convBias = W("conv1d.bias"), logA = W("A_log"), skip = W("D"),
            deltaBias = W("dt_bias"), norm = W("norm.weight"), outProjection = W("out_proj.weight");
        int h = c.HiddenSize, inner = c.MambaInnerSize, conv = c.MambaConvSize, heads = c.MambaNumHeads, width = c.MambaHeadDim, state = c.SsmStateSize, groups = c.MambaGroups;
        var length = input.Length / h;
        var window = new List<double[]>();
        var states = new double[heads, width, state];
        var result = new double[input.Length];
        for (var t = 0; t < length; t++)
        {
            var p = new double[c.MambaProjectionSize];
            for (var r = 0; r < p.Length; r++)
                for (var i = 0; i < h; i++) p[r] += inProjection[r * h + i] * input[t * h + i];
            window.Add(p[inner..(inner + conv)]);
            var mixed = new double[conv];
            for (var j = 0; j < conv; j++)
            {
                var sum = convBias[j];
                for (var tap = 0; tap < c.ConvKernel; tap++)
                    if (t - (c.ConvKernel - 1) + tap is >= 0 and var at) sum += convWeight[j * c.ConvKernel + tap] * window[at][j];
                mixed[j] = Silu(sum);
            }
            var y = new double[inner];
            for (var head = 0; head < heads; head++)
            {
                var raw = p[inner + conv + head] + deltaBias[head];
                var delta = Math.Log(1 + Math.Exp(raw));
                var decay = Math.Exp(-Math.Exp(logA[head]) * delta);
                var group = head / (heads / groups);
                for (var i = 0; i < width; i++)
                {
                    var x = mixed[head * width + i];
                    var sum = skip[head] * x;
                    for (var n = 0; n < state; n++)
                    {
                        ref var s = ref states[head, i, n];
                        s = decay * s + delta * x * mixed[inner + group * state + n];
                        sum += s * mixed[inner + groups * state + group * state + n];
                    }
                    y[head * width + i] = sum * Silu(p[head * width + i]);
                }
            }
            for (var group = 0; group < groups; group++)
            {
                var part = y.AsSpan(group * inner / groups, inner / groups);
                var mean = 0.0;
                foreach (var v in part) mean += v * v / part.Length;
                foreach (ref var v in part) v /= Math.Sqrt(mean + c.NormEpsilon);
            }
            for (var r = 0; r < h; r++)
                for (var i = 0; i < inner; i++) result[t * h + r] += outProjection[r * inner + i] * y[i] * norm[i];
        }
        return result;
    }

    private static double Silu(double x) => x / (1 + Math.Exp(-x));
}
