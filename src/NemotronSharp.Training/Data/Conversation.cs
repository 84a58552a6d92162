using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data;

/// <summary>One generated conversation: OpenAI-style messages that end with an assistant turn, the tools on offer, and what a right answer must show.</summary>
/// <param name="task">The name of the generator's task, for counts and evaluation.</param>
/// <param name="thinking">Whether the assistant reasons before it answers.</param>
internal sealed class Conversation(string task, bool thinking)
{
    private readonly List<JudgedTurn> _judged = [];

    public string Task { get; } = task;

    public bool Thinking { get; } = thinking;

    public JsonArray Messages { get; } = [];

    public JsonArray? Tools { get; set; }

    /// <summary>The long text inside a message, when it comes from a source; a case names the place instead of holding the text.</summary>
    public DocumentSlice? Document { get; set; }

    /// <summary>The turns that are judged, in order; none when the conversation is only for training.</summary>
    public IReadOnlyList<JudgedTurn> Judged => _judged;

    /// <summary>How many messages make the prompt of the first judged turn.</summary>
    public int PromptMessages => _judged.Count == 0 ? 0 : _judged[0].Message;

    public Conversation System(string? text)
    {
        if (text is not null) Messages.Add(new JsonObject { ["role"] = "system", ["content"] = text });
        return this;
    }

    public Conversation User(string text)
    {
        Messages.Add(new JsonObject { ["role"] = "user", ["content"] = text });
        return this;
    }

    public Conversation Tool(string text)
    {
        Messages.Add(new JsonObject { ["role"] = "tool", ["content"] = text });
        return this;
    }

    /// <summary>An answer; the reasoning is left out when the conversation does not think.</summary>
    public Conversation Assistant(string reasoning, string content, Expectation? expect = null)
    {
        Begin(expect);
        var message = new JsonObject { ["role"] = "assistant", ["content"] = content };
        if (Thinking) message["reasoning_content"] = reasoning;
        Messages.Add(message);
        return this;
    }

    /// <summary>A call of one function.</summary>
    public Conversation Call(string reasoning, string function, JsonObject arguments, Expectation? expect = null)
    {
        Begin(expect);
        var message = new JsonObject { ["role"] = "assistant", ["content"] = "" };
        if (Thinking) message["reasoning_content"] = reasoning;
        message["tool_calls"] = new JsonArray(new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = function, ["arguments"] = arguments },
        });
        Messages.Add(message);
        return this;
    }

    private void Begin(Expectation? expect)
    {
        if (expect is not null) _judged.Add(new JudgedTurn(Messages.Count, expect));
    }
}

/// <summary>An assistant turn that an evaluation judges.</summary>
/// <param name="Message">Its index in the messages.</param>
/// <param name="Expect">What it must show.</param>
internal sealed record JudgedTurn(int Message, Expectation Expect);

/// <summary>What a right assistant turn shows.</summary>
/// <param name="Contains">Texts that its content must contain, all of them.</param>
/// <param name="Function">The one function it must call; null: it must call none.</param>
/// <param name="Arguments">The call's exact arguments.</param>
/// <param name="Json">The value that its whole content must be, as JSON.</param>
internal sealed record Expectation(IReadOnlyList<string> Contains, string? Function = null, JsonObject? Arguments = null, JsonNode? Json = null)
{
    public static Expectation Says(params string[] texts) => new(texts);

    public static Expectation Calls(string function, JsonObject arguments) => new([], function, (JsonObject)arguments.DeepClone());

    public static Expectation IsJson(JsonNode value) => new([], Json: value.DeepClone());

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["contains"] = new JsonArray([.. Contains.Select(c => (JsonNode)c)]) };
        if (Function is not null) json["tool_call"] = new JsonObject { ["name"] = Function, ["arguments"] = Arguments!.DeepClone() };
        if (Json is not null) json["json"] = Json.DeepClone();
        return json;
    }
}
