using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NemotronSharp.Cli.Tests.Evaluation;

/// <summary>A model folder with known answers ("It is 12."), a cases file and sources of text.</summary>
internal sealed partial class EvaluationFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public EvaluationFolder() => ScriptedModel.WriteSum(Model);

    public string Model => _folder.File("models/pico");

    public string Data => Directory.CreateDirectory(_folder.File("data")).FullName;

    public string File(string name) => _folder.File(name);

    public void Dispose() => _folder.Dispose();

    /// <summary>A one-step case with a message by a user.</summary>
    public static string Case(string skill, bool thinking, string contains, string message = "What is 7 + 5?", string id = "a-1", string more = "") =>
        $$$"""{"id":"{{{id}}}","task":"{{{skill}}}","thinking":{{{(thinking ? "true" : "false")}}},"messages":[{"role":"user","content":{{{JsonSerializer.Serialize(message)}}}}],{{{more}}}"steps":[{"expect":{"contains":["{{{contains}}}"]}}]}""";

    public void WriteCases(params string[] lines) => System.IO.File.WriteAllLines(Path.Combine(Model, "heldout.jsonl"), lines);

    /// <summary>A source of JSON lines, and the list of its held-out documents.</summary>
    public void WriteSource(string[] documents, int[] heldOut, string? sha256 = null)
    {
        var file = Path.Combine(Data, "tales.jsonl");
        System.IO.File.WriteAllLines(file, documents.Select(text => new JsonObject { ["text"] = text }.ToJsonString()));
        sha256 ??= Convert.ToHexStringLower(SHA256.HashData(System.IO.File.ReadAllBytes(file)));
        var list = new { sources = new[] { new { name = "tales", path = "tales.jsonl", sha256, documents = heldOut } } };
        System.IO.File.WriteAllText(Path.Combine(Model, "heldout-text.json"), JsonSerializer.Serialize(list));
    }

    /// <summary>Runs the command in a home of its own, so that no data folder is found beside it; without the lines of its progress.</summary>
    public Outcome Run(params string[] arguments)
    {
        var outcome = Nemotron.Run("", ["eval", .. arguments], ("NEMOTRON_HOME", _folder.Path));
        return outcome with { Error = Progress().Replace(outcome.Error, "") };
    }

    public JsonNode Json(params string[] arguments)
    {
        var (code, output, error) = Run([.. arguments, "--json"]);
        Assert.True(code == 0, error);
        return JsonNode.Parse(output)!;
    }

    [GeneratedRegex(@"^[\w-]+: \d+%\n", RegexOptions.Multiline)]
    private static partial Regex Progress();
}
