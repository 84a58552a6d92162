using NemotronSharp.Training.Model;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Tests.Model;

/// <summary>Gradients of the whole model's loss against differences of that loss, one parameter tensor at a time.</summary>
public class GradientTests
{
    [Theory]
    [InlineData("M")]
    [InlineData("*")]
    [InlineData("E")]
    [InlineData("-")]
    [InlineData("M*E-")]
    public void Loss_falls_along_the_gradient_as_fast_as_the_gradient_says(string pattern)
    {
        var config = TinyModel.Config(pattern);
        using var model = TinyModel.Create(config);
        // The same experts whatever the scores: which ones are chosen is a step, and steps have no gradient.
        foreach (var router in model.Routers)
            for (var e = 0; e < config.RoutedExperts; e += 3) router.CorrectionBias.data<float>()[e] = 10;
        int[] documents = [.. Enumerable.Range(0, 48).Select(t => t % 24 < 9 ? 0 : t % 24 < 10 ? 1 : 2)];
        using var batch = TinyModel.Batch(config, 2, TinyModel.Ids(48, 5), documents);
        Loss(model, batch).backward();

        foreach (var parameter in model.Parameters.All.Where(p => p.Learned))
        {
            using var scope = NewDisposeScope();
            using var gradient = parameter.Tensor.grad!;
            var norm = gradient.norm().item<float>();
            Assert.True(norm > 1e-4, $"{parameter.Name}: gradient {norm}");
            // A change of 0.05 in a loss of some 200 is far above its rounding; a tenth of the weights' own size is near enough to be straight.
            var reach = Math.Min(0.05 / norm, 0.1 * parameter.Tensor.norm().item<float>());
            var slope = (At(reach) - At(-reach)) / (2 * reach);
            Assert.True(Math.Abs(slope - norm) < 0.03 * norm + 2e-4 / reach, $"{parameter.Name}: the gradient says {norm}, the loss {slope}");

            double At(double distance)
            {
                using var _ = no_grad();
                using var original = parameter.Tensor.clone();
                parameter.Tensor.add_(gradient * (distance / norm));
                var loss = Loss(model, batch).item<double>();
                parameter.Tensor.copy_(original);
                return loss;
            }
        }
    }

    private static Tensor Loss(HybridLanguageModel model, PackedBatch batch) =>
        model.Losses(batch, new ForwardPass(ScalarType.Float32)).Aggregate((a, b) => a + b).to(float64);
}
