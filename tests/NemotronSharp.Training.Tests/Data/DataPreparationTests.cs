using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NemotronSharp.Text;
using NemotronSharp.Training.Data;

namespace NemotronSharp.Training.Tests.Data;

public class DataPreparationTests
{
    private const string Recipe = """
        {
          "seed": 5, "row_length": 512, "template": "chat_template.jinja",
          "tokenizer": { "learn": { "vocabulary": 1000, "conversations": 60, "text_characters": 5000 } },
          "parts": [
            { "name": "sum", "task": "sum", "tokens": 20000, "thinking_percent": 50, "held_out": 20, "parquet": true },
            { "name": "tool-call", "task": "tool-call", "tokens": 20000, "thinking_percent": 50, "held_out": 10, "learn_prompts": true },
            { "name": "text", "sources": ["tale"], "tokens": 3000, "row_length": 128 } // a comment
          ],
          "sources": [{ "name": "tale", "path": "tale.txt", "sha256": "HASH", "licence": "none", "held_out_percent": 10 }]
        }
        """;

    [Fact]
    public void The_same_recipe_gives_the_same_bytes_and_another_seed_others()
    {
        using var folder = new DataFolder();
        string first = Prepare(folder, "a", Recipe).ToJsonString(), second = Prepare(folder, "b", Recipe).ToJsonString();
        Assert.Equal(first, second);
        Assert.NotEqual(first, Prepare(folder, "c", Recipe.Replace("\"seed\": 5", "\"seed\": 6")).ToJsonString());
    }

