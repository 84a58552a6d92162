using System.Text;

namespace NemotronSharp.Tests.Hostile;

/// <summary>Chat templates: made to ask for too much, or good ones with pieces missing, doubled and moved.</summary>
internal sealed class HostileTemplate : HostileFiles
{
    private static readonly string[] Pieces = ["{%", "%}", "{{", "}}", "{#", "#}", "{%-", "-%}", "{% endif %}", "{% endfor %}", "{% else %}", "{% raw %}", "{% break %}", "(", ")", "[", "]", "{", "|", ".", "'", "\\", " is ", " in ", "** 9", "|tojson", "\u0000", "\uFFFE", "\U0001F642"];
    private static readonly string[] Seeds = [HostileModel.Template, File.ReadAllText(RepoPaths.InRepo("models", "pico", "chat_template.jinja"))];

    public HostileTemplate() => File.WriteAllText(Folder.File("tokenizer_config.json"), """{"bos_token": "<s>"}""");

    public override string Name => "template";

    public override double Share => 0.06;

    // A rendering sets its own limits: 5 million steps take about a second of a free core (six were seen on a crowded one), and texts may come to 2^27 characters in all.
    public override TimeSpan MostTime => TimeSpan.FromSeconds(10);

    public override long MostAllocated => 2L << 30;

    public override void Write(Chance chance)
    {
        Size = 0;
        if (!chance.OneIn(3))
        {
            Save("chat_template.jinja", Encoding.UTF8.GetBytes(TemplateGenerator.Template(chance)));
            return;
        }

        var text = chance.OneIn(3) ? TemplateGenerator.Template(chance) : chance.Of(Seeds);
        for (var i = chance.Between(1, 4); i > 0; i--)
        {
            var (at, other) = (chance.Below(text.Length), chance.Below(text.Length));
            var length = Math.Min(chance.Between(1, 40), text.Length - Math.Max(at, other));
            text = chance.Below(4) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, chance.Of(Pieces)),
                2 => text.Insert(at, text.Substring(other, length)),
                _ => text.Insert(at, string.Concat(Enumerable.Repeat(chance.Of(Pieces), chance.Of(1, 10, 3000)))),
            };
        }
        Save("chat_template.jinja", HostileText.Encode(text));
    }

    public override void Read(Meter meter) => ModelText.LoadTemplate(Folder.Path).Render(HostileModel.Messages);
}
