using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;
using NemotronSharp.Training.Model;

namespace NemotronSharp.Training.Pretraining;

/// <summary>
/// Checkpoint merging: an average of the weights along a stretch of constant learning rate stands in for a decay of the rate
/// (Nemotron 3 Super, pretraining). With the decay's multiplier g(u) = 1 − sqrt(u), the snapshot at share u of the window weighs
/// g(u) − g(next u), which is what the updates would have weighed under that decay.
/// </summary>
/// <param name="folder">Where the run's snapshots lie; they survive a killed process.</param>
/// <param name="window">Which steps are averaged.</param>
internal sealed class CheckpointMerge(string folder, MergeWindow window)
{
    private IEnumerable<int> Steps => Enumerable.Range(0, (window.ToStep - window.FromStep) / window.Every + 1).Select(i => window.FromStep + i * window.Every);

    /// <summary>The weight of each of n snapshots, oldest first; they add up to 1.</summary>
    public static double[] Weights(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Math.Sqrt((i + 1.0) / count) - Math.Sqrt((double)i / count))];

    /// <summary>Keeps the weights after a step, if the window wants them.</summary>
    public void Observe(int step, HybridLanguageModel model)
    {
        if (!Steps.Contains(step)) return;
        Directory.CreateDirectory(folder);
        var file = File(step);
        SafetensorsWriter.Write(file + ".new", [.. model.Parameters.All.Select(p => TensorContent.FromSingles(p.Name, TensorType.F32, p.Tensor.shape, p.Tensor.Singles()))]);
        System.IO.File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Puts the average into a model.</summary>
    /// <exception cref="InvalidDataException">A snapshot is missing or of another model.</exception>
    public void Fill(HybridLanguageModel model)
    {
        var steps = Steps.ToArray();
        var weights = Weights(steps.Length);
        var sums = model.Parameters.All.ToDictionary(p => p.Name, p => new float[p.Tensor.numel()]);
        for (var i = 0; i < steps.Length; i++)
        {
            if (!System.IO.File.Exists(File(steps[i]))) throw new InvalidDataException($"{File(steps[i])}: the recipe merges the weights after step {steps[i]}, but this run has not kept them");
            using var snapshot = SafetensorsFile.Open(File(steps[i]));
            foreach (var parameter in model.Parameters.All)
            {
                if (!snapshot.Tensors.TryGetValue(parameter.Name, out var tensor) || !tensor.Shape.SequenceEqual(parameter.Tensor.shape))
                    throw new InvalidDataException($"{File(steps[i])}: expected tensor '{parameter.Name}' [{string.Join(", ", parameter.Tensor.shape)}]");
                var sum = sums[parameter.Name];
                var values = tensor.ToSingles();
                for (var k = 0; k < sum.Length; k++) sum[k] += (float)weights[i] * values[k];
            }
        }
        foreach (var parameter in model.Parameters.All) parameter.Tensor.Set(sums[parameter.Name]);
    }

    private string File(int step) => Path.Combine(folder, $"step-{step:D7}.safetensors");
}
