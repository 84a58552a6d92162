using System.Text.Json;
using System.Text.Json.Nodes;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;
using NemotronSharp.Training.Model;

namespace NemotronSharp.Training.Pretraining;

/// <summary>The training model to and from a Hugging Face folder.</summary>
internal static class ModelFolder
{
    private const string ExpertsUp = ".experts.up_proj", ExpertsDown = ".experts.down_proj";

    /// <summary>Writes config.json, generation_config.json and model.safetensors: BF16, but FP32 where the family keeps FP32 (the router bias).</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Created if need be; appears complete or not at all.</param>
    /// <param name="attachments">Files to copy beside the weights.</param>
    /// <param name="type">Element type of the weights; F32 keeps every bit.</param>
    public static void Write(HybridLanguageModel model, string folder, IEnumerable<string> attachments, TensorType type = TensorType.BF16)
    {
        AtomicFolder.Write(folder, temporary =>
        {
            HuggingFaceFolder.Write(temporary, model.Config, [.. model.Parameters.All.SelectMany(p => Contents(p, type))]);
            File.WriteAllText(Path.Combine(temporary, "generation_config.json"), GenerationConfig(model.Config));
            foreach (var file in attachments) File.Copy(file, Path.Combine(temporary, Path.GetFileName(file)));
        });
    }

    // A small model is at its best with its likeliest token.
    private static string GenerationConfig(NemotronConfig config) => new JsonObject
    {
        ["bos_token_id"] = config.BosTokenId,
        ["do_sample"] = false,
        ["eos_token_id"] = new JsonArray([.. config.EosTokenIds.Select(id => (JsonNode)id)]),
        ["pad_token_id"] = config.PadTokenId,
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";

    /// <summary>A model with the weights of a Hugging Face folder.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public static HybridLanguageModel Read(string folder)
    {
        using var files = HuggingFaceFolder.Open(folder);
        var model = new HybridLanguageModel(files.Config, seed: 0);
        Fill(model, folder, files);
        return model;
    }

    /// <summary>Puts the weights of a Hugging Face folder into a model.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public static void Fill(HybridLanguageModel model, string folder)
    {
        using var files = HuggingFaceFolder.Open(folder);
        Fill(model, folder, files);
    }

    private static void Fill(HybridLanguageModel model, string folder, HuggingFaceFolder files)
    {
        foreach (var parameter in model.Parameters.All)
        {
            var stacked = parameter.Name.EndsWith(ExpertsUp, StringComparison.Ordinal) || parameter.Name.EndsWith(ExpertsDown, StringComparison.Ordinal);
            if (!stacked)
            {
                parameter.Tensor.Set(Find(parameter.Name, parameter.Tensor.shape));
                continue;
            }
            var transposed = parameter.Name.EndsWith(ExpertsDown, StringComparison.Ordinal);
            var shape = parameter.Tensor.shape;
            var size = (int)(shape[1] * shape[2]);
            var values = new float[parameter.Tensor.numel()];
            for (var expert = 0; expert < shape[0]; expert++)
            {
                var one = Find(ExpertName(parameter.Name, expert), transposed ? [shape[2], shape[1]] : [shape[1], shape[2]]);
                if (transposed) one = Transpose(one, (int)shape[2], (int)shape[1]);
                one.CopyTo(values, expert * size);
            }
            parameter.Tensor.Set(values);
        }

        float[] Find(string name, long[] shape)
        {
            if (!files.Tensors.TryGetValue(name, out var tensor)) throw new InvalidDataException($"{folder}: found no tensor '{name}', expected [{string.Join(", ", shape)}]");
            if (!tensor.Shape.SequenceEqual(shape))
                throw new InvalidDataException($"{folder}: tensor '{name}': found [{string.Join(", ", tensor.Shape)}], expected [{string.Join(", ", shape)}]");
            return tensor.ToSingles();
        }
    }

    private static IEnumerable<TensorContent> Contents(Parameter parameter, TensorType type)
    {
        var values = parameter.Tensor.Singles();
        var shape = parameter.Tensor.shape;
        var transposed = parameter.Name.EndsWith(ExpertsDown, StringComparison.Ordinal);
        if (!transposed && !parameter.Name.EndsWith(ExpertsUp, StringComparison.Ordinal))
        {
            yield return TensorContent.FromSingles(parameter.Name, parameter.Learned ? type : TensorType.F32, shape, values);
            yield break;
        }
        var size = (int)(shape[1] * shape[2]);
        for (var expert = 0; expert < shape[0]; expert++)
        {
            var one = values.AsSpan(expert * size, size).ToArray();
            yield return transposed
                ? TensorContent.FromSingles(ExpertName(parameter.Name, expert), type, [shape[2], shape[1]], Transpose(one, (int)shape[1], (int)shape[2]))
                : TensorContent.FromSingles(ExpertName(parameter.Name, expert), type, [shape[1], shape[2]], one);
        }
    }

    // …experts.up_proj to …experts.N.up_proj.weight
    private static string ExpertName(string stacked, int expert) => stacked.Insert(stacked.LastIndexOf('.'), $".{expert}") + ".weight";

    private static float[] Transpose(float[] values, int rows, int columns)
    {
        var result = new float[values.Length];
        for (var r = 0; r < rows; r++)
            for (var c = 0; c < columns; c++) result[c * rows + r] = values[r * columns + c];
        return result;
    }
}
