using CsCheck;
using NemotronSharp.Text;
using Xunit;

namespace NemotronSharp.Tests.Text;

/// <summary>Trust per character, held against one flag per character.</summary>
public class PromptTextTests
{
    private static readonly Gen<(string Text, bool Trusted)[]> Pieces = Gen.Select(Gen.String[0, 4], Gen.Bool).Array[0, 12];

    [Fact]
    public void Joined_pieces_keep_their_text_and_trust() =>
        Pieces.Sample(pieces => HoldsEverywhere(Join(pieces), Flags(pieces), string.Concat(pieces.Select(p => p.Text))));

    [Fact]
    public void One_by_one_or_at_once_joining_gives_the_same() =>
        Pieces.Sample(pieces =>
        {
            var text = pieces.Aggregate(PromptText.Empty, (sum, p) => sum + Piece(p));
            HoldsEverywhere(text, Flags(pieces), string.Concat(pieces.Select(p => p.Text)));
        });

    [Fact]
    public void A_slice_keeps_text_and_trust_of_its_stretch() =>
        Gen.Select(Pieces, Gen.Int[0, 50], Gen.Int[0, 50]).Sample((pieces, a, b) =>
        {
            var text = Join(pieces);
            var start = Math.Min(a, text.Length);
            var length = Math.Min(b, text.Length - start);
            HoldsEverywhere(text.Slice(start, length), Flags(pieces)[start..(start + length)], text.Value.Substring(start, length));
        });

    [Fact]
    public void A_stretch_outside_the_text_is_refused()
    {
        var text = PromptText.Trusted("abc");
        Assert.Throws<ArgumentOutOfRangeException>(() => text.IsTrusted(2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => text.IsTrusted(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => text.Slice(4, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => text.Slice(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => text.Slice(1, int.MaxValue));
    }

    private static PromptText Join((string, bool)[] pieces) => PromptText.Concat([.. pieces.Select(Piece)]);

    private static PromptText Piece((string Text, bool Trusted) piece) =>
        piece.Trusted ? PromptText.Trusted(piece.Text) : PromptText.Untrusted(piece.Text);

    private static bool[] Flags((string Text, bool Trusted)[] pieces) => [.. pieces.SelectMany(p => Enumerable.Repeat(p.Trusted, p.Text.Length))];

    private static void HoldsEverywhere(PromptText text, bool[] flags, string value)
    {
        Assert.Equal(value, text.Value);
        for (var start = 0; start <= flags.Length; start++)
            for (var end = start; end <= flags.Length; end++)
                Assert.Equal(flags.AsSpan(start, end - start).IndexOf(false) < 0, text.IsTrusted(start, end - start));
    }
}