    [Fact]
    public void The_manifest_tells_the_files_as_they_are()
    {
        using var folder = new DataFolder();
        var manifest = Prepare(folder, "a", Recipe);
        foreach (var part in manifest["parts"]!.AsArray().Append(manifest["held_out"]!["packed"]))
        {
            string path = Path.Combine(folder.Path, "a", (string)part!["file"]!);
            Assert.Equal((string)part["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
            using var data = PackedDataset.Open(path);
            Assert.Equal((int)part["rows"]!, data.RowCount);
            long learned = 0;
            var (ids, mask, documents) = (new int[data.RowLength], new byte[data.RowLength], new int[data.RowLength]);
            for (int row = 0; row < data.RowCount; row++)
            {
                data.ReadRow(row, ids, mask, documents);
                learned += mask.Sum(m => m);
            }
            Assert.Equal((long)part["learned_tokens"]!, learned);
        }
        var parts = manifest["parts"]!.AsArray();
        Assert.True((long)parts[0]!["learned_tokens"]! < (long)parts[0]!["tokens"]!);
        Assert.Equal((long)parts[1]!["tokens"]!, (long)parts[1]!["learned_tokens"]!); // learn_prompts
    }

    [Fact]
    public void Learned_tokens_are_the_assistants_words_and_its_end_mark()
    {
        using var folder = new DataFolder();
        Prepare(folder, "a", Recipe);
        var tokenizer = Tokenizer.Load(Path.Combine(folder.Path, "a", "tokenizer.json"));
        using var data = PackedDataset.Open(Path.Combine(folder.Path, "a", "sum.bin"));
        var (ids, mask, documents) = (new int[data.RowLength], new byte[data.RowLength], new int[data.RowLength]);
        data.ReadRow(0, ids, mask, documents);
        foreach (var document in Enumerable.Range(0, ids.Length).GroupBy(t => documents[t]).Where(d => d.Any(t => ids[t] != 0)))
        {
            string context = tokenizer.Decode([.. document.TakeWhile(t => mask[t] == 0).Select(t => ids[t])]);
            string learned = tokenizer.Decode([.. document.SkipWhile(t => mask[t] == 0).TakeWhile(t => mask[t] == 1).Select(t => ids[t])]);
            Assert.StartsWith("<|im_start|>system\n", context);
            Assert.Matches("<\\|im_start\\|>assistant\n(<think>\n|<think></think>)$", context);
            Assert.EndsWith("<|im_end|>\n", learned);
            Assert.DoesNotContain("<|im_start|>", learned);
        }
    }

    [Fact]
    public void No_training_conversation_holds_the_prompt_of_a_case()
    {
        using var folder = new DataFolder();
        Prepare(folder, "a", Recipe);
        var tokenizer = Tokenizer.Load(Path.Combine(folder.Path, "a", "tokenizer.json"));
        var cases = File.ReadLines(Path.Combine(folder.Path, "a", "heldout.jsonl")).Select(l => JsonNode.Parse(l)!).ToArray();
        Assert.Equal(30, cases.Length);
        Assert.Equal(30, cases.Select(c => (string)c["id"]!).Distinct().Count());
        foreach (var (part, task) in new[] { ("sum.bin", "sum"), ("tool-call.bin", "tool-call") })
        {
            var training = Documents(Path.Combine(folder.Path, "a", part), tokenizer).ToArray();
            foreach (var held in cases.Where(c => (string)c["task"]! == task))
            {
                string prompt = TestTemplate.Render([.. held["messages"]!.AsArray().Select(m => m!)], held["tools"]?.AsArray(), true, (bool)held["thinking"]!).Value;
                Assert.DoesNotContain(training, d => d.StartsWith(prompt, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Training_text_holds_no_copy_no_held_out_document_and_no_evaluation_text()
    {
        using var folder = new DataFolder();
        string[] stories = [.. Enumerable.Range(0, 60).Select(Story)];
        const string exam = "the quick examiner asked every pupil of the last row to name all seven hills of the old town by heart";
        File.WriteAllLines(folder.File("tale.txt"),
        [
            .. stories,
            stories[3].ToUpperInvariant(), // an exact copy but for case
            stories[4].Replace("w20 ", "another "), // a near copy
            $"{Story(102)} Then {exam} and they went home.",
            $"{Story(101)} {string.Join(' ', exam.Split(' ').Take(12))}.",
        ]);
        File.WriteAllText(folder.File("exam.jsonl"), $"{{\"question\": \"{exam}?\"}}\n");
        string set = $"{{ \"path\": \"exam.jsonl\", \"fields\": [\"question\"], \"sha256\": \"{HashOf(folder.File("exam.jsonl"))}\" }}";
        string path = folder.Recipe(Recipe.Replace("HASH", HashOf(folder.File("tale.txt"))).Replace("\"sources\": [{", $"\"decontaminate\": [{set}], \"sources\": [{{").Replace("\"tokens\": 3000", "\"tokens\": 3000000"));
        var manifest = new DataPreparation(DataRecipe.Load(path), path, folder.Path, folder.File("out"), (_, _) => { }).Run();

        var tokenizer = Tokenizer.Load(Path.Combine(folder.File("out"), "tokenizer.json"));
        string training = string.Concat(Documents(Path.Combine(folder.File("out"), "text.bin"), tokenizer)), heldOut = string.Concat(Documents(Path.Combine(folder.File("out"), "heldout-text.bin"), tokenizer));
        var list = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.File("out"), "heldout-text.json")))!["sources"]![0]!;
        int[] indices = [.. list["documents"]!.AsArray().Select(i => (int)i!)];
        Assert.Equal("tale.txt", (string)list["path"]!);
        Assert.NotEmpty(indices);
        for (int i = 0; i < 60; i++)
        {
            Assert.Equal(indices.Contains(i), heldOut.Contains($"story{i} w", StringComparison.Ordinal));
            Assert.Equal(!indices.Contains(i), training.Contains($"story{i} w", StringComparison.Ordinal));
        }
        Assert.DoesNotContain("STORY3", training);
        Assert.DoesNotContain("another", training);
        Assert.DoesNotContain("story102", training);
        Assert.DoesNotContain("story102", heldOut); // its hash puts it on the training side
        Assert.Contains("story101", training); // twelve words are too few

        var source = manifest["sources"]![0]!;
        Assert.Equal(64, (int)source["documents"]!);
        Assert.Equal([1, 1, 1], new[] { "exact_duplicates", "near_duplicates", "contaminated" }.Select(f => (int)source[f]!));
        Assert.Equal((int)source["passages"]!, new[] { "exact_duplicates", "near_duplicates", "contaminated", "kept" }.Sum(f => (int)source[f]!));
        Assert.Equal((long)source["tokens"]!, (long)manifest["parts"]!.AsArray().Single(p => (string)p!["name"]! == "text")!["tokens"]!);

        static string Story(int i) => string.Join(' ', Enumerable.Range(0, 120).Select(w => w == 0 ? $"story{i}" : w % 20 == 0 ? $"w{w}" : $"w{w}x{i}"));
    }

    [Fact]
    public void Published_conversations_are_taken_once_and_none_that_is_in_an_evaluation_set()
    {
        using var folder = new DataFolder();
        const string exam = "Ann has three red boxes with four blue pens in each of them and gives five pens away";
        string[] questions = [.. Enumerable.Range(0, 8).Select(i => $"How many hours does worker number {i} need for {i + 2} pieces of kind {i * 7}?"), "how many hours does worker number 3 need, for 5 pieces of kind 21", $"{exam}. How many are left?", "Who has all these pens?"];
        File.WriteAllLines(folder.File("train.jsonl"), questions.Select((q, i) => $"{{\"question\": \"{q}\", \"answer\": \"{(i == 10 ? exam : "It is simple.")}\\n#### 7\"}}")); // the last solution is in the exam, too
        File.WriteAllText(folder.File("exam.txt"), exam);
        string parts = "{ \"name\": \"questions\", \"conversations\": [\"gsm8k\"], \"tokens\": 100000, \"thinking_percent\": 100 }";
        string source = $"{{ \"name\": \"gsm8k\", \"files\": [{{ \"path\": \"train.jsonl\", \"sha256\": \"{HashOf(folder.File("train.jsonl"))}\" }}], \"licence\": \"MIT\" }}";
        string recipe = $$"""
            {
              "seed": 5, "row_length": 256, "template": "chat_template.jinja", "tokenizer": { "file": "{{RepoPaths.InRepo("recipes", "pico", "tokenizer.json")}}", "sha256": "{{HashOf(RepoPaths.InRepo("recipes", "pico", "tokenizer.json"))}}" },
              "parts": [{{parts}}], "sources": [], "conversation_sources": [{{source}}],
              "decontaminate": [{ "path": "exam.txt", "sha256": "{{HashOf(folder.File("exam.txt"))}}" }]
            }
            """;
        string path = folder.Recipe(recipe);
        var manifest = new DataPreparation(DataRecipe.Load(path), path, folder.Path, folder.File("out"), (_, _) => { }).Run();

        var tokenizer = Tokenizer.Load(Path.Combine(folder.File("out"), "tokenizer.json"));
        string[] training = [.. Documents(Path.Combine(folder.File("out"), "questions.bin"), tokenizer)];
        foreach (string question in questions.Take(8)) Assert.Single(training, d => d.Contains(question, StringComparison.Ordinal) && d.Contains("It is simple.", StringComparison.Ordinal));
        Assert.DoesNotContain(training, d => d.Contains("how many hours", StringComparison.Ordinal) || d.Contains("boxes", StringComparison.Ordinal) || d.Contains("all these pens", StringComparison.Ordinal));
        var counts = manifest["conversation_sources"]![0]!;
        Assert.Equal([11, 1, 0, 2, 8], new[] { "documents", "exact_duplicates", "near_duplicates", "contaminated", "kept" }.Select(f => (int)counts[f]!));
    }

    [Fact]
    public void Parquet_holds_the_same_rows_for_other_readers()
    {
        using var folder = new DataFolder();
        Prepare(folder, "a", Recipe);
        using var data = PackedDataset.Open(Path.Combine(folder.Path, "a", "sum.bin"));
        var rows = ParquetRows.Read(Path.Combine(folder.Path, "a", "sum.parquet"));
        Assert.Equal(data.RowCount, rows.Count);
        var (ids, mask, documents) = (new int[data.RowLength], new byte[data.RowLength], new int[data.RowLength]);
        for (int row = 0; row < rows.Count; row++)
        {
            data.ReadRow(row, ids, mask, documents);
            int length = rows[row].Ids.Length;
            Assert.Equal(ids[..length], rows[row].Ids);
            Assert.All(ids[length..], id => Assert.Equal(0, id));
            Assert.Equal(mask[..length].Select(m => (int)m), rows[row].Mask);
            Assert.Equal(Enumerable.Range(0, length).Where(t => t == 0 || documents[t] > documents[t - 1]), rows[row].Starts);
        }
    }

    [Theory]
    [InlineData("\"seed\": 5", "\"sead\": 5", "sead")]
    [InlineData("\"row_length\": 512", "\"row_length\": 0", "row_length")]
    [InlineData("\"task\": \"sum\"", "\"task\": \"sun\"", "parts.sum.task")]
    [InlineData("[\"tale\"]", "[\"tail\"]", "parts.text.sources")]
    [InlineData("\"name\": \"tool-call\"", "\"name\": \"../tool\"", "parts.../tool.name")]
    [InlineData("\"name\": \"tool-call\"", "\"name\": \"sum\"", "parts.name")]
    [InlineData("\"path\": \"tale.txt\"", "\"path\": null", "path")]
    [InlineData("\"held_out_percent\": 10", "\"held_out_percent\": 100", "sources.tale.held_out_percent")]
    [InlineData("\"held_out\": 20", "\"truncated_percent\": 101", "parts.sum.truncated_percent")]
    [InlineData("\"task\": \"sum\"", "\"text\": \"induction\", \"task\": \"sum\"", "parts.sum")]
    [InlineData("\"task\": \"sum\"", "\"task\": \"sum\", \"passages\": [\"tail\"]", "parts.sum.passages")]
    [InlineData("\"sources\": [\"tale\"]", "\"sources\": [\"tale\", \"tale\"]", "parts.sources")]
    [InlineData("\"learn\"", "\"file\": \"x\", \"learn\"", "tokenizer")]
    public void A_wrong_field_of_the_recipe_is_named(string right, string wrong, string field)
    {
        using var folder = new DataFolder();
        var error = Assert.Throws<InvalidDataException>(() => DataRecipe.Load(folder.Recipe(Recipe.Replace(right, wrong))));
        Assert.Contains(field, error.Message);
    }

    [Fact]
    public void Another_source_than_the_recipes_is_refused()
    {
        using var folder = new DataFolder();
        string recipe = folder.Recipe(Recipe.Replace("HASH", new string('0', 64)));
        File.WriteAllText(folder.File("tale.txt"), "A tale.");
        var error = Assert.Throws<InvalidDataException>(() => new DataPreparation(DataRecipe.Load(recipe), recipe, folder.Path, folder.File("out"), (_, _) => { }).Run());
        Assert.Contains("tale", error.Message);
        Assert.False(File.Exists(Path.Combine(folder.File("out"), "manifest.json")));
    }

    [Fact]
    public void The_shipped_recipe_is_valid() => Assert.NotEmpty(DataRecipe.Load(Path.Combine(Path.GetDirectoryName(DataFolder.Template)!, "data.jsonc")).Parts);

    private static JsonObject Prepare(DataFolder folder, string output, string recipe)
    {
        File.WriteAllLines(folder.File("tale.txt"), Enumerable.Range(0, 120).Select(i => $"Once upon a time a small robot number {i} counted the stars in the sky, and then it went home to sleep until the sun came up."));
        string path = folder.Recipe(recipe.Replace("HASH", HashOf(folder.File("tale.txt"))));
        var manifest = new DataPreparation(DataRecipe.Load(path), path, folder.Path, Path.Combine(folder.Path, output), (_, _) => { }).Run();
        return manifest;
    }

    private static string HashOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static IEnumerable<string> Documents(string path, Tokenizer tokenizer)
    {
        using var data = PackedDataset.Open(path);
        var (ids, mask, documents) = (new int[data.RowLength], new byte[data.RowLength], new int[data.RowLength]);
        for (int row = 0; row < data.RowCount; row++)
        {
            data.ReadRow(row, ids, mask, documents);
            foreach (var document in Enumerable.Range(0, ids.Length).GroupBy(t => documents[t])) yield return tokenizer.Decode([.. document.Select(t => ids[t])]);
        }
    }
}
