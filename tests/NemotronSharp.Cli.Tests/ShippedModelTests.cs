using System.Text.Json.Nodes;

namespace NemotronSharp.Cli.Tests;

/// <summary>What a user sees in the first minutes with the model that ships.</summary>
public sealed class ShippedModelTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static JsonNode Json(params string[] arguments)
    {
        var (code, output, error) = Nemotron.Run(["run", "--json", .. arguments]);
        Assert.Equal((0, ""), (code, error));
        return JsonNode.Parse(output)!;
    }

    [Fact]
    public void A_small_sum_is_right_and_comes_with_its_reasoning()
    {
        var answer = Json("What is 7 + 5?");
        Assert.Contains("7 + 5", (string?)answer["reasoning"]);
        Assert.Contains("12", (string?)answer["content"]);
        Assert.Equal("stop", (string?)answer["finish_reason"]);
    }

    [Fact]
    public void With_thinking_off_it_answers_at_once()
    {
        var answer = Json("--thinking", "off", "What is 7 + 5?");
        Assert.Null((string?)answer["reasoning"]);
        Assert.Contains("12", (string?)answer["content"]);
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public void A_given_tool_is_called_with_the_argument_asked_for(string thinking)
    {
        File.WriteAllText(_folder.File("tools.json"), """
            [{"type": "function", "function": {"name": "get_weather", "description": "Get the weather in a city.",
              "parameters": {"type": "object", "properties": {"city": {"type": "string", "description": "The city."}}, "required": ["city"]}}}]
            """);
        var answer = Json("--tools", _folder.File("tools.json"), "--thinking", thinking, "What is the weather in Paris?");
        var call = Assert.Single(answer["tool_calls"]!.AsArray())!["function"] ?? answer["tool_calls"]![0]!;
        Assert.Equal("get_weather", (string?)call["name"]);
        Assert.Contains("Paris", call["arguments"]!.ToJsonString());
        Assert.Equal("tool_calls", (string?)answer["finish_reason"]);
    }

    [Fact]
    public void A_conversation_goes_on_over_several_turns()
    {
        var (code, output, error) = Nemotron.Run("Hello!\nWhat is 20 + 30?\n/thinking off\nWho are you?\n", ["chat"]);
        Assert.Equal((0, ""), (code, error));
        Assert.Contains("50", output);
        Assert.Contains("pico", output);
    }

    [Fact]
    public void It_has_the_shape_of_its_preset()
    {
        var shipped = Nemotron.Run("inspect", "--json");
        var preset = Nemotron.Run("inspect", "--json", "--preset", "pico");
        Assert.Equal(0, shipped.ExitCode);
        foreach (var field in (string[])["pattern", "parameters"])
            Assert.Equal(JsonNode.Parse(preset.Output)![field]!.ToJsonString(), JsonNode.Parse(shipped.Output)![field]!.ToJsonString());
    }
}
