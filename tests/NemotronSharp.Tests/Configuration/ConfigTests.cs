using System.Text.Json.Nodes;
using NemotronSharp.Configuration;

namespace NemotronSharp.Tests.Configuration;

public sealed class ConfigTests
{
    private const string Sizes = """
        "hidden_size": 64, "vocab_size": 100, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16,
        "mamba_num_heads": 4, "mamba_head_dim": 32, "n_groups": 2, "ssm_state_size": 16, "intermediate_size": 96,
        "n_routed_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 24, "moe_shared_expert_intermediate_size": 48
        """;

    private static NemotronConfig Read(string fields) => NemotronConfig.FromJson("{" + fields + "}", "config.json");

    [Theory]
    [InlineData("""  "hybrid_override_pattern": "M*E-" """)]
    [InlineData("""  "layers_block_type": ["mamba", "attention", "moe", "mlp"] """)]
    [InlineData("""  "layers_block_type": ["linear_attention", "full_attention", "moe", "mlp"] """)]
    [InlineData("""  "layers_block_type": ["mamba", "attention", "moe", "mlp"], "hybrid_override_pattern": "MMMM" """)]
    [InlineData("""  "hybrid_override_pattern": "M*E-", "num_hidden_layers": 52 """)]
    public void Every_spelling_of_the_schedule_is_read(string schedule) =>
        Assert.Equal("M*E-", Read($"{schedule}, {Sizes}").Pattern);

    [Theory]
    [InlineData("""  "hybrid_override_pattern": "M*E", "mtp_hybrid_override_pattern": "*E", "num_nextn_predict_layers": 1 """, 1)]
    [InlineData("""  "hybrid_override_pattern": "M*E", "mtp_layers_block_type": ["attention", "moe"], "num_nextn_predict_layers": 1 """, 1)]
    [InlineData("""  "hybrid_override_pattern": "M*E/*E/*E" """, 2)]
    [InlineData("""  "hybrid_override_pattern": "M*E", "num_nextn_predict_layers": 0 """, 0)]
    public void Every_spelling_of_the_mtp_head_is_read(string schedule, int depth)
    {
        var config = Read($"{schedule}, {Sizes}");
        Assert.Equal("M*E", config.Pattern);
        Assert.Equal(depth, config.MtpDepth);
        Assert.Equal(depth == 0 ? [] : [LayerKind.Attention, LayerKind.Experts], config.MtpLayers);
    }

    [Fact]
    public void Legacy_names_win_over_modern_ones()
    {
        var config = Read($$"""
            "hybrid_override_pattern": "M", "hidden_size": 64, "vocab_size": 100, "mamba_num_heads": 8, "mamba_head_dim": 8,
            "mamba_n_groups": 4, "n_groups": 8, "mamba_d_conv": 3, "conv_kernel": 4, "mamba_chunk_size": 32, "chunk_size": 64,
            "mamba_conv_bias": false, "use_conv_bias": true, "mamba_d_state": 24, "ssm_state_size": 48, "attention_head_dim": 32
            """);
        Assert.Equal((4, 3, 32, false, 24, 32), (config.MambaGroups, config.ConvKernel, config.ChunkSize, config.UseConvBias, config.SsmStateSize, config.HeadDim));
    }

    [Fact]
    public void A_bare_infinity_as_Python_writes_it_is_read()
    {
        var config = Read($"""  "hybrid_override_pattern": "M", "time_step_limit": [0.0, Infinity], "note": "not \" Infinity", {Sizes} """);
        Assert.Equal((0f, float.PositiveInfinity), (config.TimeStepMin, config.TimeStepMax));
    }

    [Theory]
    [InlineData("\"eos_token_id\": 2", new[] { 2 })]
    [InlineData("\"eos_token_id\": [2, 11]", new[] { 2, 11 })]
    [InlineData("\"eos_token_id\": null", new[] { 2, 11 })]
    public void End_ids_are_a_number_or_a_list(string field, int[] expected) =>
        Assert.Equal(expected, Read($"""  "hybrid_override_pattern": "M", {field}, {Sizes} """).EosTokenIds);

