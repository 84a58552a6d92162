using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using static System.FormattableString;

namespace NemotronSharp.LlamaCpp;

/// <summary><c>compare</c>: this engine and llama.cpp on any GGUF file.</summary>
internal static class CompareCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var model = new Option<string>("--model", "-m") { Description = "GGUF file", HelpName = "FILE", Required = true };
        var other = new Option<string?>("--llama-model") { Description = "Another file for llama.cpp, of the same shape: the same weights in another type, say", HelpName = "FILE" };
        var ids = new Option<string?>("--ids") { Description = "File of token ids separated by white space, the prompt", HelpName = "FILE" };
        var random = AtLeast(1, new Option<int>("--random") { Description = "Without --ids: so many random ids", HelpName = "N", DefaultValueFactory = _ => 64 });
        var seed = new Option<int>("--seed") { Description = "Of the random ids", HelpName = "S", DefaultValueFactory = _ => 1 };
        var rows = AtLeast(1, new Option<int>("--positions") { Description = "Compare the logits of so many tokens, counted from the prompt's end", HelpName = "N", DefaultValueFactory = _ => 16 });
        var tokens = AtLeast(1, new Option<int>("--tokens") { Description = "Tokens to generate greedily after the prompt", HelpName = "N", DefaultValueFactory = _ => 32 });
        var threads = AtLeast(1, new Option<int>("--threads", "-t") { Description = "Threads of either engine", HelpName = "N", DefaultValueFactory = _ => Environment.ProcessorCount });
        string[] precisions = [.. Enum.GetNames<ActivationPrecision>().Select(name => name.ToLowerInvariant())];
        var activations = new Option<string>("--activations") { Description = "Numbers of this engine: as for its users, or float32 to compare values, where nothing is rounded but by float32 arithmetic", HelpName = string.Join('|', precisions), DefaultValueFactory = _ => precisions[0] }.AcceptOnlyFromAmong(precisions);
        var defaults = new Option<bool>("--llama-defaults") { Description = "Let llama.cpp keep keys and values in half precision and fuse attention, as it does for its users; without this they stay float32" };
        var json = new Option<bool>("--json") { Description = "Print the comparison as JSON" };
        var command = new Command("compare", "Compares logits, greedy text, speed and memory of this engine and llama.cpp on the same file, each in a process of its own")
        {
            model, other, ids, random, seed, rows, tokens, threads, activations, defaults, json,
        };
        command.SetAction(result =>
        {
            var path = Path.GetFullPath(result.GetRequiredValue(model));
            var vocabulary = ModelText.LoadConfig(path).VocabSize;
            var prompt = result.GetValue(ids) is { } file ? Read(file, vocabulary) : Draw(result.GetValue(random), result.GetValue(seed), vocabulary);
            var plan = new MeasurementPlan(path, prompt, Math.Min(result.GetValue(rows), prompt.Length), result.GetValue(tokens), result.GetValue(threads),
                Enum.Parse<ActivationPrecision>(result.GetRequiredValue(activations), ignoreCase: true), result.GetValue(defaults));
            var comparison = Comparison.Run(plan, result.GetValue(other) is { } twin ? plan with { Model = Path.GetFullPath(twin) } : plan);
            if (result.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(new { plan.Model, PromptTokens = prompt.Length, plan.Threads, Activations = $"{plan.Activations}", plan.LlamaDefaults, comparison.Difference, comparison.EqualTokens, comparison.Ours, comparison.Theirs }, Indented));
            else Print(plan, comparison);
        });
        return command;
    }

    private static Option<int> AtLeast(int least, Option<int> option)
    {
        option.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int>() is var found && found < least) result.AddError($"{option.Name}: found {found}, expected at least {least}");
        });
        return option;
    }

    private static int[] Draw(int count, int seed, int vocabulary)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }

    private static int[] Read(string path, int vocabulary)
    {
        var words = File.ReadAllText(path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) throw new InvalidDataException($"{path}: found no token ids, expected at least one");
        return [.. words.Select((word, i) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id < vocabulary
            ? id
            : throw new InvalidDataException(Invariant($"{path}: token {i}: found '{word}', expected a token id from 0 to {vocabulary - 1}")))];
    }

    private static void Print(MeasurementPlan plan, Comparison c)
    {
        var d = c.Difference;
        Console.WriteLine(Invariant($"{plan.Model}: {plan.Ids.Length} prompt tokens, {plan.Threads} threads, activations in {plan.Activations}"));
        Console.WriteLine(Invariant($"logits of the last {d.Rows}: largest difference {d.Largest:g3} of {d.LargestLogit:g3} ({d.Relative:0.0e-0}), rms {d.RelativeRms:0.0e-0}, KL {d.MeanDivergence:0.0e-0}, same top token {d.SameTop}/{d.Rows}"));
        Console.WriteLine(Invariant($"greedy tokens: {c.EqualTokens} of {plan.Tokens} equal before the first difference"));
        Console.WriteLine($"{"",-26}{"NemotronSharp",16}{"llama.cpp",16}");
        Row("load, s", m => m.Load, "0.00");
        Row("open to first logits, s", m => m.Load + m.Prompt, "0.00");
        Row("prompt, tokens/s", m => plan.Ids.Length / m.Prompt, "0.0");
        Row("decode, tokens/s", m => (plan.Tokens - 1) / m.Decode, "0.0");
        Row("resident memory, MiB", m => m.Memory.Resident / 1048576.0, "0");
        Row("  of it the process's own", m => m.Memory.Anonymous / 1048576.0, "0");
        Row("  of it mapped files", m => m.Memory.File / 1048576.0, "0");

        void Row(string name, Func<Measurement, double> value, string format) =>
            Console.WriteLine($"{name,-26}{value(c.Ours).ToString(format, CultureInfo.InvariantCulture),16}{value(c.Theirs).ToString(format, CultureInfo.InvariantCulture),16}");
    }
}
