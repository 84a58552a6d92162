using System.Diagnostics;
using System.Runtime.InteropServices;
using NemotronSharp.Generation;

namespace NemotronSharp.LlamaCpp;

/// <summary>What is asked of one engine.</summary>
/// <param name="Model">A GGUF file.</param>
/// <param name="Ids">The prompt.</param>
/// <param name="Rows">Of how many tokens of the prompt, counted from the end, logits are written.</param>
/// <param name="Tokens">Tokens to generate greedily after it.</param>
/// <param name="Threads">Threads that compute.</param>
/// <param name="Activations">In which numbers this engine computes, see <see cref="NemotronSharpSubject"/>.</param>
/// <param name="LlamaDefaults">llama.cpp's own choice of cache and attention kernel, not <see cref="LlamaOptions.ExactAttention"/>, and this engine's of its cache, not float32.</param>
internal sealed record MeasurementPlan(string Model, int[] Ids, int Rows, int Tokens, int Threads, ActivationPrecision Activations, bool LlamaDefaults);

/// <summary>One engine's results. Times in seconds.</summary>
/// <param name="Load">From before the file is opened until a model and an empty sequence are there.</param>
/// <param name="Prompt">The prompt, until its last logits.</param>
/// <param name="Decode">All generated tokens but the first, which the prompt's logits give.</param>
/// <param name="Generated">Generated ids; a generation does not stop at end ids.</param>
/// <param name="Memory">After the last token.</param>
internal sealed record Measurement(double Load, double Prompt, double Decode, int[] Generated, ProcessMemory Memory)
{
    /// <summary>Runs an engine in this process; the prompt's last logits go to a file, float32, one row after the other.</summary>
    public static Measurement Take(bool llama, MeasurementPlan plan, string logitsPath)
    {
        var watch = Stopwatch.StartNew();
        using ISubject subject = llama
            ? new LlamaSubject(plan.Model, new LlamaOptions { Threads = plan.Threads, ContextTokens = plan.Ids.Length + plan.Tokens, ExactAttention = !plan.LlamaDefaults })
            : new NemotronSharpSubject(plan.Model, plan.Threads, plan.Activations, plan.LlamaDefaults ? new EngineOptions().KeyValues : KeyValuePrecision.Float32);
        var load = watch.Elapsed.TotalSeconds;

        var next = 0;
        using var file = new FileStream(logitsPath, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        subject.Forward(plan.Ids, plan.Rows, (_, logits) =>
        {
            file.Write(MemoryMarshal.AsBytes(logits));
            next = Sampler.IndexOfMax(logits);
        });
        var prompt = watch.Elapsed.TotalSeconds - load;

        var generated = new List<int>();
        for (var begin = watch.Elapsed; ;)
        {
            generated.Add(next);
            if (generated.Count >= plan.Tokens) return new Measurement(load, prompt, (watch.Elapsed - begin).TotalSeconds, [.. generated], ProcessMemory.Read());
            subject.Forward([next], 1, (_, logits) => next = Sampler.IndexOfMax(logits));
        }
    }
}
