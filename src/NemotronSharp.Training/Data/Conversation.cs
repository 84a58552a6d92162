using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data;

/// <summary>One generated conversation: OpenAI-style messages that end with an assistant turn, the tools on offer, and what a right answer must show.</summary>
/// <param name="task">The name of the generator's task, for counts and evaluation.</param>
/// <param name="thinking">Whether the assistant reasons before it answers.</param>
internal sealed class Conversation(string task, bool thinking)
{
    public string Task { get; } = task;

    public bool Thinking { get; } = thinking;

    public JsonArray Messages { get; } = [];

    public JsonArray? Tools { get; set; }

    /// <summary>What the assistant turn after <see cref="PromptMessages"/> must show.</summary>
    public Expectation? Expect { get; private set; }

    /// <summary>How many messages make the prompt of the evaluated turn.</summary>
    public int PromptMessages { get; private set; }

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
        if (expect is null) return;
        (Expect, PromptMessages) = (expect, Messages.Count);
    }
}

/// <summary>What a right assistant turn shows: the texts its content must contain, and the call it must make (null: it must make none).</summary>
internal sealed record Expectation(IReadOnlyList<string> Contains, string? Function = null, JsonObject? Arguments = null)
{
    public static Expectation Says(params string[] texts) => new(texts);

    public static Expectation Calls(string function, JsonObject arguments) => new([], function, (JsonObject)arguments.DeepClone());

    public JsonObject ToJson()
    {
        var json = new JsonObject { ["contains"] = new JsonArray([.. Contains.Select(c => (JsonNode)c)]) };
        if (Function is not null) json["tool_call"] = new JsonObject { ["name"] = Function, ["arguments"] = Arguments!.DeepClone() };
        return json;
    }
}
