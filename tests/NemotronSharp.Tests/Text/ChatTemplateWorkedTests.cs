using NemotronSharp.Text;
using Xunit;
using static NemotronSharp.Tests.Text.ChatTemplateFiles;

namespace NemotronSharp.Tests.Text;

/// <summary>The worked renderings A to H of the model specification, byte for byte, with the template files as they come.</summary>
public sealed class ChatTemplateWorkedTests
{
    private const string Hi = """[{"role":"user","content":"Hi"}]""";

    private const string GreetingThenBye = """
        [{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"},
         {"role":"assistant","reasoning_content":"Greet.","content":"Hello!"},{"role":"user","content":"Bye"}]
        """;

    private const string ToolLoop = """
        {"role":"user","content":"Weather in Paris and Rome?"},
        {"role":"assistant","reasoning_content":"Call both.","content":"","tool_calls":[
          {"type":"function","function":{"name":"get_weather","arguments":{"city":"Paris","days":3,"flag":true,"opts":{"a":[1,"x"]},"n":null,"f":1.0}}},
          {"name":"get_weather","arguments":{"city":"Rome"}}]},
        {"role":"tool","content":"{\"t\": 20}"},{"role":"tool","content":"{\"t\": 25}"}
        """;

    private const string Calls =
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n<parameter=days>\n3\n</parameter>\n<parameter=flag>\nTrue\n</parameter>\n"
        + "<parameter=opts>\n{\"a\": [1, \"x\"]}\n</parameter>\n<parameter=n>\nNone\n</parameter>\n<parameter=f>\n1.0\n</parameter>\n</function>\n</tool_call>\n"
        + "<tool_call>\n<function=get_weather>\n<parameter=city>\nRome\n</parameter>\n</function>\n</tool_call>\n<|im_end|>\n";

    private const string Results = "<|im_start|>user\n<tool_response>\n{\"t\": 20}\n</tool_response>\n<tool_response>\n{\"t\": 25}\n</tool_response>\n<|im_end|>\n";

    private const string Question = "<|im_start|>system\n<|im_end|>\n<|im_start|>user\nWeather in Paris and Rome?<|im_end|>\n<|im_start|>assistant\n";

    private const string Prompt = "<|im_start|>assistant\n<think>\n";

    [Theory]
    [InlineData(Nano)]
    [InlineData(Ultra)]
    [InlineData(Omni)]
    public void A_AThinkingPromptOpensTheReasoning(string file) =>
        Assert.Equal("<|im_start|>system\n<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\n", Render(file, Hi));

    [Theory]
    [InlineData(Nano)]
    [InlineData(Ultra)]
    [InlineData(Omni)]
    public void B_WithoutThinkingTheReasoningIsAnEmptyPair(string file) => Assert.Equal(
        "<|im_start|>system\n<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think></think>", Render(file, Hi, variables: """{"enable_thinking":false}"""));

    [Theory]
    [InlineData(Nano, "<think></think>\nHello!")]
    [InlineData(Ultra, "<think></think>Hello!")]
    public void C_EarlierReasoningIsLeftOut(string file, string turn) => Assert.Equal(
        $"<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n{turn}<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n{Prompt}",
        Render(file, GreetingThenBye));

    [Theory]
    [InlineData(Nano, "<think>\nGreet.\n</think>\nHello!")]
    [InlineData(Ultra, "<think>\nGreet.</think>Hello!")]
    public void C_EarlierReasoningIsKeptOnRequest(string file, string turn) => Assert.Equal(
        $"<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n{turn}<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n{Prompt}",
        Render(file, GreetingThenBye, variables: """{"truncate_history_thinking":false}"""));

    [Theory]
    [InlineData(Nano, "<think>\nCall both.\n</think>\n")]
    [InlineData(Ultra, "<think>\nCall both.</think>\n")]
    public void D_CallsAndResultsOfTheRunningToolLoop(string file, string reasoning) =>
        Assert.Equal(Question + reasoning + Calls + Results + Prompt, Render(file, $"[{ToolLoop}]"));

