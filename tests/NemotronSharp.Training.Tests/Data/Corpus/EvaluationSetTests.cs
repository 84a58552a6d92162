using System.Security.Cryptography;
using System.Text;
using NemotronSharp.Training.Data.Corpus;

namespace NemotronSharp.Training.Tests.Data.Corpus;

public class EvaluationSetTests
{
    [Theory]
    [InlineData("x.jsonl", "{\"q\": \"one\", \"z\": \"no\"}\n{\"q\": [{\"content\": \"two\"}, \"three\"], \"n\": 5}\n", "one|two|three")]
    [InlineData("x.json", "[{\"a\": {\"q\": \"one\"}}, {\"q\": \"two\"}]", "one|two")]
    [InlineData("x.csv", "id,q,type\n1,\"one, \"\"quoted\"\"\nand a line\",x\n2,two,y\n", "one, \"quoted\"\nand a line|two")]
    public void Texts_of_the_named_fields_are_found_at_any_depth(string file, string content, string expected)
    {
        using var folder = new DataFolder();
        File.WriteAllText(folder.File(file), content);
        Assert.Equal(expected.Split('|'), new EvaluationSet(file, "", ["q"]).Texts(folder.Path));
    }

    [Fact]
    public void A_pattern_takes_all_its_files_in_order_and_one_hash_covers_them()
    {
        using var folder = new DataFolder();
        Directory.CreateDirectory(folder.File("sub"));
        File.WriteAllText(folder.File("sub/b.txt"), "second");
        File.WriteAllText(folder.File("sub/a.txt"), "first");
        File.WriteAllText(folder.File("sub/c.md"), "other");
        var set = new EvaluationSet("sub/*.txt", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("firstsecond"))));
        set.Verify(folder.Path);
        Assert.Equal(["first", "second"], set.Texts(folder.Path));
        File.WriteAllText(folder.File("sub/a.txt"), "First");
        Assert.Contains("sub/*.txt", Assert.Throws<InvalidDataException>(() => set.Verify(folder.Path)).Message);
    }

    [Theory]
    [InlineData("x.json", "{\"z\": \"no\"}", "found no text")]
    [InlineData("x.json", "{\"z\": ", "x.json")]
    [InlineData("x.csv", "a,b\n1,2\n", "'q'")]
    public void A_set_that_is_not_as_the_recipe_says_is_named(string file, string content, string message)
    {
        using var folder = new DataFolder();
        File.WriteAllText(folder.File(file), content);
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => new EvaluationSet(file, "", ["q"]).Texts(folder.Path).ToArray()).Message);
    }
}
