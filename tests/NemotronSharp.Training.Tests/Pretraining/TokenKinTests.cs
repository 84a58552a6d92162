using NemotronSharp.Text;
using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Tests.Pretraining;

public sealed class TokenKinTests
{
    [Fact]
    public void A_word_is_kin_to_itself_with_a_space_or_a_capital_and_to_nothing_else()
    {
        var file = RepoPaths.InRepo("recipes", "pico", "tokenizer.json");
        var tokenizer = Tokenizer.Load(file);
        var kin = TokenKin.Of(file);
        int Id(string text) => Assert.Single(tokenizer.Encode(text));

        Assert.Equal(tokenizer.VocabularySize, kin.Count);
        Assert.Equal(kin[Id("name")], kin[Id(" name")]);
        Assert.Equal(kin[Id("the")], kin[Id(" The")]);
        Assert.NotEqual(kin[Id("name")], kin[Id("the")]);
        // Control tokens, signs and spaces stand alone.
        for (var id = 0; id < kin.Count; id++)
        {
            Assert.True(kin[id] <= id);
            if (tokenizer.IsAdded(id) || !tokenizer.TokenText(id).Any(char.IsLetterOrDigit)) Assert.Equal(id, kin[id]);
        }
    }
}
