using System.Collections.Immutable;
using NemotronSharp.Configuration;

namespace NemotronSharp.Checkpoints;

/// <summary>A model's shape from GGUF metadata of the architectures <c>nemotron_h</c> and <c>nemotron_h_moe</c>. There is no pattern: each block's kind follows from two arrays.</summary>
internal static class GgufConfig
{
    // Depths share one block, so the count of blocks does not say how many were trained; this program's own key does.
    private const string TrainedDepth = "nextn_trained_depth";

    private static readonly string[] Architectures = ["nemotron_h", "nemotron_h_moe"];

    /// <summary>Reads and validates.</summary>
    /// <param name="metadata">Of the (first) file.</param>
    /// <param name="tensors">Names of all tensors, for what metadata does not say.</param>
    /// <exception cref="InvalidDataException">A key is missing, malformed, out of range or not supported; the message names it.</exception>
    public static NemotronConfig Read(GgufMetadata metadata, IReadOnlySet<string> tensors)
    {
        var architecture = metadata.Text("general.architecture");
        if (!Architectures.Contains(architecture)) throw metadata.Error("general.architecture", $"\"{Excerpt.Of(architecture)}\"", string.Join(" or ", Architectures));
        string Key(string name) => $"{architecture}.{name}";
        int Size(string name, int? fallback = null, int least = 1) => (int)(fallback is { } value ? metadata.Whole(Key(name), value, least, int.MaxValue) : metadata.Whole(Key(name), least));

        var blocks = (int)metadata.Whole(Key("block_count"), least: 1, most: 4096);
        var mtpBlocks = (int)metadata.Whole(Key("nextn_predict_layers"), fallback: 0, least: 0, most: 1);
        var keyValueHeads = metadata.PerLayer(Key("attention.head_count_kv"), blocks);
        var feedForward = metadata.PerLayer(Key("feed_forward_length"), blocks);
        bool HasExperts(int block) => tensors.Contains($"blk.{block}.ffn_gate_inp.weight");
        var layers = ImmutableArray.CreateBuilder<LayerKind>(blocks);
        for (var block = 0; block < blocks - mtpBlocks; block++)
            layers.Add(feedForward[block] > 0 ? HasExperts(block) ? LayerKind.Experts : LayerKind.Mlp : keyValueHeads[block] > 0 ? LayerKind.Attention : LayerKind.Mamba);

        // The size in each block; where a block has none, that of the first which has one.
        int[] Filled(int[] perBlock, Func<int, bool> which)
        {
            bool HasOne(int block) => which(block) && perBlock[block] > 0;
            var first = Enumerable.Range(0, blocks).Where(HasOne).Select(block => perBlock[block]).FirstOrDefault(1);
            return [.. Enumerable.Range(0, blocks).Select(block => HasOne(block) ? perBlock[block] : first)];
        }
        int[] Experts(string name, int[] otherwise) => metadata.Has(Key(name)) ? Filled(metadata.PerLayer(Key(name), blocks), HasExperts) : otherwise;
        var widths = Filled(feedForward, block => !HasExperts(block));
        var expertWidths = Experts("expert_feed_forward_length", Filled(feedForward, HasExperts));
        var chosen = Experts("expert_used_count", Filled(new int[blocks], HasExperts));
        keyValueHeads = Filled(keyValueHeads, _ => true);
        LayerSizes[] sizes = [.. Enumerable.Range(0, blocks).Select(block => new LayerSizes(keyValueHeads[block], widths[block], chosen[block], expertWidths[block]))];

        var heads = Size("attention.head_count", 1);
        var hidden = Size("embedding_length");
        var vocabulary = (int)metadata.Whole(Key("vocab_size"), fallback: metadata.Has("tokenizer.ggml.tokens") ? metadata.Texts("tokenizer.ggml.tokens").Length : 0, 1, int.MaxValue);
        var mamba = layers.Contains(LayerKind.Mamba);
        var mambaHeads = mamba ? Size("ssm.time_step_rank") : 1;
        var inner = mamba ? Size("ssm.inner_size") : 1;
        if (inner % mambaHeads != 0) throw metadata.Error(Key("ssm.inner_size"), $"{inner}", $"a multiple of ssm.time_step_rank = {mambaHeads}");
        var experts = layers.Contains(LayerKind.Experts) || mtpBlocks > 0;
        var stop = new List<int>();
        foreach (var key in (ReadOnlySpan<string>)["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"])
            if (metadata.Has(key)) stop.Add((int)metadata.Whole(key, least: 0, most: vocabulary - 1));

        var config = new NemotronConfig
        {
            Layers = layers.ToImmutable(),
            HiddenSize = hidden,
            VocabSize = vocabulary,
            NumAttentionHeads = heads,
            NumKeyValueHeads = sizes[0].NumKeyValueHeads,
            HeadDim = Size("attention.key_length", Math.Max(1, hidden / heads)),
            MambaNumHeads = mambaHeads,
            MambaHeadDim = inner / mambaHeads,
            MambaGroups = Size("ssm.group_count", 1),
            SsmStateSize = Size("ssm.state_size", 128),
            ConvKernel = Size("ssm.conv_kernel", 4, least: 2),
            UseConvBias = !mamba || tensors.Any(t => t.EndsWith(".ssm_conv1d.bias", StringComparison.Ordinal)),
            IntermediateSize = sizes[0].IntermediateSize,
            RoutedExperts = experts ? Size("expert_count") : 1,
            ExpertsPerToken = sizes[0].ExpertsPerToken,
            MoeIntermediateSize = sizes[0].MoeIntermediateSize,
            PerLayer = sizes.Distinct().Count() > 1 ? [.. sizes] : [],
            SharedIntermediateSize = Size("expert_shared_count", 0, least: 0) == 0 && !metadata.Has(Key("expert_shared_feed_forward_length")) ? 0 : Size("expert_shared_feed_forward_length", 0, least: 0),
            MoeLatentSize = Size("moe_latent_size", 0, least: 0),
            RoutedScalingFactor = metadata.Has(Key("expert_weights_scale")) ? (float)metadata.Number(Key("expert_weights_scale")) : 1,
            NormTopKProb = metadata.Flag(Key("expert_weights_norm"), true),
            RouterGroups = Size("expert_group_count", 1),
            RouterTopGroups = Size("expert_group_used_count", 1),
            MtpDepth = mtpBlocks > 0 ? Size(TrainedDepth, mtpBlocks) : 0,
            MtpLayers = mtpBlocks > 0 ? [LayerKind.Attention, LayerKind.Experts] : [],
            NormEpsilon = (float)metadata.Number(Key("attention.layer_norm_rms_epsilon")),
            TieWordEmbeddings = !tensors.Contains("output.weight"),
            MaxPositionEmbeddings = Size("context_length", 262144),
            BosTokenId = (int)metadata.Whole("tokenizer.ggml.bos_token_id", 1, 0, int.MaxValue),
            EosTokenIds = stop.Count > 0 ? [.. stop.Distinct()] : [2, 11],
            PadTokenId = (int)metadata.Whole("tokenizer.ggml.padding_token_id", 0, 0, int.MaxValue),
        };
        ConfigValidation.Check(config, metadata.Path);
        return config;
    }

