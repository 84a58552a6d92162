using System.Text.Json.Nodes;
using NemotronSharp.Generation;
using NemotronSharp.LlamaCpp;

namespace NemotronSharp.Conformance.Tests;

/// <summary>The model that ships: the same text from both engines, each with its own tokenizer.</summary>
public sealed class PicoTests : IDisposable
{
    private const int PerSkill = 5, MostTokens = 64, ContextTokens = 2048;

    private static readonly string Pico = RepoPaths.InRepo("models", "pico");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Greedy_texts_are_llama_cpp_s()
    {
        var path = _folder.File("pico.gguf");
        GgufModels.Convert(Pico, path);
        using var ours = ChatModel.Load(path, EngineOptions.Float32 with { Threads = 1 });
        using var theirs = LlamaModel.Load(path);
        using var context = new LlamaContext(theirs, new LlamaOptions { Threads = 1, ContextTokens = ContextTokens });
        var (different, order) = (new List<string>(), 0);
        foreach (var skill in Conversations().GroupBy(c => c["task"]!.GetValue<string>()))
        {
            int prompts = 0, equalIds = 0, tokens = 0, equalTexts = 0;
            foreach (var conversation in Spread([.. skill]))
            {
                prompts++;
                var prompt = ours.Render(conversation["messages"]!.AsArray(), new ChatOptions { Thinking = conversation["thinking"]!.GetValue<bool>(), Tools = conversation["tools"]?.AsArray() });
                int[] ids = ours.Tokenizer.Encode(prompt), theirIds = theirs.Tokenize(prompt.Value, parseSpecial: true);
                if (ids.SequenceEqual(theirIds)) equalIds++;
                else different.Add($"{conversation["id"]}: prompt: found {string.Join(' ', ids)}, llama.cpp has {string.Join(' ', theirIds)}");

                var (generated, reference) = (Generate(ours, ids), Generate(context, theirIds, ours.StopIds));
                tokens += generated.Length;
                string text = ours.Tokenizer.Decode(generated), theirText = theirs.Detokenize(reference);
                if (text == theirText) equalTexts++;
                else different.Add($"{conversation["id"]}: found \"{text}\", llama.cpp writes \"{theirText}\"");
            }
            ConformanceTable.Pico.Add(order++, skill.Key, $"{prompts}", $"{equalIds}/{prompts}", $"{tokens}", $"{equalTexts}/{prompts}");
        }
        Assert.Empty(different);
        Assert.Equal(10, order);
    }

    // Cases about a document of the reference data hold only its place.
    private static IEnumerable<JsonObject> Conversations() =>
        File.ReadLines(Path.Combine(Pico, "heldout.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject()).Where(c => !c.ContainsKey("document"));

    private static IEnumerable<JsonObject> Spread(JsonObject[] all) => Enumerable.Range(0, PerSkill).Select(i => all[i * all.Length / PerSkill]);

    private static int[] Generate(ChatModel model, int[] prompt)
    {
        using var state = model.Engine.NewSequence();
        return [.. model.Engine.Generate(state, prompt, new GenerationOptions { MaxTokens = MostTokens, StopIds = model.StopIds, Sampling = SamplingOptions.Greedy }, TestContext.Current.CancellationToken)];
    }

    private static List<int> Generate(LlamaContext context, int[] prompt, IEnumerable<int> stopIds)
    {
        context.Clear();
        var (generated, next) = (new List<int>(), 0);
        context.Forward(prompt, 1, (_, logits) => next = Sampler.IndexOfMax(logits));
        while (true)
        {
            generated.Add(next);
            if (generated.Count == MostTokens || stopIds.Contains(next)) return generated;
            context.Forward([next], 1, (_, logits) => next = Sampler.IndexOfMax(logits));
        }
    }
}
