namespace NemotronSharp.Tests.Model;

/// <summary>What the MTP head drafts behind each token.</summary>
public sealed class DraftTests : IDisposable
{
    private const int Vocabulary = 101;
    private readonly TempFolder _folder = new();
    private readonly int[] _ids;

    public DraftTests()
    {
        TinyModels.Write(_folder.Path, TinyModels.Config(), seed: 5);
        var random = new Random(6);
        _ids = [.. Enumerable.Range(0, 60).Select(_ => random.Next(Vocabulary))];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_draft_is_the_head_s_likeliest_token()
    {
        var expected = new List<int>();
        using var engine = NemotronEngine.Load(_folder.Path);
        using var state = engine.NewSequence();
        engine.ForwardMtp(state, _ids, (_, logits) => expected.Add(logits.IndexOf(logits.ToArray().Max())));
        Assert.Equal(expected, Drafts(_ids, 0, depth: 1).Select(d => d[0]));
        Assert.Equal(expected, Drafts(_ids, 0, depth: 3).Select(d => d[0]));
    }

    // A draft leaves no trace: behind a token it depends on the tokens up to the one after it, not on what was drafted behind others.
    [Fact]
    public void Drafts_depend_on_the_tokens_before_alone()
    {
        var all = Drafts(_ids, 0, depth: 3);
        Assert.True(all.Select(d => (d[1], d[2])).Distinct().Count() > 5);
        foreach (var token in (int[])[0, 1, 20, 58]) Assert.Equal(all[token], Assert.Single(Drafts(_ids[..(token + 2)], token, depth: 3)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(32)]
    public void Drafts_are_the_same_from_any_first_token_and_in_any_steps(int step)
    {
        var all = Drafts(_ids, 0, depth: 2);
        foreach (var first in (int[])[0, 6, 7, 31, 58]) Assert.Equal(all[first..], Drafts(_ids, first, depth: 2, step));
    }

    [Theory]
    [InlineData(59, 1)]
    [InlineData(-1, 1)]
    [InlineData(0, 0)]
    public void Numbers_out_of_range_are_refused(int first, int depth) => Assert.ThrowsAny<ArgumentException>(() => Drafts(_ids, first, depth));

    private List<int[]> Drafts(int[] ids, int first, int depth, int step = 512)
    {
        using var engine = NemotronEngine.Load(_folder.Path, new EngineOptions { StepTokens = step });
        using var state = engine.NewSequence();
        var drafts = new List<int[]>();
        engine.DraftMtp(state, ids, first, depth, (token, found) =>
        {
            Assert.Equal(first + drafts.Count, token);
            drafts.Add(found.ToArray());
        });
        Assert.Equal(ids.Length - 1 - first, drafts.Count);
        return drafts;
    }
}