    [Theory]
    [InlineData("""  "hybrid_override_pattern": "MXE" """, "hybrid_override_pattern", "'X' at position 1")]
    [InlineData("""  "hybrid_override_pattern": "" """, "hybrid_override_pattern", "0 layers")]
    [InlineData("""  "model_type": "llama", "hybrid_override_pattern": "M" """, "model_type", "\"llama\"")]
    [InlineData("""  "num_hidden_layers": 3 """, "hybrid_override_pattern", "nothing")]
    [InlineData("""  "layers_block_type": ["mamba", "rnn"] """, "layers_block_type", "\"rnn\" at position 1")]
    [InlineData("""  "hybrid_override_pattern": "M", "attention_bias": true """, "attention_bias", "true")]
    [InlineData("""  "hybrid_override_pattern": "M", "mlp_hidden_act": "silu" """, "mlp_hidden_act", "\"silu\"")]
    [InlineData("""  "hybrid_override_pattern": "M", "time_step_limit": [1, 0.5] """, "time_step_limit", "[1, 0.5]")]
    [InlineData("""  "hybrid_override_pattern": "M", "chunk_size": 0 """, "chunk_size", "0")]
    [InlineData("""  "hybrid_override_pattern": "M", "chunk_size": "many" """, "chunk_size", "\"many\"")]
    [InlineData("""  "hybrid_override_pattern": "M", "norm_topk_prob": 1 """, "norm_topk_prob", "1")]
    [InlineData("""  "hybrid_override_pattern": "M", "layer_norm_epsilon": -1 """, "layer_norm_epsilon", "-1")]
    [InlineData("""  "hybrid_override_pattern": "M", "eos_token_id": 100 """, "eos_token_id", "100")]
    [InlineData("""  "hybrid_override_pattern": "M", "mtp_hybrid_override_pattern": "MM" """, "mtp_hybrid_override_pattern", "MM")]
    public void A_bad_field_is_named_with_what_was_found(string fields, string name, string found)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read($"{fields}, {Sizes}"));
        Assert.Contains($"field '{name}", error.Message.Replace("eos_token_id, bos_token_id, pad_token_id", "eos_token_id"));
        Assert.Contains(found, error.Message);
        Assert.StartsWith("config.json: ", error.Message);
    }

    [Theory]
    [InlineData("num_attention_heads", "\"num_attention_heads\": 5")]
    [InlineData("mamba_num_heads", "\"mamba_num_heads\": 3")]
    [InlineData("num_experts_per_tok", "\"num_experts_per_tok\": 9")]
    [InlineData("n_routed_experts", "\"n_group\": 3")]
    [InlineData("topk_group", "\"n_group\": 2, \"topk_group\": 3")]
    [InlineData("vocab_size", "\"vocab_size\": 268435456, \"hidden_size\": 65536")]
    [InlineData("hidden_size", "\"hidden_size\": 65537")]
    [InlineData("head_dim", "\"head_dim\": 4097")]
    [InlineData("num_attention_heads × head_dim", "\"num_attention_heads\": 65536, \"head_dim\": 8")]
    [InlineData("mamba_num_heads × mamba_head_dim", "\"mamba_head_dim\": 262144")]
    [InlineData("n_groups × ssm_state_size", "\"ssm_state_size\": 262144")]
    [InlineData("ssm_state_size", "\"mamba_head_dim\": 4096, \"ssm_state_size\": 65536")]
    [InlineData("num_experts_per_tok", "\"n_routed_experts\": 512, \"num_experts_per_tok\": 257")]
    [InlineData("moe_latent_size", "\"moe_latent_size\": 65537")]
    [InlineData("moe_intermediate_size", "\"moe_intermediate_size\": 262145")]
    [InlineData("moe_shared_expert_intermediate_size", "\"moe_shared_expert_intermediate_size\": 262145")]
    public void Sizes_that_do_not_fit_together_are_refused(string name, string fields)
    {
        var json = JsonNode.Parse($$"""{ "hybrid_override_pattern": "M*E", {{Sizes}} }""")!;
        foreach (var (field, value) in JsonNode.Parse($"{{{fields}}}")!.AsObject()) json[field] = value!.DeepClone();
        var error = Assert.Throws<InvalidDataException>(() => NemotronConfig.FromJson(json.ToJsonString(), "config.json"));
        Assert.Contains($"'{name}", error.Message);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"hidden_size\": 1, \"hidden_size\": 2}")]
    [InlineData("{\"model_type\": \"\\ud800\"}")]
    public void What_is_no_object_is_refused(string json) =>
        Assert.StartsWith("config.json: ", Assert.Throws<InvalidDataException>(() => NemotronConfig.FromJson(json, "config.json")).Message);

    [Fact]
    public void An_unknown_preset_lists_the_known_ones() =>
        Assert.Contains("nano-30b-a3b", Assert.Throws<ArgumentException>(() => NemotronPresets.Get("gpt")).Message);
}
