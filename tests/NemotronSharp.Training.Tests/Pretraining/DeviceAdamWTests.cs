using NemotronSharp.Training.Model;
using NemotronSharp.Training.Pretraining;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Tests.Pretraining;

/// <summary>The optimizer for accelerators, run on the CPU, against the one for the CPU.</summary>
public class DeviceAdamWTests
{
    [Fact]
    public void Updates_are_those_of_the_CPU()
    {
        using var host = TinyModel.Create(TinyModel.Config());
        using var device = TinyModel.Create(TinyModel.Config());
        static bool Reached(Parameter parameter) => !parameter.Name.StartsWith(MtpHead.Prefix, StringComparison.Ordinal);
        using AdamW expected = AdamW.For(host.Parameters, Reached, 0.9, 0.95, 0.1);
        using AdamW actual = new DeviceAdamW([.. device.Parameters.All.Where(p => p.Learned)], Reached, 0.9, 0.95, 0.1);
        Assert.IsType<HostAdamW>(expected);

        for (var step = 0; step < 4; step++)
        {
            Backward(host);
            Backward(device);
            var norm = expected.GradientNorm();
            Assert.Equal(norm, actual.GradientNorm(), 1e-4 * norm);
            expected.Step(step, 0.01, 1 / norm);
            actual.Step(step, 0.01, 1 / norm);
        }

        foreach (var (a, b) in host.Parameters.All.Zip(device.Parameters.All))
            Assert.True(allclose(a.Tensor, b.Tensor, rtol: 1e-4, atol: 1e-4), a.Name);
        for (var i = 0; i < expected.Parameters.Count; i++)
            Assert.True(expected.Moments(i).First.Zip(actual.Moments(i).First).All(m => Math.Abs(m.First - m.Second) < 1e-3), expected.Parameters[i].Name);
    }

    [Fact]
    public void What_no_loss_reaches_stays_as_it_is()
    {
        using var model = TinyModel.Create(TinyModel.Config());
        var before = model.Parameters.All.ToDictionary(p => p.Name, p => p.Tensor.Singles());
        using var optimizer = new DeviceAdamW([.. model.Parameters.All.Where(p => p.Learned)], p => !p.Name.StartsWith(MtpHead.Prefix, StringComparison.Ordinal), 0.9, 0.95, 0.1);
        Backward(model);
        optimizer.Step(0, 0.01, 1);
        foreach (var parameter in model.Parameters.All.Where(p => p.Learned))
            Assert.Equal(parameter.Name.StartsWith(MtpHead.Prefix, StringComparison.Ordinal), before[parameter.Name].SequenceEqual(parameter.Tensor.Singles()));
    }

    [Fact]
    public void Moments_that_are_set_are_the_moments()
    {
        using var model = TinyModel.Create(TinyModel.Config());
        using var optimizer = new DeviceAdamW([.. model.Parameters.All.Where(p => p.Learned)], _ => true, 0.9, 0.95, 0.1);
        Backward(model);
        optimizer.Step(0, 0.01, 1);
        var (first, second) = optimizer.Moments(3);
        float[] other = [.. first.Select(m => m + 1)];
        optimizer.SetMoments(3, other, second);
        Assert.Equal(other, optimizer.Moments(3).First);
        Assert.Equal(second, optimizer.Moments(3).Second);
    }

    // The next-token loss alone, so that the MTP head gets no gradient.
    private static void Backward(HybridLanguageModel model)
    {
        using var scope = NewDisposeScope();
        using var batch = TinyModel.Batch(model.Config, 1, TinyModel.Ids(32, 7), new int[32]);
        using var pass = new ForwardPass(ScalarType.Float32);
        model.Losses(batch, pass)[0].backward();
    }
}
