using System.Text;
using System.Text.Json.Nodes;
using NemotronSharp.Configuration;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Hostile;

/// <summary>Conversations and tools as JSON, rendered by the template that ships.</summary>
internal sealed class HostileMessages : HostileFiles
{
    private const string Tools = """[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":"number","enum":[1,2]}},"required":["a"]}}}]""";

    private readonly ChatTemplate _template;
    private readonly Tokenizer _tokenizer;

    public HostileMessages()
    {
        // The template's errors name the template: it lies where the files lie.
        File.Copy(RepoPaths.InRepo("models", "pico", "chat_template.jinja"), Folder.File("chat_template.jinja"));
        _template = ModelText.LoadTemplate(Folder.Path);
        _tokenizer = Tokenizer.FromJson(Encoding.UTF8.GetBytes(HostileModel.Tokenizer), "tokenizer");
    }

    public override string Name => "messages";

    public override double Share => 0.04;

    public override void Write(Chance chance)
    {
        Size = 0;
        Save("messages.json", HostileText.Json(HostileModel.Messages.ToJsonString(), chance));
        Save("tools.json", chance.OneIn(2) ? HostileText.Json(Tools, chance) : "null"u8.ToArray());
    }

    public override void Read(Meter meter)
    {
        if (Parse("messages.json") is not JsonArray messages) return;
        _tokenizer.Encode(_template.Render(messages, Parse("tools.json") as JsonArray));
    }

    private JsonNode? Parse(string name) => JsonText.Parse(File.ReadAllText(Folder.File(name)), Folder.File(name));
}
