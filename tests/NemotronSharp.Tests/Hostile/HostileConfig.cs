using System.Text;
using NemotronSharp.Configuration;

namespace NemotronSharp.Tests.Hostile;

/// <summary>config.json alone, in several spellings.</summary>
internal sealed class HostileConfig : HostileFiles
{
    private static readonly string[] Seeds =
    [
        HostileModel.Config.ToJson(),
        TinyModels.Config().ToJson(),
        NemotronPresets.Get(NemotronPresets.Names[0]).ToJson(),
        """
        {"model_type":"nemotron_h","hidden_size":64,"vocab_size":300,"layers_block_type":["mamba","attention","moe","mlp"],"mamba_dt_limit":[0.0,"Infinity"],"mamba_n_groups":1,"mamba_d_state":16,
         "mamba_d_conv":4,"mamba_num_heads":4,"mamba_head_dim":16,"attention_head_dim":16,"num_attention_heads":4,"num_key_value_heads":2,"n_routed_experts":8,"n_group":2,"topk_group":1,"num_experts_per_tok":2,
         "moe_intermediate_size":32,"intermediate_size":32,"n_shared_experts":1,"moe_shared_expert_intermediate_size":32,"moe_latent_size":null,"eos_token_id":2,"norm_eps":1e-5,"num_nextn_predict_layers":1,"mtp_layers_block_type":["attention","moe"]}
        """,
        """{"hidden_size":64,"vocab_size":300,"hybrid_override_pattern":"M*E-/*E/*E","time_step_limit":[0.001,0.1],"rms_norm_eps":1e-6,"tie_word_embeddings":true}""",
    ];

    public override string Name => "config";

    public override double Share => 0.1;

    public override void Write(Chance chance)
    {
        Size = 0;
        var bytes = HostileText.Json(chance.Of(Seeds), chance);
        Save("config.json", chance.OneIn(20) ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("\"Infinity\"", "Infinity", StringComparison.Ordinal)) : bytes);
    }

    public override void Read(Meter meter)
    {
        var config = NemotronConfig.Load(Folder.File("config.json"));
        Assert.True(config.Footprint.Parameters > 0 && config.Footprint.HeldStateBytesPerSequence >= 0);
        // What was accepted is written in a form that is accepted too.
        Assert.Equal(config.Pattern, NemotronConfig.FromJson(config.ToJson(), Folder.File("config.json")).Pattern);
    }
}
