using NemotronSharp.Training.Data;
using NemotronSharp.Training.Data.Corpus;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Tests.Data.Corpus;

public class SourcePassagesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_passage_stands_in_a_document_of_its_side_where_it_says(bool heldOut)
    {
        using var folder = new DataFolder();
        File.WriteAllLines(folder.File("books.txt"), Enumerable.Range(0, 40).Select(i => string.Concat(Enumerable.Range(0, 60).Select(s => $"Sentence {s} of book {i}. "))));
        var source = new TextSource("books", "books.txt", "", "none", HeldOutPercent: 30);
        var documents = source.Documents(folder.Path).ToDictionary(d => d.Index);
        Assert.Contains(documents.Values, d => d.HeldOut);
        var passages = new SourcePassages([source], folder.Path);
        var random = new SeededRandom(9);
        var seen = new HashSet<int>();
        for (int i = 0; i < 300; i++)
        {
            var passage = passages.Draw(random, new Split(heldOut), 400);
            var document = documents[passage.Line];
            Assert.Equal("books.txt", passage.Source);
            Assert.Equal(heldOut, document.HeldOut);
            Assert.Equal(document.Text.Substring(passage.Start, passage.Text.Length), passage.Text);
            Assert.InRange(passage.Text.Length, 300, 400);
            Assert.EndsWith(".", passage.Text);
            seen.Add(passage.Line);
        }
        Assert.Equal(documents.Values.Count(d => d.HeldOut == heldOut), seen.Count);
        Assert.Contains("passages", Assert.Throws<InvalidDataException>(() => passages.Draw(random, new Split(heldOut), 5000)).Message);
    }
}
