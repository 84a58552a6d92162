using System.Text.Json;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;
using NemotronSharp.Training.Model;

namespace NemotronSharp.Training.Pretraining;

/// <summary>
/// Everything a run needs to go on as if it had never stopped: FP32 weights, AdamW moments and the step. The data position and
/// all randomness are functions of the recipe's seed and the step, so nothing else is kept.
/// </summary>
internal static class TrainingCheckpoint
{
    private const string StateFile = "state.json", WeightsFile = "training.safetensors", Prefix = "step-";

    private sealed record State(int Step, string Model);

    /// <summary>Writes <c>step-NNNNNN</c> under a folder, atomically, and deletes all but the newest few.</summary>
    public static void Save(string folder, int step, HybridLanguageModel model, AdamW optimizer, int keep)
    {
        Directory.CreateDirectory(folder);
        AtomicFolder.Write(Path.Combine(folder, $"{Prefix}{step:D7}"), temporary =>
        {
            var tensors = new List<TensorContent>();
            foreach (var parameter in model.Parameters.All)
                tensors.Add(TensorContent.FromSingles(parameter.Name, TensorType.F32, parameter.Tensor.shape, parameter.Tensor.Singles()));
            for (var i = 0; i < optimizer.Parameters.Count; i++)
            {
                var parameter = optimizer.Parameters[i];
                var (first, second) = optimizer.Moments(i);
                tensors.Add(TensorContent.FromSingles($"adamw.first.{parameter.Name}", TensorType.F32, parameter.Tensor.shape, first));
                tensors.Add(TensorContent.FromSingles($"adamw.second.{parameter.Name}", TensorType.F32, parameter.Tensor.shape, second));
            }
            SafetensorsWriter.Write(Path.Combine(temporary, WeightsFile), tensors);
            File.WriteAllText(Path.Combine(temporary, StateFile), JsonSerializer.Serialize(new State(step, model.Config.ToJson())));
        });
        foreach (var (old, _) in All(folder).OrderByDescending(c => c.Step).Skip(keep)) Directory.Delete(old, recursive: true);
    }

    /// <summary>Puts the newest checkpoint under a folder into model and optimizer.</summary>
    /// <returns>Steps done.</returns>
    /// <exception cref="InvalidDataException">There is none, it is of another model, or it is malformed.</exception>
    public static int Restore(string folder, HybridLanguageModel model, AdamW optimizer)
    {
        if (!All(folder).Any()) throw new InvalidDataException($"{folder}: found no checkpoint to resume from");
        var newest = All(folder).MaxBy(c => c.Step).Path;
        State state;
        try
        {
            state = JsonSerializer.Deserialize<State>(File.ReadAllText(Path.Combine(newest, StateFile))) ?? throw new InvalidDataException($"{newest}/{StateFile}: found null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{newest}/{StateFile}: {e.Message}", e);
        }
        // Read and written again: how a config is spelled may change between versions, what it means may not.
        if (NemotronConfig.FromJson(state.Model, $"{newest}/{StateFile}: model").ToJson() != model.Config.ToJson()) throw new InvalidDataException($"{newest}: is a checkpoint of another model shape than the recipe's");

        using var file = SafetensorsFile.Open(Path.Combine(newest, WeightsFile));
        foreach (var parameter in model.Parameters.All)
            parameter.Tensor.Set(Find(parameter.Name, parameter));
        for (var i = 0; i < optimizer.Parameters.Count; i++)
        {
            var parameter = optimizer.Parameters[i];
            optimizer.SetMoments(i, Find($"adamw.first.{parameter.Name}", parameter), Find($"adamw.second.{parameter.Name}", parameter));
        }
        return state.Step;

        float[] Find(string name, Parameter parameter)
        {
            if (!file.Tensors.TryGetValue(name, out var tensor) || tensor.Type != TensorType.F32 || !tensor.Shape.SequenceEqual(parameter.Tensor.shape))
                throw new InvalidDataException($"{newest}/{WeightsFile}: expected tensor '{name}', F32 [{string.Join(", ", parameter.Tensor.shape)}]");
            return tensor.ToSingles();
        }
    }

    /// <summary>Whether a folder holds a checkpoint.</summary>
    public static bool Exists(string folder) => All(folder).Any();

    private static IEnumerable<(string Path, int Step)> All(string folder)
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateDirectories(folder, Prefix + "*"))
            if (int.TryParse(Path.GetFileName(path)[Prefix.Length..], out var step)) yield return (path, step);
    }
}
