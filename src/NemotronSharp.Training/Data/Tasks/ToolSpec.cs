using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.Tasks;

/// <summary>A kind of value that a user says and a tool takes.</summary>
/// <param name="Type">JSON schema type.</param>
/// <param name="Keys">Names the parameter may have.</param>
/// <param name="Descriptions">Texts that may describe it.</param>
/// <param name="Draw">Draws what the user says; integers and numbers are digits.</param>
/// <param name="Choices">The allowed values, when the schema lists them.</param>
internal sealed record ParameterKind(string Type, string[] Keys, string[] Descriptions, Func<TaskContext, string> Draw, string[]? Choices = null);

/// <summary>A kind of tool: what it may be called, what it takes, how users ask for it, and what it answers.</summary>
/// <param name="Weight">How often it is drawn.</param>
/// <param name="Names">Names it may have.</param>
/// <param name="Descriptions">Texts that may describe it.</param>
/// <param name="Parameters">Required parameters, in order.</param>
/// <param name="Requests">User messages with {0}, {1}, … for the parameters.</param>
/// <param name="Reply">From the spoken values: the tool's response and the assistant's answer.</param>
/// <param name="FollowUps">Short requests that only make sense after one of <paramref name="Requests"/>.</param>
internal sealed record ToolKind(
    int Weight, string[] Names, string[] Descriptions, ParameterKind[] Parameters, string[] Requests, Func<SeededRandom, string[], (string Response, string Answer)> Reply,
    string[]? FollowUps = null)
{
    /// <summary>A concrete tool of this kind: one name, one description, one key for each parameter.</summary>
    public ToolSpec Make(TaskContext context)
    {
        var keys = new List<string>();
        foreach (var parameter in Parameters)
        {
            string key = context.Random.Chance(55) ? parameter.Keys[0] : context.Random.Pick(parameter.Keys);
            keys.Add(keys.Contains(key) ? key + "_2" : key);
        }
        return new ToolSpec(this, context.Draw(Names, context.Split.Function), context.Random.Pick(Descriptions), [.. keys]);
    }
}

/// <summary>A tool as it stands in one prompt.</summary>
internal sealed record ToolSpec(ToolKind Kind, string Name, string Description, string[] Keys)
{
    private static readonly (string Key, string Schema)[] _optional =
    [
        ("unit", """{"type": "string", "enum": ["celsius", "fahrenheit"]}"""),
        ("unit", """{"type": "string", "description": "The unit."}"""),
        ("limit", """{"type": "integer", "description": "How many at most."}"""),
        ("language", """{"type": "string"}"""),
        ("verbose", """{"type": "boolean"}"""),
        ("format", """{"type": "string", "enum": ["short", "long"]}"""),
    ];

    /// <summary>The tool in OpenAI form.</summary>
    public JsonObject ToJson(SeededRandom random)
    {
        var properties = new JsonObject();
        bool described = random.Chance(60);
        for (int i = 0; i < Keys.Length; i++)
        {
            var parameter = Kind.Parameters[i];
            var property = new JsonObject { ["type"] = parameter.Type };
            if (described) property["description"] = random.Pick(parameter.Descriptions);
            if (parameter.Choices is { } choices) property["enum"] = new JsonArray([.. choices.Select(c => (JsonNode)c)]);
            properties[Keys[i]] = property;
        }
        // Sometimes an optional parameter that no request mentions, so that only what was asked for is filled in.
        bool optional = random.Chance(12);
        if (optional)
        {
            var (key, schema) = random.Pick(_optional);
            if (Keys.Contains(key)) optional = false;
            else properties[key] = JsonNode.Parse(schema);
        }
        var parameters = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (Keys.Length > 0 && (optional || random.Chance(75))) parameters["required"] = new JsonArray([.. Keys.Select(k => (JsonNode)k)]);
        return new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = Name, ["description"] = Description, ["parameters"] = parameters },
        };
    }

    /// <summary>The call's arguments from the spoken values.</summary>
    public JsonObject Arguments(string[] values)
    {
        var arguments = new JsonObject();
        for (int i = 0; i < Keys.Length; i++)
            arguments[Keys[i]] = Kind.Parameters[i].Type == "integer" ? int.Parse(values[i]) : values[i];
        return arguments;
    }
}