    [Theory]
    [InlineData(Nano, "<think></think>\nParis 20, Rome 25.")]
    [InlineData(Ultra, "<think></think>Paris 20, Rome 25.")]
    public void E_ANewUserMessageMakesTheWholeToolLoopOld(string file, string answer) => Assert.Equal(
        $"{Question}<think></think>\n{Calls}{Results}<|im_start|>assistant\n{answer}<|im_end|>\n<|im_start|>user\nThanks<|im_end|>\n{Prompt}",
        Render(file, $$"""[{{ToolLoop}},{"role":"assistant","reasoning_content":"Done.","content":"Paris 20, Rome 25."},{"role":"user","content":"Thanks"}]"""));

    [Theory]
    [InlineData(Nano)]
    [InlineData(Ultra)]
    [InlineData(Omni)]
    public void F_WithoutAGenerationPromptTheTextEndsWithTheAnswer(string file) => Assert.Equal(
        "<|im_start|>system\n<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think></think>Hello!<|im_end|>\n",
        Render(file, """[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello!"}]""", prompt: false));

    [Fact]
    public void G_MediumEffortIsSaidInTheLastUserMessage() => Assert.Equal(
        $"<|im_start|>system\n<|im_end|>\n<|im_start|>user\nHi\n\n{{reasoning effort: efficient}}<|im_end|>\n{Prompt}",
        Render(Ultra, Hi, variables: """{"medium_effort":true}"""));

    [Fact]
    public void G_AReasoningBudgetIsSaidInTheLastUserMessage() => Assert.Equal(
        $"<|im_start|>system\n<|im_end|>\n<|im_start|>user\nHi\n\n{{thinking token budget: 256}}<|im_end|>\n{Prompt}",
        Render(Omni, Hi, variables: """{"reasoning_budget":256}"""));

    [Fact]
    public void SeveralImagesAreNumberedAndTheTextFollowsOnALineOfItsOwn() => Assert.Equal(
        $"<|im_start|>system\n<|im_end|>\n<|im_start|>user\n<image 1><image> <image 2><image>\n<video>\n  two\npictures<|im_end|>\n{Prompt}",
        Render(Omni, """[{"role":"user","content":[{"type":"image"},{"type":"text","text":"\n  two"},{"type":"image_url"},{"type":"video"},{"type":"text","text":"\npictures"}]}]"""));

    [Theory]
    [InlineData("Hi /no_think", "Hi", "<think></think>")]
    [InlineData("/no_think Hi /think", "Hi", "<think>\n")]
    [InlineData("</think>Hi", "</think>Hi", "<think>\n")]
    public void TogglesInTheTextSwitchThinkingAndAreTakenOut(string content, string shown, string ending) => Assert.Equal(
        $"<|im_start|>system\n<|im_end|>\n<|im_start|>user\n{shown}<|im_end|>\n<|im_start|>assistant\n{ending}",
        Render(Omni, $$"""[{"role":"user","content":"{{content}}"}]"""));

    [Theory]
    [InlineData(Nano)]
    [InlineData(Ultra)]
    [InlineData(Omni)]
    public void H_AToolWithEveryKindOfField(string file)
    {
        const string tools = """
            [{"type":"function","function":{"name":"get_weather","description":" Looks. ","strict":true,"parameters":{"type":"object","properties":{
              "city":{"type":"string","description":"City name"},
              "unit":{"type":"string","enum":["c","f"],"default":"c"},
              "days":{"type":["integer","null"],"minimum":1,"items":{"type":"string"},"nullable":true}},
              "required":["city"],"additionalProperties":false}}}]
            """;
        const string expected =
            "<|im_start|>system\n# Tools\n\nYou have access to the following functions:\n\n<tools>\n<function>\n<name>get_weather</name>\n<description>Looks.</description>\n"
            + "<parameters>\n<parameter>\n<name>city</name>\n<type>string</type>\n<description>City name</description>\n</parameter>\n"
            + "<parameter>\n<name>unit</name>\n<type>string</type>\n<enum>[\"c\", \"f\"]</enum>\n<default>c</default>\n</parameter>\n"
            + "<parameter>\n<name>days</name>\n<type>['integer', 'null']</type>\n<minimum>1</minimum>\n<items>{\"type\": \"string\"}</items>\n<nullable>True</nullable>\n</parameter>\n"
            + "<additionalProperties>False</additionalProperties>\n<required>[\"city\"]</required>\n</parameters>\n<strict>True</strict>\n</function>\n</tools>\n\nIf you choose";
        Assert.StartsWith(expected, Render(file, Hi, tools));
    }
}
