using System.Text;
using NemotronSharp.Checkpoints;

namespace NemotronSharp.Tests.Hostile;

/// <summary>Folders whose JSON files go wrong, one or several at once: config.json, the index of shards, generation_config.json, tokenizer_config.json.</summary>
internal sealed class HostileFolder : HostileFiles
{
    private static readonly string[] Files = ["config.json", "config.json", "model.safetensors.index.json", "generation_config.json", "tokenizer_config.json"];

    private readonly Dictionary<string, byte[]> _good = [];
    private readonly byte[] _template;
    private bool _fromConfig;

    public HostileFolder()
    {
        HostileModel.WriteFolder(Folder.Path, HostileModel.ModelOptTensors(), shardBytes: 20_000);
        foreach (var file in Files.Distinct()) _good[file] = File.ReadAllBytes(Folder.File(file));
        _template = File.ReadAllBytes(Folder.File("chat_template.jinja"));
    }

    public override string Name => "folder";

    public override double Share => 0.14;

    public override void Write(Chance chance)
    {
        Size = Directory.GetFiles(Folder.Path, "*.safetensors").Sum(f => new FileInfo(f).Length);
        foreach (var (name, bytes) in _good) Save(name, bytes);
        Save(chance.Of(Files), HostileText.Json(Encoding.UTF8.GetString(_good[chance.Of(Files)]), chance));
        var name2 = chance.Of(Files);
        Save(name2, HostileText.Json(Encoding.UTF8.GetString(_good[name2]), chance));
        // Without the file of its own the template comes from tokenizer_config.json.
        _fromConfig = chance.OneIn(3);
        if (_fromConfig) File.Delete(Folder.File("chat_template.jinja"));
        else Save("chat_template.jinja", _template);
    }

    public override void Read(Meter meter)
    {
        if (_fromConfig)
        {
            ModelText.LoadTemplate(Folder.Path).Render(HostileModel.Messages);
            return;
        }
        using var model = ChatModel.Load(Folder.Path, HostileModel.Options(chunked: true));
        HostileModel.Use(model.Engine, meter);
        model.Tokenizer.Encode(model.Template.Render(HostileModel.Messages));
    }
}
