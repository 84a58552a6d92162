using System.Diagnostics;
using NemotronSharp.Training.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Pretraining;

/// <summary>
/// The optimisation loop's state: model, optimizer and step. The same recipe gives the same weights, bit for bit, however
/// often the run is stopped and resumed (with the same number of threads). One thread at a time.
/// </summary>
internal sealed class Trainer : IDisposable
{
    private readonly Recipe _recipe;
    private readonly LearningRate _schedule;
    private readonly ScalarType _precision;
    private readonly Ahead _batches;
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <param name="recipe">A validated recipe.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="batches">The batches of a step; the trainer disposes them.</param>
    /// <param name="kin">Tokens that begin alike, see <see cref="InitialWeights"/>.</param>
    /// <param name="device">Where the arithmetic runs; the CPU if null. Bits repeat on the CPU alone.</param>
    public Trainer(Recipe recipe, NemotronConfig config, Func<int, List<PackedBatch>> batches, IReadOnlyList<int>? kin = null, Device? device = null)
    {
        _recipe = recipe;
        _schedule = recipe.Schedule;
        _precision = recipe.Precision == "bfloat16" ? ScalarType.BFloat16 : ScalarType.Float32;
        _batches = new Ahead(batches, recipe.Steps);
        Model = new HybridLanguageModel(config, recipe.Seed, new InitialWeights(recipe.InitialStd, recipe.EmbeddingStd, kin, recipe.Mimetic), device);
        if (recipe.Train == "mtp") Model.Parameters.Freeze(parameter => !parameter.Name.StartsWith(MtpHead.Prefix, StringComparison.Ordinal));
        bool Reached(Parameter parameter) => recipe.MtpDepths != 0 || !parameter.Name.StartsWith(MtpHead.Prefix, StringComparison.Ordinal);
        Optimizer = AdamW.For(Model.Parameters, Reached, recipe.Beta1, recipe.Beta2, recipe.WeightDecay);
    }

    public HybridLanguageModel Model { get; }

    public AdamW Optimizer { get; }

    /// <summary>Steps done.</summary>
    public int StepsDone { get; private set; }

    public bool Finished => StepsDone >= _recipe.Steps;

    /// <summary>Steps whose gradients were not finite, so that no update was made.</summary>
    public int SkippedSteps { get; private set; }

    public void Save(string folder) => TrainingCheckpoint.Save(folder, StepsDone, Model, Optimizer, _recipe.KeepCheckpoints);

    public void Resume(string folder) => StepsDone = TrainingCheckpoint.Restore(folder, Model, Optimizer);

    /// <summary>Begins with the weights of a finished stage instead of random ones.</summary>
    /// <param name="folder">Its <c>final</c> or <c>merged</c> folder: FP32 weights of a model of the same shape.</param>
    public void Begin(string folder) => ModelFolder.Fill(Model, folder);

    /// <summary>One optimizer step: all micro-batches forward and backward, clip, update, balance the routers.</summary>
    public StepReport Step()
    {
        var begun = _clock.Elapsed;
        using var scope = NewDisposeScope();
        var batches = _batches.At(StepsDone);
        var targets = new double[batches.Max(b => b.Targets.Count)];
        foreach (var batch in batches)
            for (var depth = 0; depth < batch.Targets.Count; depth++) targets[depth] += batch.Targets[depth].Positions.numel();
        foreach (var router in Model.Routers) router.ResetLoad();

        // Read at the end of the step: an accelerator would have to catch up with each number asked for.
        var losses = new List<Tensor>[targets.Length];
        for (var depth = 0; depth < losses.Length; depth++) losses[depth] = [];
        using var observed = new ForwardPass(_precision, Fused) { Observes = true };
        long positions = 0;
        foreach (var batch in batches)
        {
            batch.MoveTo(Model.Parameters.Device);
            using var other = new ForwardPass(_precision, Fused);
            Backward(batch, positions == 0 ? observed : other, targets, losses, batches.Sum(b => b.MicroBatches));
            positions += (long)batch.Rows * batch.Length;
            batch.Dispose();
        }
        var sums = losses.Select(of => of.Sum(loss => (double)loss.item<float>())).ToArray();

        var norm = Optimizer.GradientNorm();
        var rate = _schedule.At(StepsDone);
        if (double.IsFinite(norm))
        {
            Optimizer.Step(StepsDone, rate, Math.Min(1, _recipe.ClipNorm / (norm + 1e-6)));
            foreach (var router in _recipe.Train == "mtp" ? Model.MtpRouters : Model.Routers) router.Balance(_recipe.BiasRate);
        }
        else
        {
            SkippedSteps++;
            Optimizer.ClearGradients();
        }

        StepsDone++;
        var seconds = (_clock.Elapsed - begun).TotalSeconds;
        var mtp = targets.Length > 1 ? sums.Skip(1).Zip(targets.Skip(1), (s, n) => s / Math.Max(1, n)).Average() : 0;
        return new StepReport(StepsDone, sums[0] / Math.Max(1, targets[0]), mtp, rate, norm,
            Model.Routers.Select(r => r.MaxViolation).DefaultIfEmpty(1).Max(), positions / seconds, seconds, _clock.Elapsed.TotalSeconds)
        {
            Tokens = positions,
            MaxViolations = [.. Model.Routers.Select(r => Math.Round(r.MaxViolation, 3))],
            Norms = [.. observed.Norms.Select(n => Math.Round(n, 4))],
        };
    }

    /// <summary>Mean next-token loss over batches, in FP32 (nats).</summary>
    public double Validate(IReadOnlyList<PackedBatch> batches)
    {
        using var gradients = no_grad();
        double sum = 0, count = 0;
        foreach (var batch in batches)
        {
            using var scope = NewDisposeScope();
            batch.MoveTo(Model.Parameters.Device);
            using var pass = new ForwardPass(ScalarType.Float32, Fused);
            sum += Model.Losses(batch, pass)[0].item<float>();
            count += batch.Targets[0].Positions.numel();
        }
        return sum / Math.Max(1, count);
    }

    private bool Fused => Model.Parameters.Device.type == DeviceType.CPU;

    // Each loss is a mean over the whole step's targets, so the split into micro-batches does not change its weight.
    private void Backward(PackedBatch batch, ForwardPass pass, double[] targets, List<Tensor>[] sums, int microBatches)
    {
        using var scope = NewDisposeScope();
        var losses = Model.Losses(batch, pass);
        Tensor? total = null;
        for (var depth = 0; depth < losses.Count; depth++)
        {
            var weight = depth == 0 ? 1 : _recipe.MtpWeight / (losses.Count - 1);
            var part = losses[depth] * (weight / Math.Max(1, targets[depth]));
            total = total is null ? part : total + part;
        }
        foreach (var balance in pass.BalanceLosses) total = total! + balance * (_recipe.BalanceWeight * batch.MicroBatches / microBatches);
        total!.backward();
        for (var depth = 0; depth < losses.Count; depth++) sums[depth].Add(losses[depth].detach().MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        _batches.Dispose();
        Optimizer.Dispose();
        Model.Dispose();
    }
}
