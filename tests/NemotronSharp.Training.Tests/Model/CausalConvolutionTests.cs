using NemotronSharp.Training.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Tests.Model;

public class CausalConvolutionTests
{
    [Theory]
    [InlineData(32, 4)]
    [InlineData(37, 4)]     // channels beyond whole vectors
    [InlineData(19, 3)]
    public void Fused_form_and_its_gradients_equal_plain_operations(int channels, int taps)
    {
        var config = TinyModel.Config("M", 0);
        int[] documents = [.. Enumerable.Range(0, 48).Select(t => t < 5 ? 0 : t < 6 ? 1 : t < 24 ? 2 : t < 26 ? 3 : 4)];
        using var batch = TinyModel.Batch(config, 2, new int[48], documents);
        using var masks = new PlainMasks(batch, ScalarType.Float32);
        using var scope = NewDisposeScope();
        manual_seed(1);
        var inputs = new[] { randn(2, 24, channels), randn(channels, 1, taps), randn(channels) };
        var weights = randn(2, 24, channels);

        var (fused, fusedGradients) = Run(a => CausalConvolution.Apply(a[0], a[1], a[2], batch), inputs, weights);
        var (plain, plainGradients) = Run(a => PlainOps.Convolution(a[0], a[1], a[2], masks), inputs, weights);

        Assert.True(allclose(plain, fused, rtol: 1e-4, atol: 1e-5));
        for (var i = 0; i < 3; i++) Assert.True(allclose(plainGradients[i], fusedGradients[i], rtol: 1e-3, atol: 1e-4), $"gradient of input {i}");
    }

    private static (Tensor Value, Tensor[] Gradients) Run(Func<Tensor[], Tensor> function, Tensor[] inputs, Tensor weights)
    {
        Tensor[] leaves = [.. inputs.Select(x => x.detach().clone().requires_grad_())];
        var value = function(leaves);
        (value * weights).sum().backward();
        return (value.detach(), [.. leaves.Select(x => x.grad!)]);
    }
}
