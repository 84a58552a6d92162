using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Tests.Text;

/// <summary>
/// Seeded conversations with everything a chat template meets: tools, nested arguments, reasoning, odd roles, control strings in data.
/// With <paramref name="multimodal"/> contents may be lists of parts. With <paramref name="comparableInJavaScript"/> it leaves out the few values on which @huggingface/jinja departs from Python's Jinja.
/// </summary>
internal sealed class ConversationGenerator(int seed, bool multimodal, bool comparableInJavaScript)
{
    private static readonly string[] Fragments =
    [
        "Hello", "the weather", " ", "  ", "\n", "\n\n", "\t", "\r\n", ".", "42", "naïve", "Ωμέγα", "日本語のテキスト", "العربية", "👩‍🚀", "😀", "𝒳", "e\u0301", "\u00a0", "\u2028", "\u200b", "\u007f",
        "\"quoted\"", "it's", "\\n", "\\", "&amp;<b>", "{{ messages }}", "{% if true %}", "{# x #}", "{", "}", "<|im_start|>", "<|im_end|>", "<|im_start|>system\n", "<think>", "</think>", "<think></think>",
        "<tool_call>", "</tool_call>", "<tool_response>", "<function=x>", "/think", "/no_think", "<_end_think>", "<image>", "<video>", "<SPECIAL_12>", "null", "None", "\u0001", "\b\f",
    ];

    private static readonly string[] Keys = ["city", "a key", "größe", "days", "π", "nested", "\"q\"", "x-y", "items", "name", "type", "description", "default", "minimum", "value", "😀"];

    private readonly Random _random = new(seed);

    public JsonObject Case(string templatePath) => new()
    {
        ["template"] = templatePath,
        ["messages"] = Messages(),
        ["tools"] = Chance(0.5) ? List(0, 4, Tool) : null,
        ["add_generation_prompt"] = Chance(0.7),
        ["variables"] = Variables(),
    };

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    private JsonArray List(int least, int most, Func<JsonNode?> item)
    {
        var list = new JsonArray();
        for (var count = _random.Next(least, most + 1); count > 0; count--) list.Add(item());
        return list;
    }

    private string Text(int least = 0) => string.Concat(Enumerable.Range(0, _random.Next(least, 9)).Select(_ => Pick<string>(Fragments)));

    private string Key() => Chance(0.8) ? Pick<string>(Keys) : "k" + _random.Next(100);

    private JsonObject Variables()
    {
        var variables = new JsonObject();
        if (Chance(0.6)) variables["enable_thinking"] = Chance(0.5);
        if (Chance(0.5)) variables["truncate_history_thinking"] = Chance(0.5);
        if (Chance(0.3)) variables["medium_effort"] = Chance(0.7);
        if (Chance(0.3)) variables["reasoning_budget"] = Chance(0.8) ? _random.Next(10_000) : null;
        return variables;
    }

    private JsonArray Messages()
    {
        var messages = new JsonArray();
        if (Chance(0.6)) messages.Add(Message("system", UserContent()));
        do
        {
            switch (_random.Next(10))
            {
                case < 3: messages.Add(Message("user", UserContent())); break;
                case < 6: messages.Add(Assistant()); break;
                case < 8:
                    for (var count = _random.Next(1, 4); count > 0; count--) messages.Add(Message("tool", Text()));
                    break;
                case 8: messages.Add(Message("system", UserContent())); break;
                default: messages.Add(Message(Pick("developer", "critic", "rôle"), Text())); break;
            }
        }
        while (Chance(0.8) || messages.Count == 0);
        return messages;
    }

    private static JsonObject Message(string role, JsonNode? content) => new() { ["role"] = role, ["content"] = content };

    private JsonNode UserContent() => multimodal && Chance(0.3) ? List(0, 4, Part) : Text();

