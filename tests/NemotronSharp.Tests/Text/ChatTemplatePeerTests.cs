using System.Diagnostics;
using System.Text.Json.Nodes;
using NemotronSharp.Text;
using Xunit;

namespace NemotronSharp.Tests.Text;

/// <summary>
/// The three templates against npm's @huggingface/jinja, byte for byte, on generated conversations.
/// Where that peer departs from Python's Jinja, which Hugging Face runs, the generator leaves such values out:
/// <list type="bullet">
/// <item>str() writes true and false for True and False, and fails on None (inside tojson both are the same as in Python);</item>
/// <item>a number that JSON writes as 1.0 becomes the integer 1, and exponents are written as 1e21 rather than 1e+21;</item>
/// <item>a list turned into a string is written as JSON (["integer", "null"]) rather than by repr (['integer', 'null']);</item>
/// <item>strings cannot be repeated with *, have no join method, and lstrip ignores the characters it is given: contents with images fail;</item>
/// <item>integers beyond 2^53 lose digits.</item>
/// </list>
/// Those cases are in <see cref="ChatTemplateWorkedTests"/> with expectations from the specification.
/// </summary>
public sealed class ChatTemplatePeerTests(ChatTemplatePeerTests.Renderings renderings) : IClassFixture<ChatTemplatePeerTests.Renderings>
{
    private const int CasesPerTemplate = 450;

    [Theory]
    [InlineData(ChatTemplateFiles.Nano)]
    [InlineData(ChatTemplateFiles.Ultra)]
    [InlineData(ChatTemplateFiles.Omni)]
    public void EveryGeneratedConversationRendersToTheSameBytes(string file)
    {
        var template = ChatTemplateFiles.Load(file);
        Assert.Equal(CasesPerTemplate, renderings.Of(file).Count);
        foreach (var (conversation, peer) in renderings.Of(file))
        {
            Assert.True(peer["error"] is null, $"the peer failed with {peer["error"]} on {conversation.ToJsonString()}");
            var variables = conversation["variables"]!.AsObject().ToDictionary(entry => entry.Key, entry => entry.Value);
            var text = template.Render(conversation["messages"]!.AsArray(), conversation["tools"]?.AsArray(), conversation["add_generation_prompt"]!.GetValue<bool>(), variables);
            Assert.Equal(peer["text"]!.GetValue<string>(), text.Value);
        }
    }

    /// <summary>All cases, rendered by one run of the peer.</summary>
    public sealed class Renderings
    {
        private readonly Dictionary<string, List<(JsonObject Conversation, JsonObject Peer)>> _byFile = [];

        public Renderings()
        {
            var peers = RepoPaths.InRepo("tests", "peers");
            if (!Directory.Exists(Path.Combine(peers, "node_modules", "@huggingface", "jinja")))
                Assert.Fail($"the peer @huggingface/jinja is not installed: run 'npm ci' in {peers}");
            var cases = ChatTemplateFiles.All.SelectMany((file, index) => Enumerable.Range(0, CasesPerTemplate).Select(number =>
                (File: file, Case: new ConversationGenerator((index * CasesPerTemplate) + number, multimodal: false, comparableInJavaScript: true).Case(ChatTemplateFiles.PathOf(file))))).ToList();
            var results = Run(Path.Combine(peers, "render.mjs"), cases.Select(entry => entry.Case.ToJsonString()));
            foreach (var ((file, conversation), result) in cases.Zip(results, (entry, result) => (entry, result)))
            {
                if (!_byFile.TryGetValue(file, out var list)) _byFile[file] = list = [];
                // What both sides saw is the text of the case, so this side reads it back, too.
                list.Add((JsonNode.Parse(conversation.ToJsonString())!.AsObject(), JsonNode.Parse(result)!.AsObject()));
            }
        }

        public IReadOnlyList<(JsonObject Conversation, JsonObject Peer)> Of(string file) => _byFile[file];

        private static string[] Run(string script, IEnumerable<string> cases)
        {
            var folder = Directory.CreateTempSubdirectory("nemotron-templates-");
            try
            {
                var (input, output) = (Path.Combine(folder.FullName, "cases.jsonl"), Path.Combine(folder.FullName, "results.jsonl"));
                File.WriteAllLines(input, cases);
                using var node = Process.Start(new ProcessStartInfo("node", [script, input, output]) { RedirectStandardError = true })!;
                var errors = node.StandardError.ReadToEnd();
                node.WaitForExit();
                Assert.True(node.ExitCode == 0, $"node {script} ended with {node.ExitCode}: {errors}");
                return File.ReadAllLines(output);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }
}
