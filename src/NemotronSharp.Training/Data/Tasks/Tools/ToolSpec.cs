using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>A tool as it stands in one prompt.</summary>
internal sealed record ToolSpec(ToolKind Kind, string Name, string Description, IReadOnlyList<ToolParameter> Parameters)
{
    /// <summary>The tool in OpenAI form.</summary>
    public JsonObject ToJson()
    {
        var properties = new JsonObject();
        foreach (var parameter in Parameters)
        {
            var property = new JsonObject { ["type"] = parameter.Kind.Type };
            if (parameter.Kind.Type == "array") property["items"] = new JsonObject { ["type"] = "string" };
            if (parameter.Description is not null) property["description"] = parameter.Description;
            if (parameter.Kind.Choices is { } choices) property["enum"] = new JsonArray([.. choices.Select(c => (JsonNode)c)]);
            properties[parameter.Key] = property;
        }
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (Parameters.Any(p => p.Required)) schema["required"] = new JsonArray([.. Parameters.Where(p => p.Required).Select(p => (JsonNode)p.Key)]);
        return new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = Name, ["description"] = Description, ["parameters"] = schema },
        };
    }

    /// <summary>Draws what the user says for each parameter; null for an optional one that stays unsaid.</summary>
    public string?[] Draw(TaskContext context) =>
        [.. Parameters.Select(p => p.Required || context.Random.Chance(50) ? p.Kind.Draw(context) : null)];

    /// <summary>The call's arguments from the spoken values, in the order of the schema.</summary>
    public JsonObject Arguments(string?[] values)
    {
        var arguments = new JsonObject();
        for (int i = 0; i < Parameters.Count; i++)
            if (values[i] is { } value) arguments[Parameters[i].Key] = Parameters[i].Kind.Parse(value);
        return arguments;
    }

    /// <summary>The reasoning that leads to a call: what is wanted, the name, and every argument on a line of its own, spelled as in the call.</summary>
    public string Reason(string wanted, string?[] values) =>
        string.Join('\n', [$"{wanted}:", Name, .. Parameters.Select((p, i) => values[i] is { } value ? $"{p.Key}: {value}" : null).OfType<string>()]);
}