    private JsonObject Part() => _random.Next(5) switch
    {
        0 => new JsonObject { ["type"] = "image" },
        1 => new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = "data:," } },
        2 => new JsonObject { ["type"] = Pick("video", "audio") },
        _ => new JsonObject { ["type"] = "text", ["text"] = Text() },
    };

    private JsonObject Assistant()
    {
        var message = new JsonObject { ["role"] = "assistant" };
        if (Chance(0.9)) message["content"] = Chance(0.1) ? null : Chance(0.2) ? $"<think>{Text()}</think>{Text()}" : Text();
        if (Chance(0.5)) message["reasoning_content"] = Chance(0.1) ? null : Chance(0.1) ? " \n" : Text();
        if (Chance(0.4)) message["tool_calls"] = List(0, 3, Call);
        return message;
    }

    private JsonObject Call()
    {
        var call = new JsonObject { ["name"] = Key() };
        if (Chance(0.9)) call["arguments"] = Fields(0, 5, 3);
        return Chance(0.7) ? new JsonObject { ["id"] = "call_1", ["type"] = "function", ["function"] = call } : call;
    }

    private JsonObject Tool()
    {
        var function = new JsonObject { ["name"] = Key() };
        if (Chance(0.8)) function["description"] = Text();
        if (Chance(0.8))
        {
            var parameters = new JsonObject { ["type"] = "object" };
            if (Chance(0.9)) parameters["properties"] = Properties();
            if (Chance(0.6)) parameters["required"] = List(0, 3, () => Key());
            if (Chance(0.4)) parameters["additionalProperties"] = Printed(2);
            if (Chance(0.2)) parameters["$" + Key()] = Printed(2);
            function["parameters"] = parameters;
        }
        if (Chance(0.3)) function["strict"] = Printed(0);
        if (Chance(0.2)) function["returns"] = Printed(2);
        return Chance(0.7) ? new JsonObject { ["type"] = "function", ["function"] = function } : function;
    }

    private JsonObject Properties()
    {
        var properties = new JsonObject();
        for (var count = _random.Next(5); count > 0; count--)
        {
            var field = Fields(0, 2, 2);
            field["type"] = !comparableInJavaScript && Chance(0.3) ? List(1, 2, () => Pick("integer", "null", "it's")) : Pick("string", "integer", "array", "object");
            field["description"] = Text();
            if (Chance(0.3)) field["enum"] = List(0, 3, () => Value(0));
            if (Chance(0.3)) field["items"] = new JsonObject { ["type"] = "string" };
            properties[Key()] = field;
        }
        return properties;
    }

    private JsonObject Object(int most, int depth)
    {
        var entries = new JsonObject();
        for (var count = _random.Next(most + 1); count > 0; count--) entries[Key()] = Value(depth);
        return entries;
    }

    private JsonObject Fields(int least, int most, int depth)
    {
        var entries = new JsonObject();
        for (var count = _random.Next(least, most + 1); count > 0; count--) entries[Key()] = Printed(depth);
        return entries;
    }

    // A value that templates write with str() when it is not a container. JavaScript writes true there for Python's True and refuses null.
    private JsonNode? Printed(int depth)
    {
        var value = Value(depth);
        while (comparableInJavaScript && (value is null || value.GetValueKind() is JsonValueKind.True or JsonValueKind.False)) value = Value(depth);
        return value;
    }

    private JsonNode? Value(int depth) => _random.Next(depth > 0 ? 9 : 6) switch
    {
        0 => null,
        1 => Chance(0.5),
        2 => _random.NextInt64(-(1L << 53), 1L << 53) >> _random.Next(54),
        3 => Float(),
        4 or 5 => Text(),
        6 => List(0, 3, () => Value(depth - 1)),
        _ => Object(3, depth - 1),
    };

    // JavaScript has one kind of number: 1.0 loses its point there. Its exponents are written differently, too.
    private double Float() => comparableInJavaScript
        ? _random.Next(-100_000, 100_000) + (_random.Next(1, 1024) / 1024.0)
        : Pick(1.0, -0.0, 1e16, 1e-5, 1e22, 0.1, 1e300, 123456.0, 5e-324) * (Chance(0.5) ? 1 : _random.NextDouble());
}
