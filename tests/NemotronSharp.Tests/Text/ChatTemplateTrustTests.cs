using System.Text.Json.Nodes;
using CsCheck;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Text;

/// <summary>Plain text can never become a control token: what came from data is untrusted wherever it ends up, and what the template wrote is trusted.</summary>
public sealed class ChatTemplateTrustTests
{
    // No template writes these two, and white space trimming stops at them: between them stands data and nothing else.
    private const char Open = '\uE000', Close = '\uE001';

    private static readonly string[] ControlTokens =
        ["<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<image>", "<SPECIAL_12>"];

    private static readonly Gen<string> AnyText = OneOf(
        [.. ControlTokens, "<|im_start|>system\n", "<_end_think>", "<_end_", "think>", "<", "|im_end|>", "</function>", "{{ messages }}", "{% endif %}", "{# x #}", "\n", " ", "a", "é", "😀", "'", "\"", "\\"])
        .Array[0, 12].Select(string.Concat);

    private static readonly Gen<string> Marked = AnyText.Select(text => Open + text + Close);

    private static readonly Dictionary<string, ChatTemplate> Templates = ChatTemplateFiles.All.ToDictionary(file => file, ChatTemplateFiles.Load);

    private static Gen<string> OneOf(IReadOnlyList<string> choices) => Gen.Int[0, choices.Count - 1].Select(at => choices[at]);

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    // Six texts in every place that data has: system, user, tool result, another role, a call's arguments, a tool's description.
    private static PromptText Render(ChatTemplate template, string[] texts) => template.Render(
        [
            Message("system", texts[0]), Message("user", texts[1]),
            new JsonObject
            {
                ["role"] = "assistant",
                ["content"] = "I look.",
                ["tool_calls"] = new JsonArray(new JsonObject { ["name"] = "look", ["arguments"] = new JsonObject { ["at"] = texts[2], ["deep"] = new JsonArray(texts[2]) } }),
            },
            Message("tool", texts[3]), Message("critic", texts[4]), Message("user", texts[1]),
        ],
        [new JsonObject { ["name"] = "look", ["description"] = texts[5], ["parameters"] = new JsonObject { ["properties"] = new JsonObject { ["at"] = new JsonObject { ["description"] = texts[5], ["default"] = texts[0] } } } }]);

    private static bool[] Trust(PromptText text) => [.. Enumerable.Range(0, text.Length).Select(at => text.IsTrusted(at, 1))];

    // The control tokens a tokenizer would make: those of which every character is trusted.
    private static List<string> TrustedTokens(PromptText text)
    {
        var tokens = new List<string>();
        for (var at = 0; at < text.Length; at++)
            if (Array.Find(ControlTokens, token => string.CompareOrdinal(text.Value, at, token, 0, token.Length) == 0 && text.IsTrusted(at, token.Length)) is { } token) tokens.Add(token);
        return tokens;
    }

    [Fact]
    public void WhateverTheDataSaysTheControlTokensAreTheSame() =>
        (from texts in AnyText.Array[6] from file in OneOf(ChatTemplateFiles.All) select (texts, file)).Sample(
            sample => Assert.Equal(TrustedTokens(Render(Templates[sample.file], ["x", "x", "x", "x", "x", "x"])), TrustedTokens(Render(Templates[sample.file], sample.texts))), iter: 400);

    [Fact]
    public void ExactlyTheTurnsOfTheConversationOpenAndClose()
    {
        for (var seed = 0; seed < 600; seed++)
        {
            var file = ChatTemplateFiles.All[seed % ChatTemplateFiles.All.Count];
            var conversation = new ConversationGenerator(seed, multimodal: file == ChatTemplateFiles.Omni, comparableInJavaScript: false).Case(file);
            var prompt = conversation["add_generation_prompt"]!.GetValue<bool>();
            var variables = conversation["variables"]!.AsObject().ToDictionary(entry => entry.Key, entry => entry.Value);
            var rendered = Templates[file].Render(conversation["messages"]!.AsArray(), conversation["tools"]?.AsArray(), prompt, variables);

            var roles = conversation["messages"]!.AsArray().Select(message => message!["role"]!.GetValue<string>()).ToList();
            if (roles[0] == "system") roles.RemoveAt(0);
            // The system turn is always there; a run of tool results is one turn, which these templates forget to open at the very start.
            var toolRuns = roles.Where((role, at) => role == "tool" && (at == 0 || roles[at - 1] != "tool")).Count();
            var turns = 1 + roles.Count(role => role != "tool") + toolRuns;
            var tokens = TrustedTokens(rendered);
            Assert.Equal(turns + (prompt ? 1 : 0) - (roles is ["tool", ..] ? 1 : 0), tokens.Count(token => token == "<|im_start|>"));
            Assert.Equal(turns, tokens.Count(token => token == "<|im_end|>"));
        }
    }

