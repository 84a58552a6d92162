using System.Collections.Concurrent;

namespace NemotronSharp.Conformance.Tests;

/// <summary>A table of the conformance page. Rows come from tests in any order and are kept in that of the cases.</summary>
internal sealed class ConformanceTable(string title, string text, params string[] columns)
{
    private readonly ConcurrentDictionary<int, string[]> _rows = [];

    public static ConformanceTable Layers { get; } = new("Layers and shapes",
        "Float32 weights, every position of the prompt. *Mute layers*: llama.cpp runs a file of the same function, where what it asks for and the model has not (a layer of another kind, a shared expert, a bias) is there and all zeros, and a dense MLP beside experts is the shared expert of a layer whose routed experts are zeros.",
        "case", "tokens", "largest logit", "largest difference", "relative", "limit", "same top token", "llama.cpp ran");

    public static ConformanceTable Refusals { get; } = new("What llama.cpp v0.5.0 does not run",
        "This engine runs these; the tables compare them through mute layers, or on decoded weights. The refusals are asserted: should a later llama.cpp run them, the tests will say so.",
        "case", "llama.cpp");

    public static ConformanceTable Prompts { get; } = new("Prompt lengths",
        "All layer kinds, float32, every position; then eight tokens one by one. llama.cpp computes 512 tokens at once, so that the longest prompts reach it in two pieces.",
        "state size", "tokens", "largest logit", "largest difference", "relative", "limit", "same top token");

    public static ConformanceTable Types { get; } = new("Tensor types",
        "Every matrix of a model in one type, encoded by ggml; this engine computes in float32. *Decoder*: weights that this engine and ggml's `to_float` read from the same bytes, random ones and real ones, equal in every bit. *Exact*: this engine on the file against llama.cpp on the same weights in float32. "
        + "*Both*: the two engines on the file; llama.cpp rounds activations (to 8 bits in blocks, or to the matrix's own 16-bit type), this engine does not. *Expected* is what that rounding alone amounts to; the limit is one and a half times that.",
        "type", "decoder", "exact: relative", "limit", "both: rms", "expected", "both: relative", "same top token");

    public static ConformanceTable Activations { get; } = new("Activations in whole numbers",
        "The other tables compare float32 products (`EngineOptions.Float32`). By default activations meet these three types as 16-bit whole numbers, on request as 8-bit ones or in float32 (`--activations`). Each row is one file, and what is compared with is this engine in float32 on that file: "
        + "the relative error √(Σ(a − b)²/Σ b²) of the logits behind a token, of the worst of 96 tokens, or of the median one where experts are chosen, for there any rounding sometimes turns the choice between two nearly equal experts, and in models of random weights there are many. "
        + "*Limit*: four times what the rounding amounts to (`ActivationRounding.cs`), for a worst row and activations with outliers; of int8, where experts are chosen, one and a quarter times llama.cpp's error. *int16 is nearer* than llama.cpp by this factor: two and a half orders of magnitude, and more where llama.cpp's rounding turns choices and 16 bits do not. Models have the layers of published ones, random weights and small sizes.",
        "layers of", "type", "row", "int16", "limit", "int8", "limit", "llama.cpp", "int16 is nearer", "same top token of 96: int16, int8, llama.cpp");

    public static ConformanceTable Pico { get; } = new("The model that ships",
        "`models/pico` as a float32 GGUF file. Held-out conversations, rendered by its chat template; llama.cpp tokenizes the prompt, generates greedily and writes the text itself.",
        "skill", "conversations", "prompt ids equal", "tokens generated", "texts equal");

    public static ConformanceTable PicoTypes { get; } = new("The model that ships, in every type it is written in",
        "`./nemotron quantize` on `models/pico`, 200 tokens of held-out conversations; columns as above; then, where weights are whole numbers, this engine with such activations against itself in float32. The last three columns say how many top tokens stay. [Sizes and perplexities](formats.md#what-a-type-costs-pico).",
        "type or recipe", "exact: relative", "limit", "both: relative", "both: rms", "int16: rms", "int8: rms");

    public static ConformanceTable Tokenizer { get; } = new("Tokenizer",
        "The family's 131,072 tokens, from tokenizer.json and from a GGUF file without weights (the same ids, always), against llama.cpp's own tokenizer on that file. Numbers are *lines with equal ids* + *lines that llama.cpp cuts otherwise*: "
        + "v0.5.0 cuts text into pieces by simpler patterns than the family's tokenizer.json. Under the name `tekken`, which this project's files carry, combining marks are no part of a word and only ASCII letters have case; under `pixtral`, which published files carry, "
        + "it uses Llama 3's pattern. Where ids differ, llama.cpp's are held to an independent implementation of the simpler pattern, so that nothing else can hide there. Hindi, Bengali, Thai, Burmese or Tamil reach a model in llama.cpp as other ids than it was trained on; here they do not.",
        "lines", "count", "`tekken`", "`tekken`, control tokens matched", "`pixtral`, control tokens matched");

    /// <summary>In the order of the page.</summary>
    public static IReadOnlyList<ConformanceTable> All { get; } = [Layers, Refusals, Prompts, Types, Activations, Pico, PicoTypes, Tokenizer];

    public void Add(int order, params string[] cells)
    {
        Assert.Equal(columns.Length, cells.Length);
        _rows[order] = cells;
    }

    /// <summary>The table in Markdown.</summary>
    /// <exception cref="InvalidOperationException">No test has run that fills it.</exception>
    public string ToMarkdown()
    {
        if (_rows.IsEmpty) throw new InvalidOperationException($"table '{title}': found no rows, expected those of a whole run of the project");
        string[] lines = [$"## {title}", "", text, "", Line(columns), Line([.. columns.Select(_ => "---")]), .. _rows.OrderBy(r => r.Key).Select(r => Line(r.Value))];
        return string.Join('\n', lines) + "\n";
    }

    private static string Line(string[] cells) => $"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |";
}
