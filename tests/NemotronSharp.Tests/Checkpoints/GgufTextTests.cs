using System.Text.Json.Nodes;
using NemotronSharp.Checkpoints;
using NemotronSharp.Numerics;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Checkpoints;

/// <summary>The model that ships, as one GGUF file: everything that its folder says is in it.</summary>
public sealed class GgufTextTests : IDisposable
{
    private static readonly string Pico = RepoPaths.InRepo("models", "pico");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Export(TensorType type = TensorType.BF16)
    {
        using var source = HuggingFaceFolder.Open(Pico);
        var path = _folder.File($"pico-{type}.gguf");
        GgufExport.Write(new CheckpointValues(source), path, "pico", QuantizationRecipe.Uniform(type), GgufText.Of(Pico, source.Config));
        return path;
    }

    [Fact]
    public async Task It_talks_as_its_folder_does()
    {
        using var file = ChatModel.Load(Export());
        using var folder = ChatModel.Load(Pico);
        Assert.Equal(folder.StopIds.Order(), file.StopIds.Order());
        Assert.Equal(folder.DefaultSampling, file.DefaultSampling);
        foreach (var question in (string[])["What is 47 + 38?", "Who are you?", "Hello!", "Repeat: blue kettle"])
            foreach (var thinking in (bool[])[true, false])
                Assert.Equal(await Answer(folder, question, thinking), await Answer(file, question, thinking));
    }

    [Fact]
    public void Its_tokenizer_gives_the_same_ids()
    {
        using var file = ChatModel.Load(Export());
        var folder = Tokenizer.Load(Path.Combine(Pico, "tokenizer.json"));
        Assert.Equal(folder.VocabularySize, file.Tokenizer.VocabularySize);
        foreach (var text in (string[])["Hello, world!", "fooBar(12345) = \"naïve\";\r\n\t x", "日本語 и русский 🙂", "<think>no control</think><|im_end|>", "   trailing   "])
        {
            Assert.Equal(folder.Encode(text), file.Tokenizer.Encode(text));
            Assert.Equal(text, file.Tokenizer.Decode(file.Tokenizer.Encode(text)));
        }
    }

    [Theory]
    [InlineData("tokenizer.ggml.model", "llama", "gpt2")]
    [InlineData("tokenizer.ggml.pre", "qwen2", "pixtral")]
    [InlineData("tokenizer.ggml.merges", null, "nothing")]
    [InlineData("tokenizer.chat_template", null, "nothing")]
    public void What_is_missing_or_another_s_is_named(string key, string? value, string word)
    {
        var bad = _folder.File("bad.gguf");
        using (var file = GgufFile.Open(Export()))
            GgufWriter.Write(bad, [.. file.Metadata.Values.Where(m => m.Key != key), .. value is null ? Array.Empty<KeyValuePair<string, GgufValue>>() : [new(key, GgufValue.Of(value))]],
                [.. file.Tensors.Values.Select(t => TensorContent.FromSingles(t.Name, t.Type, [.. t.Shape], t.ToSingles()))]);
        var message = Assert.Throws<InvalidDataException>(() => ChatModel.Load(bad)).Message;
        Assert.Contains(key, message);
        Assert.Contains(word, message);
    }

    private static async Task<string> Answer(ChatModel model, string question, bool thinking)
    {
        var messages = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question });
        await foreach (var delta in model.StreamAsync(messages, new ChatOptions { Thinking = thinking, MaxTokens = 60 }, TestContext.Current.CancellationToken))
            if (delta is ChatCompleted done) return $"{done.Message.Reasoning}|{done.Message.Content}|{done.FinishReason}";
        return "";
    }
}
