using System.Diagnostics;
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

    private static readonly GenerationOptions Plain = new() { MostDrafts = 0 };

    public static int Run(string[] arguments)
    {
        var options = new Dictionary<string, string> { ["-m"] = "models/pico", ["--limit"] = "8", ["-n"] = "320", ["-t"] = Invariant($"{Environment.ProcessorCount}"), ["--temperature"] = "0", ["--drafts"] = "1,2,3,4,adapt" };
        for (var i = 0; i + 1 < arguments.Length; i += 2) options[arguments[i]] = arguments[i + 1];
        if (arguments.Length % 2 != 0 || options.Keys.Any(k => !Usage.Contains(k + ' ', StringComparison.Ordinal)))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        int Number(string name) => int.Parse(options[name], System.Globalization.CultureInfo.InvariantCulture);
        var sampling = new SamplingOptions { Temperature = float.Parse(options["--temperature"], System.Globalization.CultureInfo.InvariantCulture), Seed = 1 };
        var engineOptions = new EngineOptions { Threads = Number("-t") };
        var path = options["-m"];
        var setups = options["--drafts"].Split(',').Select(text => (Name: text, Options: text == "adapt" ? new GenerationOptions() : new GenerationOptions { MostDrafts = int.Parse(text, System.Globalization.CultureInfo.InvariantCulture), AdaptDrafts = false })).ToList();
        if (options.TryGetValue("--random", out var count))
        {
            using var engine = NemotronEngine.Load(path, engineOptions);
            var random = new Random(1);
            Measure(engine, [.. Enumerable.Range(0, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)).Select(_ => (int[])[.. Enumerable.Range(0, 64).Select(_ => random.Next(engine.Config.VocabSize))])], setups, Number("-n"), [], sampling);
            return 0;
        }

        using var model = ChatModel.Load(path, engineOptions);
        var cases = options.GetValueOrDefault("--cases") ?? Path.Combine(path, "heldout.jsonl");
        Measure(model.Engine, Prompts(model, cases, Number("--limit")), setups, Number("-n"), model.StopIds, sampling);
        return 0;
    }

    // Cases about a document of the reference data hold only its place.
    private static List<int[]> Prompts(ChatModel model, string cases, int limit) =>
        [.. File.ReadLines(cases).Select(line => JsonNode.Parse(line)!.AsObject()).Where(c => !c.ContainsKey("document"))
            .GroupBy(c => ((string?)c["task"], (bool)c["thinking"]!)).SelectMany(group => group.Take(limit))
            .Select(c => model.Tokenizer.Encode(model.Render(c["messages"]!.AsArray(), new ChatOptions { Thinking = (bool)c["thinking"]!, Tools = c["tools"]?.AsArray() })))];

    private static void Measure(
        NemotronEngine engine, IReadOnlyList<int[]> prompts, List<(string Name, GenerationOptions Options)> setups, int tokens, System.Collections.Immutable.ImmutableArray<int> stops, SamplingOptions sampling)
    {
        var (plain, with) = (new Sum[setups.Count], new Sum[setups.Count]);
        for (var p = -1; p < prompts.Count; p++)
        {
            // The first prompt comes twice: once to compile code.
            var prompt = prompts[Math.Max(0, p)];
            for (var s = 0; s < setups.Count; s++)
            {
                Answer One(GenerationOptions options) => Decode(engine, prompt, options with { MaxTokens = tokens, StopIds = stops, Sampling = sampling });
                Answer a, b;
                if ((p + s) % 2 == 0) (a, b) = (One(Plain), One(setups[s].Options));
                else (b, a) = (One(setups[s].Options), One(Plain));
                if (!a.Ids.SequenceEqual(b.Ids)) throw new InvalidOperationException($"prompt {p}: found another text with {setups[s].Name} drafts, expected the same");
                if (p < 0) continue;
                plain[s].Add(a);
                with[s].Add(b);
            }
        }

        Console.WriteLine(Invariant($"{prompts.Count} prompts, {prompts.Sum(p => p.Length)} tokens; {plain[0].Tokens} generated, {plain[0].Steps} passes without drafts"));
        Console.WriteLine("| drafts | made | accepted | tokens a pass | cost of a step, in plain ones | plain tokens/s | with drafts | faster | prompt, with drafts |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        for (var s = 0; s < setups.Count; s++)
        {
            var (a, b) = (plain[s], with[s]);
            var (plainStep, step) = (a.Seconds / a.Steps, b.Seconds / b.Steps);
            Console.WriteLine(Invariant(
                $"| {setups[s].Name} | {b.Speculation.Drafted} | {b.Speculation.AcceptedShare:P1} | {1 + (double)b.Speculation.Accepted / b.Steps:0.00} | {step / plainStep:0.00} | {a.Steps / a.Seconds:0} | {(b.Steps + b.Speculation.Accepted) / b.Seconds:0} | {a.Seconds / b.Seconds:0.00}x | {b.PromptSeconds / a.PromptSeconds:0.00}x |"));
        }
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

    private sealed record Answer(List<int> Ids, double PromptSeconds, double Seconds, SpeculationStatistics Speculation);

    private struct Sum
    {
        public int Tokens, Steps;
        public double PromptSeconds, Seconds;
        public SpeculationStatistics Speculation;

        public void Add(Answer answer)
        {
            Tokens += answer.Ids.Count;
            Steps += answer.Speculation.Steps;
            PromptSeconds += answer.PromptSeconds;
            Seconds += answer.Seconds;
            Speculation += answer.Speculation;
        }
    }
}
