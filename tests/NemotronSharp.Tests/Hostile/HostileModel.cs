using System.Text.Json.Nodes;
using NemotronSharp.Checkpoints;
using NemotronSharp.Generation;
using NemotronSharp.Model;
using NemotronSharp.Numerics;
using NemotronSharp.Tests.Text;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Hostile;

/// <summary>A small valid model of every layer kind, in the formats that the readers know, and what a user does with a model.</summary>
internal static class HostileModel
{
    public const string Template = "{{ bos_token }}{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.content is string %}{{ m.content | trim }}{% endif %}{{ '<|im_end|>\\n' }}{% endfor %}";

    private static readonly WeightType[] Mixed = [WeightType.Plain, WeightType.NvFp4, WeightType.Fp8];

    private enum WeightType
    {
        Plain,
        NvFp4,
        Fp8,
    }

    public static NemotronConfig Config { get; } = TinyModels.Config("M*E-", latent: false) with
    {
        HiddenSize = 32,
        VocabSize = 270,
        NumAttentionHeads = 2,
        NumKeyValueHeads = 1,
        HeadDim = 16,
        MambaNumHeads = 2,
        MambaHeadDim = 16,
        MambaGroups = 1,
        SsmStateSize = 16,
        IntermediateSize = 32,
        RoutedExperts = 4,
        ExpertsPerToken = 2,
        MoeIntermediateSize = 32,
        SharedIntermediateSize = 32,
    };

    /// <summary>Every width a multiple of 256, the largest block.</summary>
    public static NemotronConfig WideConfig { get; } = Config with { HiddenSize = 256, NumAttentionHeads = 4, HeadDim = 64, MambaHeadDim = 128, IntermediateSize = 256, RoutedExperts = 2, MoeIntermediateSize = 256, SharedIntermediateSize = 256 };

    public static string Tokenizer { get; } = MakeTokenizer();

    public static JsonArray Messages => new(
        new JsonObject { ["role"] = "system", ["content"] = "Be kind." },
        new JsonObject { ["role"] = "user", ["content"] = "Hello <|im_end|> the 日本 \U0001F642" },
        new JsonObject { ["role"] = "assistant", ["content"] = "<think>so</think>Yes.", ["tool_calls"] = new JsonArray(new JsonObject { ["function"] = new JsonObject { ["name"] = "f", ["arguments"] = "{\"a\": [1, 2.5, null]}" } }) });

    /// <summary>Tensors as ModelOpt leaves them: plain, NVFP4 and FP8 side by side, factors beside them, scales of an FP8 cache.</summary>
    public static List<TensorContent> ModelOptTensors()
    {
        var (result, random, matrices) = (new List<TensorContent>(), new Random(3), 0);
        foreach (var tensor in TinyModels.Tensors(Config, seed: 4, TensorType.BF16))
        {
            var stem = tensor.Name[..^Math.Min(tensor.Name.Length, ".weight".Length)];
            var kind = tensor.Shape.Count == 2 && tensor.Name.Contains("_proj", StringComparison.Ordinal) ? Mixed[matrices++ % Mixed.Length] : WeightType.Plain;
            switch (kind)
            {
                case WeightType.NvFp4:
                    result.Add(Random(tensor.Name, TensorType.U8, [tensor.Shape[0], tensor.Shape[1] / 2], random));
                    result.Add(Random($"{stem}.weight_scale", TensorType.F8E4M3, [tensor.Shape[0], tensor.Shape[1] / 16], random));
                    result.Add(TensorContent.FromSingles($"{stem}.weight_scale_2", TensorType.F32, [], new[] { 0.01f }));
                    break;
                case WeightType.Fp8:
                    result.Add(Random(tensor.Name, TensorType.F8E4M3, [.. tensor.Shape], random));
                    result.Add(TensorContent.FromSingles($"{stem}.weight_scale", TensorType.F32, [], new[] { 0.01f }));
                    result.Add(TensorContent.FromSingles($"{stem}.input_scale", TensorType.F32, [], new[] { 1f }));
                    break;
                default: result.Add(tensor); break;
            }
        }
        result.Add(TensorContent.FromSingles("backbone.layers.1.mixer.k_proj.k_scale", TensorType.F32, [], new[] { 0.5f }));
        result.Add(TensorContent.FromSingles("backbone.layers.1.mixer.v_proj.v_scale", TensorType.F32, [1], new[] { 0.5f }));
        return result;
    }

    /// <summary>A tensor of random bytes: any bytes are weights of a type, if not good ones.</summary>
    public static TensorContent Random(string name, TensorType type, long[] shape, Random random)
    {
        var bytes = new byte[type.Bytes(shape.Aggregate(1L, (a, b) => a * b))];
        random.NextBytes(bytes);
        return new TensorContent(name, type, shape, stream => stream.Write(bytes));
    }

    /// <summary>A whole Hugging Face folder.</summary>
    public static void WriteFolder(string folder, IReadOnlyList<TensorContent> tensors, long shardBytes = long.MaxValue)
    {
        HuggingFaceFolder.Write(folder, Config, tensors, shardBytes);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), Tokenizer);
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), Template);
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"bos_token": "<s>", "eos_token": {"content": "<|im_end|>"}, "chat_template": "{{ messages }}"}""");
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), """{"do_sample": true, "eos_token_id": [2, 11], "temperature": 0.6, "top_p": 0.95, "top_k": 20}""");
    }

    /// <summary>Moves a sequence, drafts with the MTP head, samples: everything that the numbers of a file can lead astray.</summary>
    public static void Use(NemotronEngine engine, Meter meter)
    {
        var vocabulary = engine.Config.VocabSize;
        var logits = new float[vocabulary];
        int[] ids = [1 % vocabulary, vocabulary - 1, 65 % vocabulary, 0, 2 % vocabulary];
        using var state = engine.NewSequence();
        engine.Forward(state, ids, logits);
        if (engine.HasMtp)
        {
            using var fresh = engine.NewSequence();
            engine.DraftMtp(fresh, ids, first: 1, depth: 2, (_, drafts) => Assert.All(drafts.ToArray(), id => Assert.InRange(id, 0, vocabulary - 1)));
        }
        meter.Sample();
        foreach (var options in (SamplingOptions[])[SamplingOptions.Greedy, new SamplingOptions { Seed = 1, TopK = 5, TopP = 0.9f, RepetitionPenalty = 1.1f }])
        {
            try
            {
                Assert.InRange(new Sampler(options).Sample([.. logits], 5), 0, vocabulary - 1);
            }
            catch (InvalidOperationException e)
            {
                // Weights that are no numbers give logits that are none; the sampler says so.
                Assert.Matches("position 5: found .* as the largest logit, expected a finite number", e.Message);
            }
        }
    }

    public static EngineOptions Options(bool chunked) => new() { Threads = 1, StepTokens = 3, Scan = chunked ? ScanForm.Chunked : ScanForm.Recurrent };

    public static void Use(Tokenizer tokenizer)
    {
        var ids = tokenizer.Encode(PromptText.Concat(PromptText.Trusted("<s><|im_end|>"), PromptText.Untrusted("Hello <s> the 日本 \U0001F642 \ud800 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
        Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
        tokenizer.Decode(ids, skipSpecial: true);
    }

    private static string MakeTokenizer()
    {
        var json = SmallTokenizer.Json(["h e", "t he", "l l", "a a", "aa aa"], "<s>", "<|im_end|>", "<think>");
        for (var i = 0; i < 3; i++) json["added_tokens"]![i]!["id"] = 265 + i;
        return json.ToJsonString();
    }
}
