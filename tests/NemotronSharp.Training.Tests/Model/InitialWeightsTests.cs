using NemotronSharp.Training.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace NemotronSharp.Training.Tests.Model;

public sealed class InitialWeightsTests
{
    [Fact]
    public void Kin_begin_alike_and_strangers_do_not()
    {
        using var scope = NewDisposeScope();
        using var store = new ParameterStore(1);
        int[] kin = [0, 1, 0, 3];
        var rows = new InitialWeights(EmbeddingStd: 0.5, Kin: kin).Embeddings(store, 4, 4096);

        Assert.Equal(0.7, Cosine(rows[0], rows[2]), 0.05);
        Assert.Equal(0, Cosine(rows[0], rows[1]), 0.05);
        Assert.Equal(0, Cosine(rows[2], rows[3]), 0.05);
        for (var i = 0; i < 4; i++) Assert.Equal(0.5, rows[i].std().item<float>(), 0.02);
    }

    [Fact]
    public void Mimetic_attention_sees_the_same_token_before_any_training()
    {
        using var plain = new HybridLanguageModel(TinyModel.Config("*"), seed: 3, new InitialWeights(Std: 0.25));
        using var mimetic = new HybridLanguageModel(TinyModel.Config("*"), seed: 3, new InitialWeights(Std: 0.25, Mimetic: true));
        const string Mixer = "backbone.layers.0.mixer";

        Assert.Equal(1, Cosine(mimetic.Parameters[$"{Mixer}.k_proj.weight"].Tensor.flatten(), FirstHeads(mimetic, Mixer).flatten()), 1e-5);
        Assert.Equal(0, Cosine(plain.Parameters[$"{Mixer}.k_proj.weight"].Tensor.flatten(), FirstHeads(plain, Mixer).flatten()), 0.2);
        // Output times value has a positive trace: what a head reads it writes back in the same direction.
        var (output, value) = (mimetic.Parameters[$"{Mixer}.o_proj.weight"].Tensor, mimetic.Parameters[$"{Mixer}.v_proj.weight"].Tensor);
        var config = mimetic.Config;
        var perHead = output.view(config.HiddenSize, config.NumKeyValueHeads, -1, config.HeadDim).select(2, 0).reshape(config.HiddenSize, -1);
        Assert.Equal(value.square().sum().item<float>(), perHead.matmul(value).trace().item<float>(), 1e-3);
    }

    // The query rows of the first head of every group.
    private static Tensor FirstHeads(HybridLanguageModel model, string mixer)
    {
        var c = model.Config;
        return model.Parameters[$"{mixer}.q_proj.weight"].Tensor.view(c.NumKeyValueHeads, -1, c.HeadDim, c.HiddenSize).select(1, 0);
    }

    private static double Cosine(Tensor a, Tensor b) => ((a * b).sum() / (a.norm() * b.norm())).item<float>();
}