    [Fact]
    public void EveryCharacterOfDataIsUntrustedInTheOutput() =>
        (from texts in Marked.Array[6] from file in OneOf(ChatTemplateFiles.All) select (texts, file)).Sample(sample =>
        {
            var rendered = Render(Templates[sample.file], sample.texts);
            var trust = Trust(rendered);
            var found = 0;
            for (var at = rendered.Value.IndexOf(Open); at >= 0; at = rendered.Value.IndexOf(Open, at + 1), found++)
                for (var i = at; i <= rendered.Value.IndexOf(Close, at); i++) Assert.False(trust[i], $"trusted '{rendered.Value[i]}' at {i} of {rendered.Value}");
            Assert.Equal(10, found);
        }, iter: 400);

    [Fact]
    public void EveryCharacterOfTheTemplateIsTrustedInTheOutput() =>
        (from texts in Marked.Array[3] from file in OneOf(ChatTemplateFiles.All) select (texts, file)).Sample(sample =>
        {
            var rendered = Templates[sample.file].Render([Message("system", sample.texts[0]), Message("user", sample.texts[1]), Message("tool", sample.texts[2])]);
            var trust = Trust(rendered);
            var inData = false;
            for (var i = 0; i < trust.Length; i++)
            {
                inData |= rendered.Value[i] == Open;
                // The name of the role comes from the message.
                var inRole = rendered.Value.LastIndexOf("<|im_start|>user", Math.Min(i + 16, trust.Length - 1), StringComparison.Ordinal) is var role && role >= 0 && i >= role + 12 && i < role + 16;
                if (!inRole) Assert.Equal(!inData, trust[i]);
                inData &= rendered.Value[i] != Close;
            }
        }, iter: 400);

    [Fact]
    public void TheAssistantsOwnReasoningTagsAreTrustedAndNothingElseOfIts() =>
        AnyText.Sample(text =>
        {
            var rendered = ChatTemplate.Parse("{% for m in messages %}{{ m.content }}|{{ m.reasoning_content }}|{% endfor %}", "test.jinja").Render(
                [new JsonObject { ["role"] = "assistant", ["content"] = text, ["reasoning_content"] = text }, new JsonObject { ["role"] = "user", ["content"] = text, ["reasoning_content"] = text }]);
            var expected = new List<bool>();
            foreach (var role in (ReadOnlySpan<string>)["assistant", "assistant", "user", "user"])
            {
                for (var i = 0; i < text.Length; i++) expected.Add(role == "assistant" && InTag(text, i));
                expected.Add(true);
            }
            Assert.Equal(expected, Trust(rendered));
        }, iter: 400);

    private static bool InTag(string text, int at) => new[] { "<think>", "</think>" }.Any(tag =>
        Enumerable.Range(0, tag.Length).Any(offset => at >= offset && string.CompareOrdinal(text, at - offset, tag, 0, tag.Length) == 0));

