using System.Text.Json.Nodes;
using NemotronSharp.Generation;

namespace NemotronSharp.Tests.Generation;

/// <summary>The model that ships, on its own held-out prompts: with drafts and without, the same text.</summary>
public sealed class PicoSpeculationTests
{
    private const int OfEach = 20, MostTokens = 48;

    private static readonly string Pico = RepoPaths.InRepo("models", "pico");

    [Fact]
    public void Texts_of_hundreds_of_prompts_are_those_of_plain_decoding()
    {
        using var model = ChatModel.Load(Pico, new EngineOptions { Threads = 2 });
        var (prompts, all, different) = (Prompts(model), default(SpeculationStatistics), new List<string>());
        for (var p = 0; p < prompts.Count; p++)
        {
            // Greedy, or with the temperature at which pico is no longer sure; every length of drafts, fixed and adapting.
            var sampling = p % 3 == 2 ? new SamplingOptions { Temperature = 1.5f, Seed = (ulong)p } : SamplingOptions.Greedy;
            var options = new GenerationOptions { MaxTokens = MostTokens, StopIds = model.StopIds, Sampling = sampling, MostDrafts = 1 + p % 5, AdaptDrafts = p % 2 == 0 };
            var (expected, _) = Decode(model, prompts[p], options with { MostDrafts = 0 });
            var (found, statistics) = Decode(model, prompts[p], options);
            if (!found.SequenceEqual(expected)) different.Add($"prompt {p}: found \"{model.Tokenizer.Decode(found)}\", plain decoding writes \"{model.Tokenizer.Decode(expected)}\"");
            all += statistics;
        }

        Assert.Empty(different);
        Assert.True(prompts.Count >= 300, $"found {prompts.Count} prompts");
        Assert.True(all.Accepted > 1000, $"found {all}");
    }

    private static (int[] Ids, SpeculationStatistics Statistics) Decode(ChatModel model, int[] prompt, GenerationOptions options)
    {
        using var state = model.Engine.NewSequence();
        var tokens = model.Engine.Generate(state, prompt, options, TestContext.Current.CancellationToken);
        return ([.. tokens], tokens.Speculation);
    }

    // The shortest prompts of each skill; cases about a document of the reference data hold only its place.
    private static List<int[]> Prompts(ChatModel model) =>
        [.. File.ReadLines(Path.Combine(Pico, "heldout.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject()).Where(c => !c.ContainsKey("document"))
            .GroupBy(c => ((string?)c["task"], (bool)c["thinking"]!))
            .SelectMany(group => group.Select(c => Encode(model, c)).OrderBy(ids => ids.Length).Take(OfEach))];

    private static int[] Encode(ChatModel model, JsonObject one) =>
        model.Tokenizer.Encode(model.Render(one["messages"]!.AsArray(), new ChatOptions { Thinking = (bool)one["thinking"]!, Tools = one["tools"]?.AsArray() }));
}
