using NemotronSharp.Training.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Tests.Model;

/// <summary>Every fused function and its gradients against the same formula in separate operations.</summary>
public class FusedFunctionTests
{
    static FusedFunctionTests() => NemotronSharp.Training.Native.TorchNative.Load();

    [Theory]
    [InlineData(5, 32)]
    [InlineData(700, 21)]       // several blocks of rows, a width beyond whole vectors
    public void Rms_norm(int rows, int width) => Same(
        a => RmsNormFunction.Apply(a[0], a[1], 1e-5),
        a => PlainOps.RmsNorm(a[0], a[1], 1e-5),
        [rows, width], [width]);

    [Theory]
    [InlineData(5, 64, 2)]
    [InlineData(300, 63, 3)]
    public void Gated_norm(int rows, int width, int groups) => Same(
        a => GatedNormFunction.Apply(a[0], a[1], a[2], groups, 1e-5),
        a => PlainOps.GatedNorm(a[0], a[1], a[2], groups, 1e-5),
        [rows, width], [rows, width], [width]);

    [Theory]
    [InlineData(6, 4, 16)]
    [InlineData(300, 5, 19)]
    public void Expert_activation(int rows, int experts, int width)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var chosen = randint(0, 2, [rows, experts], dtype: float32);
        Same(
            // The mask is what scattering the routing weights does: zeros outside the choice, no gradient there.
            a => ExpertActivation.Apply(a[0], a[1] * chosen),
            a => PlainOps.ExpertActivation(a[0], a[1] * chosen),
            [rows, experts * width], [rows, experts]);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(24)]     // a whole vector and a rest
    [InlineData(64)]
    public void Chunk_weights(int q)
    {
        const int rows = 2, chunks = 3, heads = 4, groups = 2;
        int[] documents = [.. Enumerable.Range(0, rows * chunks * q).Select(t => t % (chunks * q) < 5 ? 0 : t % (chunks * q) < 6 ? 1 : 2)];
        using var batch = new PackedBatch(rows, new int[documents.Length], new byte[documents.Length], documents, q, 0);
        using var scope = NewDisposeScope();
        using var masks = new PlainMasks(batch, ScalarType.Float32);
        // The steepest decays that training meets: outside the mask the exponential overflows.
        Tensor Decay(Tensor x) => (x.abs() * -20).cumsum(3);
        Same(
            a => ChunkWeights.Apply(Decay(a[0]), a[1], batch),
            a => PlainOps.ChunkWeights(Decay(a[0]), a[1], masks.Chunk),
            [rows, chunks, heads, q], [rows, chunks, groups, q, q]);
    }

    [Fact]
    public void Expert_activation_in_bf16_rounds_once()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        Tensor hidden = randn(40, 3 * 33).to(bfloat16), spread = rand(40, 3);
        var exact = (nn.functional.relu(hidden.to(float32)).square().reshape(40, 3, 33) * spread.unsqueeze(-1)).reshape(40, 99);
        Assert.True(equal(exact.to(bfloat16), ExpertActivation.Apply(hidden, spread)).item<bool>());
    }

    private static Tensor equal(Tensor a, Tensor b) => a.eq(b).all();

    private static void Same(Func<Tensor[], Tensor> fused, Func<Tensor[], Tensor> plain, params long[][] shapes)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        Tensor[] inputs = [.. shapes.Select(s => randn(s))];
        var weights = randn_like(plain(inputs));
        var (value, gradients) = Run(fused, inputs, weights);
        var (expected, expectedGradients) = Run(plain, inputs, weights);
        Assert.True(allclose(expected, value, rtol: 1e-4, atol: 1e-5), "value");
        for (var i = 0; i < inputs.Length; i++) Assert.True(allclose(expectedGradients[i], gradients[i], rtol: 1e-3, atol: 2e-4), $"gradient of input {i}");
    }

    private static (Tensor Value, Tensor[] Gradients) Run(Func<Tensor[], Tensor> function, Tensor[] inputs, Tensor weights)
    {
        Tensor[] leaves = [.. inputs.Select(x => x.detach().clone().requires_grad_())];
        var value = function(leaves);
        (value * weights).sum().backward();
        return (value.detach(), [.. leaves.Select(x => x.grad!)]);
    }
}
