using System.CommandLine;
using NemotronSharp.Generation;

namespace NemotronSharp.Cli.Commands;

/// <summary>Options that several commands share; each call makes a new one, for one command.</summary>
internal static class CommonOptions
{
    private const string On = "on", Off = "off";

    private static readonly (string Name, KeyValuePrecision Precision)[] CacheNames = [("bf16", KeyValuePrecision.BFloat16), ("f32", KeyValuePrecision.Float32), ("fp8", KeyValuePrecision.Float8)];

    public static Option<string?> Model() => new("--model", "-m")
    {
        Description = "Model folder as Hugging Face lays it out, or GGUF file [default: the model that ships]",
        HelpName = "PATH",
    };

    public static Option<bool> Json(string what) => new("--json") { Description = $"Print {what} as JSON" };

    public static Option<string?> Tools() => new("--tools")
    {
        Description = "JSON list of tools in OpenAI's form, or of bare function objects",
        HelpName = "FILE",
    };

    public static Option<string> Thinking() => new Option<string>("--thinking")
    {
        Description = "Whether the model reasons before it answers",
        DefaultValueFactory = _ => On,
        HelpName = "on|off",
    }.AcceptOnlyFromAmong(On, Off);

    public static bool IsOn(string value) => value == On;

    public static Option<int> Threads() => AtLeastOne(new("--threads", "-t")
    {
        Description = "Threads that compute; results are the same for any number",
        DefaultValueFactory = _ => Environment.ProcessorCount,
        HelpName = "N",
    });

    public static Option<string> Activations() => new Option<string>("--activations")
    {
        Description = "In which numbers activations meet quantized weights (NVFP4, Q4_0, Q8_0): int16 is fast and near float32, int8 reads prompts faster and rounds as other engines do, float32 is the slow reference",
        DefaultValueFactory = _ => NameOf(new EngineOptions().Activations),
        HelpName = string.Join('|', Enum.GetValues<ActivationPrecision>().Select(NameOf)),
    }.AcceptOnlyFromAmong([.. Enum.GetValues<ActivationPrecision>().Select(NameOf)]);

    public static Option<string> KeyValues() => new Option<string>("--kv")
    {
        Description = "In which numbers attention keeps keys and values: bf16 as models are trained and served, f32 rounds nothing, fp8 (E4M3 with the checkpoint's scales) takes half of bf16's memory",
        DefaultValueFactory = _ => CacheNames.First(n => n.Precision == new EngineOptions().KeyValues).Name,
        HelpName = string.Join('|', CacheNames.Select(n => n.Name)),
    }.AcceptOnlyFromAmong([.. CacheNames.Select(n => n.Name)]);

    /// <summary>What <see cref="Threads"/>, <see cref="Activations"/> and <see cref="KeyValues"/> ask for.</summary>
    public static EngineOptions Engine(int threads, string activations, string keyValues) => new()
    {
        Threads = threads,
        Activations = Enum.Parse<ActivationPrecision>(activations, ignoreCase: true),
        KeyValues = CacheNames.First(n => n.Name == keyValues).Precision,
    };

    public static Option<int> Drafts()
    {
        var option = new Option<int>("--drafts")
        {
            Description = "Most tokens that the model's MTP head, if it has one, drafts ahead: the same text, sooner where drafts are right; 0 turns it off",
            DefaultValueFactory = _ => new ChatOptions().MostDrafts,
            HelpName = "N",
        };
        option.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int>() is (< 0 or > GenerationOptions.DraftLimit) and var found) result.AddError($"--drafts: found {found}, expected 0 to {GenerationOptions.DraftLimit}");
        });
        return option;
    }

    public static Option<int> AtLeastOne(Option<int> option)
    {
        option.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int>() is < 1 and var found) result.AddError($"{option.Name}: found {found}, expected at least 1");
        });
        return option;
    }

    private static string NameOf(ActivationPrecision precision) => precision.ToString().ToLowerInvariant();
}