    /// <summary>The metadata that llama.cpp needs to run a shape, architecture first.</summary>
    /// <exception cref="InvalidDataException">The shape bounds the time step, which the format cannot say.</exception>
    public static List<KeyValuePair<string, GgufValue>> Write(NemotronConfig c, string name)
    {
        if (c.TimeStepMin > 0 || float.IsFinite(c.TimeStepMax)) throw new InvalidDataException($"{name}: field 'time_step_limit': found {c.TimeStepMin} to {c.TimeStepMax}, expected 0 to infinity: GGUF has no key for it");
        var experts = c.Layers.Contains(LayerKind.Experts) || c.MtpDepth > 0;
        var architecture = experts ? "nemotron_h_moe" : "nemotron_h";
        var all = c.MtpDepth > 0 ? [.. c.Layers, LayerKind.Experts] : c.Layers;
        var result = new List<KeyValuePair<string, GgufValue>> { new("general.architecture", GgufValue.Of(architecture)), new("general.name", GgufValue.Of(name)), new("general.quantization_version", GgufValue.Of(2u)) };
        void Add(string key, GgufValue value) => result.Add(new($"{architecture}.{key}", value));
        void Size(string key, int value) => Add(key, GgufValue.Of((uint)value));
        Size("block_count", all.Length);
        Size("context_length", c.MaxPositionEmbeddings);
        Size("embedding_length", c.HiddenSize);
        Size("vocab_size", c.VocabSize);
        Add("feed_forward_length", GgufValue.Of(all.Select((kind, i) => kind switch { LayerKind.Experts => c.At(i).MoeIntermediateSize, LayerKind.Mlp => c.At(i).IntermediateSize, _ => 0 })));
        Size("attention.head_count", c.NumAttentionHeads);
        Add("attention.head_count_kv", GgufValue.Of(all.Select((kind, i) => kind == LayerKind.Attention || i == c.Layers.Length ? c.At(i).NumKeyValueHeads : 0)));
        Size("attention.key_length", c.HeadDim);
        Size("attention.value_length", c.HeadDim);
        Add("attention.layer_norm_rms_epsilon", GgufValue.Of(c.NormEpsilon));
        Add("attention.layer_norm_epsilon", GgufValue.Of(c.NormEpsilon));
        Size("rope.dimension_count", c.HeadDim);     // asked for, never used: the family has no positions
        Size("ssm.conv_kernel", c.ConvKernel);
        Size("ssm.inner_size", c.MambaInnerSize);
        Size("ssm.state_size", c.SsmStateSize);
        Size("ssm.time_step_rank", c.MambaNumHeads);
        Size("ssm.group_count", c.MambaGroups);
        if (!experts) return result;
        Size("expert_count", c.RoutedExperts);
        PerExpertLayer("expert_used_count", at => at.ExpertsPerToken);
        PerExpertLayer("expert_feed_forward_length", at => at.MoeIntermediateSize);
        Size("expert_shared_feed_forward_length", c.SharedIntermediateSize);
        Size("expert_shared_count", c.SharedIntermediateSize > 0 ? 1 : 0);
        Add("expert_weights_norm", GgufValue.Of(c.NormTopKProb));
        Add("expert_weights_scale", GgufValue.Of(c.RoutedScalingFactor));
        Size("expert_group_count", c.RouterGroups);
        Size("expert_group_used_count", c.RouterTopGroups);
        if (c.MoeLatentSize > 0) Size("moe_latent_size", c.MoeLatentSize);
        if (c.MtpDepth > 0) Size("nextn_predict_layers", 1);
        if (c.MtpDepth > 1) Size(TrainedDepth, c.MtpDepth);
        return result;

        // One number where all layers agree: readers older than Puzzle's models know no array there.
        void PerExpertLayer(string key, Func<NemotronConfig, int> size)
        {
            if (c.PerLayer.IsEmpty) Size(key, size(c));
            else Add(key, GgufValue.Of(all.Select((kind, i) => kind == LayerKind.Experts ? size(c.At(i)) : 0)));
        }
    }
}
