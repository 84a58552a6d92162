using System.Runtime.CompilerServices;
using NemotronSharp.Training.Data.Corpus;

namespace NemotronSharp.Training.Tests.Data.Corpus;

/// <summary>Runs alone: what other tests hold at the same time would be counted too.</summary>
[CollectionDefinition(nameof(NearDuplicateMemoryTests), DisableParallelization = true)]
public sealed class NearDuplicateMemoryTestsRunAlone;

/// <summary>What an index keeps of the texts it takes in.</summary>
[Collection(nameof(NearDuplicateMemoryTests))]
public class NearDuplicateMemoryTests
{
    private const int Texts = 100;

    [Fact]
    public void Memory_follows_the_number_of_texts_not_their_length()
    {
        Kept(words: 20_000); // the first time, the array pool's buffers would be counted too
        long ofShort = Kept(words: 20), ofLong = Kept(words: 20_000); // 32 MB of text
        Assert.InRange(ofShort, 1, 200_000);
        Assert.InRange(ofLong, 1, 200_000);
    }

    private static long Kept(int words)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var index = new NearDuplicateIndex();
        for (int i = 0; i < Texts; i++) Add(index, i, words);
        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(index);
        return kept;
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // or the last text lives on in the caller's frame
    private static void Add(NearDuplicateIndex index, int number, int words) =>
        Assert.True(index.TryAdd(string.Join(' ', Enumerable.Range(number * 1_000_000, words))));
}
