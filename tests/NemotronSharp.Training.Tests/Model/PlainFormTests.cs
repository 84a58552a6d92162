using NemotronSharp.Training.Model;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Tests.Model;

/// <summary>The form of the model for accelerators against the one of fused kernels: the same losses and gradients.</summary>
public class PlainFormTests
{
    [Theory]
    [InlineData("M", 0)]
    [InlineData("*", 0)]
    [InlineData("E", 0)]
    [InlineData("M*E-ME", 2)]
    public void Losses_and_gradients_are_those_of_the_fused_form(string pattern, int mtpDepth)
    {
        var config = TinyModel.Config(pattern, mtpDepth);
        int[] documents = [.. Enumerable.Range(0, 96).Select(t => t % 48 < 9 ? 0 : t % 48 < 10 ? 1 : 2)];
        var (losses, gradients) = Run(config, documents, fused: true);
        var (plainLosses, plainGradients) = Run(config, documents, fused: false);

        Assert.Equal(mtpDepth + 1, losses.Length);
        for (var depth = 0; depth <= mtpDepth; depth++) Assert.Equal(losses[depth], plainLosses[depth], 1e-4 * losses[depth]);
        foreach (var (name, expected) in gradients)
        {
            var scale = expected.Max(Math.Abs);
            Assert.True(scale > 0, name);
            for (var i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - plainGradients[name][i]) < 2e-4 * scale, $"{name}[{i}]: {expected[i]} fused, {plainGradients[name][i]} plain");
        }
    }

    private static (double[] Losses, Dictionary<string, float[]> Gradients) Run(NemotronConfig config, int[] documents, bool fused)
    {
        using var model = TinyModel.Create(config);
        using var batch = TinyModel.Batch(config, 2, TinyModel.Ids(documents.Length, 5), documents);
        using var pass = new ForwardPass(ScalarType.Float32, fused);
        using var scope = NewDisposeScope();
        var losses = model.Losses(batch, pass);
        losses.Aggregate((a, b) => a + b).backward();
        return ([.. losses.Select(l => (double)l.item<float>())], model.Parameters.All.Where(p => p.Learned).ToDictionary(p => p.Name, p => p.Tensor.grad!.Singles()));
    }
}
