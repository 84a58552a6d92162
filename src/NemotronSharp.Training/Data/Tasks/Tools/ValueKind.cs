using System.Globalization;
using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>A kind of value that a user says and a tool takes.</summary>
/// <param name="Type">JSON schema type.</param>
/// <param name="Noun">What it is in plain words.</param>
/// <param name="Keys">Names the parameter may have, in snake case.</param>
/// <param name="Phrases">How a sentence may carry it without naming it, such as "in {0}"; none: it is always named.</param>
/// <param name="Draw">Draws what the user says; a list is said with commas, a truth value as true or false.</param>
/// <param name="Choices">The allowed values, when the schema lists them.</param>
/// <param name="Quoted">A sentence puts it in quotes, because it may hold anything.</param>
internal sealed record ValueKind(string Type, string Noun, string[] Keys, string[] Phrases, Func<TaskContext, string> Draw, string[]? Choices = null, bool Quoted = false)
{
    public bool IsFlag => Type == "boolean";

    /// <summary>The value as it stands in a sentence.</summary>
    public string Say(string value) => Quoted ? $"\"{value}\"" : value;

    /// <summary>The argument that the spoken value stands for.</summary>
    public JsonNode Parse(string spoken) => Type switch
    {
        "integer" => int.Parse(spoken, CultureInfo.InvariantCulture),
        "number" => JsonNode.Parse(spoken)!,
        "boolean" => spoken == "true",
        "array" => new JsonArray([.. spoken.Split(", ").Select(item => (JsonNode)item)]),
        _ => spoken,
    };
}

/// <summary>A parameter of one tool in one prompt.</summary>
/// <param name="Required">Listed as required; an optional one is left out of a call unless the user says it.</param>
/// <param name="Identity">It says which object the tool acts on, so it stands right after the object.</param>
/// <param name="Named">Only its key tells what it is: a request must say the key.</param>
internal sealed record ToolParameter(string Key, ValueKind Kind, string? Description, bool Required, bool Identity = false, bool Named = false)
{
    /// <summary>The key as it is said: <c>customerId</c> and <c>customer_id</c> are "customer id".</summary>
    public string Spoken => NameStyle.Spoken(Key);
}
