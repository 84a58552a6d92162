using System.Text.Json.Nodes;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;
using NemotronSharp.Tests.Text;

namespace NemotronSharp.Cli.Tests;

/// <summary>
/// A real model folder whose answers are known: every mixer's weights are zero, embeddings are the unit vectors, and the output matrix
/// sends each token to its successor. So a whole phrase can be one token, and what follows depends on the last token alone.
/// </summary>
internal static class ScriptedModel
{
    // Logits of about 160 and 0: sampled at temperature 1, a token off the chain has a chance of 1e-70.
    public const float Certain = 10;

    public const string EndOfTurn = "<|im_end|>", Think = "<think>", EndThink = "</think>";

    /// <summary>The family's turn layout in small; refuses a conversation of more than three messages by showing it.</summary>
    public const string Template = """
        {%- if messages | length > 4 %}{{ raise_exception('seen: ' ~ (messages | tojson)) }}{% endif %}
        {%- for message in messages %}{{ '<|im_start|>' ~ message.role ~ '\n' ~ message.content ~ '<|im_end|>\n' }}{% endfor %}
        {%- if tools %}{{ 'tools: ' ~ (tools | tojson) ~ '\n' }}{% endif %}
        {%- if mood is defined %}{{ 'mood: ' ~ (mood | tojson) ~ '\n' }}{% endif %}
        {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' ~ ('<think>' if enable_thinking else '<think></think>') }}{% endif %}
        """;

    /// <summary>Thinks "Seven and five.", answers "It is 12." and ends; without thinking it answers at once.</summary>
    public static void WriteSum(string folder) => Write(folder, Think, "Seven and five.", EndThink, "It is 12.", EndOfTurn);

    /// <summary>Thinks without end.</summary>
    public static void WriteEndless(string folder) => Write(folder, Think, "and ", "so ", "on ", "and ");

    /// <summary>Thinks, then calls a tool.</summary>
    public static void WriteToolCall(string folder) => Write(
        folder, Think, "I look.", EndThink, "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n", "<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>", EndOfTurn);

    /// <summary>As <see cref="WriteSum"/>, with an MTP head that drafts every token right, or always id 0.</summary>
    public static void WriteSumWithDrafts(string folder, bool right) => Write(folder, right ? 1f : 0f, [Think, "Seven and five.", EndThink, "It is 12.", EndOfTurn]);

    /// <param name="folder">Where to write.</param>
    /// <param name="chain">Each text is one token and is followed by the next one.</param>
    public static void Write(string folder, params string[] chain) => Write(folder, null, chain);

    private static void Write(string folder, float? mtp, string[] chain)
    {
        string[] added = [.. new[] { "<|im_start|>", EndOfTurn }.Concat(chain).Distinct()];
        var tokenizer = SmallTokenizer.Json([], added);
        for (var i = 0; i < added.Length; i++)
        {
            var token = tokenizer["added_tokens"]![i]!;
            token["id"] = 256 + i;
            token["special"] = added[i].StartsWith("<|", StringComparison.Ordinal);
        }
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), tokenizer.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), Template);

        var config = Config(256 + added.Length, 256 + Array.IndexOf(added, EndOfTurn), mtp is not null);
        var output = new float[config.VocabSize * config.HiddenSize];
        for (var i = 0; i + 1 < chain.Length; i++) output[(256 + Array.IndexOf(added, chain[i + 1])) * config.HiddenSize + 256 + Array.IndexOf(added, chain[i])] = Certain;
        HuggingFaceFolder.Write(folder, config, [.. CheckpointLayout.Tensors(config).Select(t => TensorContent.FromSingles(t.Name, TensorType.F32, t.Shape, Values(t.Name, t.Shape, output, mtp ?? 0f)))]);
    }

    private static float[] Values(string name, long[] shape, float[] output, float mtp)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        if (name.EndsWith("norm.weight", StringComparison.Ordinal) || name.EndsWith("norm_f.weight", StringComparison.Ordinal)) Array.Fill(values, 1f);
        else if (name == "backbone.embeddings.weight")
            for (var i = 0; i < shape[0]; i++) values[i * shape[1] + i] = 1;
        else if (name == "lm_head.weight") return output;
        // [H, 2H]: the embedding of the token that follows goes through, and the output matrix knows its successor.
        else if (name == "mtp.layers.0.eh_proj.weight")
            for (var i = 0; i < shape[0]; i++) values[i * shape[1] + i] = mtp;
        return values;
    }

    private static NemotronConfig Config(int vocabulary, int endOfTurn, bool mtp) => new()
    {
        Layers = [LayerKind.Mamba, LayerKind.Attention, LayerKind.Experts, LayerKind.Mlp],
        HiddenSize = vocabulary,
        VocabSize = vocabulary,
        NumAttentionHeads = 2,
        NumKeyValueHeads = 1,
        HeadDim = 8,
        MambaNumHeads = 2,
        MambaHeadDim = 8,
        MambaGroups = 1,
        SsmStateSize = 8,
        IntermediateSize = 8,
        RoutedExperts = 2,
        ExpertsPerToken = 1,
        MoeIntermediateSize = 8,
        SharedIntermediateSize = 8,
        EosTokenIds = [endOfTurn],
        MtpDepth = mtp ? 1 : 0,
        MtpLayers = mtp ? [LayerKind.Attention, LayerKind.Experts] : [],
        MaxPositionEmbeddings = 512,
    };
}
