using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using NemotronSharp.Generation;
using static System.FormattableString;

namespace NemotronSharp.Bench;

/// <summary>
/// Decoding with drafts beside decoding without, prompt by prompt in turns, on the prompts of a cases file or on random ids: what share of the drafts is right, what a step costs,
/// and how much sooner the same text is there. Texts that differ are an error.
/// </summary>
internal static class SpeculationBenchmark
{
    private const string Usage = """
        scripts/speculation [-m MODEL] [--cases FILE | --random N] [--limit N] [-n TOKENS] [-t THREADS] [--temperature T] [--drafts 1,2,3,adapt]

        The first --limit prompts (8) of each skill and thinking mode of the cases (MODEL/heldout.jsonl), or N random prompts of 64 ids where a model has no tokenizer.
        """;

    private static readonly string[] Names = ["-m", "--cases", "--random", "--limit", "-n", "-t", "--temperature", "--drafts"];

    public static int Run(string[] arguments)
    {
        if (arguments.Length % 2 != 0 || arguments.Where((_, i) => i % 2 == 0).Any(name => !Names.Contains(name)))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        var given = arguments.Chunk(2).GroupBy(pair => pair[0]).ToDictionary(pairs => pairs.Key, pairs => pairs.Last()[1]);
        string Text(string name, string otherwise) => given.GetValueOrDefault(name, otherwise);
        int Number(string name, int otherwise) => given.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
        var options = new GenerationOptions
        {
            MaxTokens = Number("-n", 320),
            Sampling = new SamplingOptions { Temperature = float.Parse(Text("--temperature", "0"), CultureInfo.InvariantCulture), Seed = 1 },
        };
        List<(string, GenerationOptions)> setups =
            [.. Text("--drafts", "1,2,3,4,adapt").Split(',').Select(text => (text, text == "adapt" ? options : options with { MostDrafts = int.Parse(text, CultureInfo.InvariantCulture), AdaptDrafts = false }))];
        var path = Text("-m", "models/pico");
        var engineOptions = new EngineOptions { Threads = Number("-t", Environment.ProcessorCount) };
        if (Number("--random", 0) is > 0 and var count)
        {
            using var engine = NemotronEngine.Load(path, engineOptions);
            var random = new Random(1);
            Measure(engine, [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 64).Select(_ => random.Next(engine.Config.VocabSize)).ToArray())], setups);
            return 0;
        }

        using var model = ChatModel.Load(path, engineOptions);
        var prompts = Prompts(model, Text("--cases", Path.Combine(path, "heldout.jsonl")), Number("--limit", 8));
        Measure(model.Engine, prompts, [.. setups.Select(s => (s.Item1, s.Item2 with { StopIds = model.StopIds }))]);
        return 0;
    }

    // Cases about a document of the reference data hold only its place.
    private static List<int[]> Prompts(ChatModel model, string cases, int limit) =>
        [.. File.ReadLines(cases).Select(line => JsonNode.Parse(line)!.AsObject()).Where(c => !c.ContainsKey("document"))
            .GroupBy(c => ((string?)c["task"], (bool)c["thinking"]!)).SelectMany(group => group.Take(limit))
            .Select(c => model.Tokenizer.Encode(model.Render(c["messages"]!.AsArray(), new ChatOptions { Thinking = (bool)c["thinking"]!, Tools = c["tools"]?.AsArray() })))];

    private static void Measure(NemotronEngine engine, IReadOnlyList<int[]> prompts, List<(string Name, GenerationOptions Options)> setups)
    {
        var pairs = setups.Select(_ => new List<(Answer Plain, Answer Drafted)>()).ToList();
        for (var p = -1; p < prompts.Count; p++)
        {
            // The first prompt comes twice: once to compile code.
            var prompt = prompts[Math.Max(0, p)];
            for (var s = 0; s < setups.Count; s++)
            {
                var drafting = setups[s].Options;
                var without = drafting with { MostDrafts = 0 };
                Answer a, b;
                if ((p + s) % 2 == 0) (a, b) = (Decode(engine, prompt, without), Decode(engine, prompt, drafting));
                else (b, a) = (Decode(engine, prompt, drafting), Decode(engine, prompt, without));
                if (!a.Ids.SequenceEqual(b.Ids)) throw new InvalidOperationException($"prompt {p}: found another text with {setups[s].Name} drafts, expected the same");
                if (p >= 0 && a.Speculation.Steps > 0) pairs[s].Add((a, b));
            }
        }

        Console.WriteLine(Invariant($"{prompts.Count} prompts, {prompts.Sum(p => p.Length)} tokens; {pairs[0].Sum(p => p.Plain.Ids.Count)} generated. Times: medians of the prompts' ratios."));
        Console.WriteLine("| drafts | made | right | tokens a step | a step's time, in plain steps | decoding is faster | the prompt takes |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        for (var s = 0; s < setups.Count; s++)
        {
            var all = pairs[s].Aggregate(default(SpeculationStatistics), (sum, p) => sum + p.Drafted.Speculation);
            var step = Median(pairs[s].Select(p => p.Drafted.StepSeconds / p.Plain.StepSeconds));
            var (faster, prompt) = (Median(pairs[s].Select(p => p.Plain.Seconds / p.Drafted.Seconds)), Median(pairs[s].Select(p => p.Drafted.PromptSeconds / p.Plain.PromptSeconds)));
            Console.WriteLine(Invariant($"| {setups[s].Name} | {all.Drafted} | {all.AcceptedShare:P1} | {1 + (double)all.Accepted / all.Steps:0.00} | {step:0.00} | {faster:0.00}x | {prompt:0.00}x |"));
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static Answer Decode(NemotronEngine engine, int[] prompt, GenerationOptions options)
    {
        using var state = engine.NewSequence();
        var tokens = engine.Generate(state, prompt, options);
        var ids = new List<int>();
        long start = Stopwatch.GetTimestamp(), first = start, last = start;
        foreach (var id in tokens)
        {
            last = Stopwatch.GetTimestamp();
            if (ids.Count == 0) first = last;
            ids.Add(id);
        }
        return new Answer(ids, Stopwatch.GetElapsedTime(start, first).TotalSeconds, Stopwatch.GetElapsedTime(first, last).TotalSeconds, tokens.Speculation);
    }

    private sealed record Answer(List<int> Ids, double PromptSeconds, double Seconds, SpeculationStatistics Speculation)
    {
        public double StepSeconds => Seconds / Speculation.Steps;
    }
}