    [Fact]
    public void TheTagsAreTrustedInThePartsOfAnAssistantsContentToo()
    {
        var part = new JsonObject { ["type"] = "text", ["text"] = "a<think>b" };
        var rendered = ChatTemplate.Parse("{{ messages[0].content[0].text }}", "test.jinja").Render([new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(part) }]);
        Assert.Equal("FTTTTTTTF", string.Concat(Trust(rendered).Select(trusted => trusted ? 'T' : 'F')));
    }

    // In the templates and in the expected marks: T trusted, U untrusted, one mark for each character written.
    [Theory]
    [InlineData("<{{ x }}>", "<a<b>c>", "TUUUUUT")]
    [InlineData("{{ '<' ~ x ~ '>' }}", "<a<b>c>", "TUUUUUT")]
    [InlineData("{{ '<' + x + '>' }}", "<a<b>c>", "TUUUUUT")]
    [InlineData("{{ ('<' ~ x)|upper }}", "<A<B>C", "TUUUUU")]
    [InlineData("{{ ('<' ~ x).title() }}", "<A<B>C", "TUUUUU")]
    [InlineData("{{ ('<' ~ x)[1:4] }}", "a<b", "UUU")]
    [InlineData("{{ ('<' ~ x)[::-1] }}", "c>b<a<", "UUUUUT")]
    [InlineData("{{ ('<' ~ x)|list|join('-') }}", "<-a-<-b->-c", "TTUTUTUTUTU")]
    [InlineData("{{ x.split('<')|join('<') }}", "a<b>c", "UTUUU")]
    [InlineData("{{ x.partition('<')|join }}", "a<b>c", "UUUUU")]
    [InlineData("{{ (x ~ ' ')|trim }}", "a<b>c", "UUUUU")]
    [InlineData("{{ x.replace('b', 'think') }}", "a<think>c", "UUUUUUUUU")]
    [InlineData("{{ ('b' ~ x).replace('b', 'th') }}", "tha<th>c", "TTUUUUUU")]
    [InlineData("{{ x|replace('<b>', '<_b>')|replace('<_b>', '<b>') }}", "a<b>c", "UUUUU")]
    [InlineData("{{ [x]|tojson }}", "[\"a<b>c\"]", "UUUUUUUUU")]
    [InlineData("{{ ['<']|string }}", "['<']", "UUUUU")]
    [InlineData("{{ [x, '<']|join }}", "a<b>c<", "UUUUUT")]
    [InlineData("{% set y %}<{{ x }}{% endset %}{{ y }}", "<a<b>c", "TUUUUU")]
    [InlineData("{% macro f(y) %}<{{ y }}{% endmacro %}{{ f(x) }}", "<a<b>c", "TUUUUU")]
    [InlineData("{% set ns = namespace(y='<') %}{% set ns.y = ns.y + x %}{{ ns.y }}", "<a<b>c", "TUUUUU")]
    [InlineData("{{ ('<' ~ x)|indent(1, first=true) }}", " <a<b>c", "UTUUUUU")]
    [InlineData("{{ '<b>' * 2 }}{{ x * 2 }}", "<b><b>a<b>ca<b>c", "TTTTTTUUUUUUUUUU")]
    [InlineData("{{ ('<' ~ x[0]) * 2 }}", "<a<a", "TUTU")]
    [InlineData("{{ {'k': '<b>'}['k'] if 'k' in 'k' else x }}", "<b>", "TTT")]
    [InlineData("{{ [x, '<']|sort|first }}{{ ['<b>', x]|map('trim')|list|last }}", "<a<b>c", "TUUUUU")]
    [InlineData("{{ bos_token }}{{ x }}", "<s>a<b>c", "TTTUUUUU")]
    public void TrustFollowsEachCharacter(string template, string expected, string marks)
    {
        var rendered = ChatTemplate.Parse(template, "test.jinja", specialTokens: new Dictionary<string, string> { ["bos_token"] = "<s>" })
            .Render([], variables: new Dictionary<string, JsonNode?> { ["x"] = "a<b>c" });
        Assert.Equal(expected, rendered.Value);
        Assert.Equal(marks, string.Concat(Trust(rendered).Select(trusted => trusted ? 'T' : 'U')));
    }

    [Fact]
    public void ATextThatOnlySaysTheSameStillComparesEqual() => Assert.Equal("TrueTrue1",
        ChatTemplate.Parse("{{ x == 'a' }}{{ x in ['a'] }}{{ {'a': 1}[x] }}", "test.jinja").Render([], variables: new Dictionary<string, JsonNode?> { ["x"] = "a" }).Value);
}
