using System.Text.Json.Nodes;

namespace NemotronSharp.Tests.Text;

/// <summary>Where a folder's template comes from.</summary>
public sealed class ChatTemplateFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Render() => ChatTemplateFile.Load(_folder.Path).Render(new JsonArray(), addGenerationPrompt: false).Value;

    [Fact]
    public void The_file_comes_before_the_field()
    {
        File.WriteAllText(_folder.File("tokenizer_config.json"), """{"chat_template": "from the field"}""");
        Assert.Equal("from the field", Render());
        File.WriteAllText(_folder.File("chat_template.jinja"), "from the file");
        Assert.Equal("from the file", Render());
    }

    [Fact]
    public void Of_several_named_templates_the_default_is_taken()
    {
        File.WriteAllText(_folder.File("tokenizer_config.json"), """{"chat_template": [{"name": "rag", "template": "no"}, {"name": "default", "template": "yes"}]}""");
        Assert.Equal("yes", Render());
    }

    [Fact]
    public void Special_tokens_are_known_to_the_template_and_trusted()
    {
        File.WriteAllText(_folder.File("tokenizer_config.json"), """{"bos_token": "<s>", "eos_token": {"content": "</s>"}, "chat_template": "{{ bos_token }}-{{ eos_token }}"}""");
        var prompt = ChatTemplateFile.Load(_folder.Path).Render(new JsonArray(), addGenerationPrompt: false);
        Assert.Equal("<s>-</s>", prompt.Value);
        Assert.True(prompt.IsTrusted(0, prompt.Length));
    }

    [Theory]
    [InlineData("""{}""", "no chat template")]
    [InlineData("""{"chat_template": 3}""", "field 'chat_template': found Number")]
    [InlineData("""[]""", "found Array")]
    [InlineData("""{"chat_template":""", "JSON")]
    [InlineData("""{"bos_token": "a", "bos_token": "b"}""", "JSON")]
    public void What_is_missing_or_malformed_is_said(string config, string found)
    {
        File.WriteAllText(_folder.File("tokenizer_config.json"), config);
        Assert.Contains(found, Assert.Throws<InvalidDataException>(() => ChatTemplateFile.Load(_folder.Path)).Message);
    }
}
