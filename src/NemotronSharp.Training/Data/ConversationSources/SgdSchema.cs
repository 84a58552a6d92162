using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.ConversationSources;

/// <summary>The services of Schema-Guided Dialogue: what each intent does and which slots it takes.</summary>
internal sealed class SgdSchema
{
    private readonly Dictionary<(string Service, string Intent), SgdIntent> _intents = [];

    /// <summary>Reads the list of services.</summary>
    /// <exception cref="InvalidDataException">The file is no such list; the message names the field.</exception>
    public static SgdSchema Load(string file)
    {
        var schema = new SgdSchema();
        JsonArray services;
        try
        {
            services = JsonNode.Parse(File.ReadAllText(file)) as JsonArray ?? throw new InvalidDataException($"{file}: found no JSON array, expected the services");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: not JSON: {e.Message}", e);
        }
        for (int i = 0; i < services.Count; i++)
        {
            var service = At(services[i], $"{file}, service {i}");
            var slots = service.Array("slots").Select((s, n) => At(s, $"{service.Where}, slot {n}")).ToDictionary(s => s.Text("name"), s => new SgdSlot(
                s.Text("name"), s.Text("description"), [.. s.Array("possible_values").Select(v => v is JsonValue value && value.TryGetValue(out string? text) ? text : throw s.Wrong("possible_values", "strings"))]));
            foreach (var intent in service.Array("intents").Select((s, n) => At(s, $"{service.Where}, intent {n}")))
            {
                SgdSlot Slot(string? name) => name is not null && slots.TryGetValue(name, out var slot) ? slot : throw intent.Wrong("required_slots", "names of the service's slots");
                schema._intents[(service.Text("service_name"), intent.Text("name"))] = new SgdIntent(
                    intent.Text("name"), intent.Text("description"), [.. intent.Array("required_slots").Select(s => Slot((string?)s))],
                    [.. (intent.Json["optional_slots"] as JsonObject ?? throw intent.Wrong("optional_slots", "an object")).Select(s => Slot(s.Key) with { Default = (string?)s.Value is { } value and not "dontcare" ? value : null })]);
            }
        }
        return schema;
    }

    public IEnumerable<SgdIntent> Of(string service) => _intents.Where(i => i.Key.Service == service).Select(i => i.Value);

    public SgdIntent? Find(string service, string intent) => _intents.GetValueOrDefault((service, intent));

    private static JsonLine At(JsonNode? node, string where) => new(node as JsonObject ?? throw new InvalidDataException($"{where}: found no JSON object, expected one"), where);
}

/// <summary>Something a service does.</summary>
internal sealed record SgdIntent(string Name, string Description, SgdSlot[] Required, SgdSlot[] Optional);

/// <summary>A parameter of intents; <paramref name="Values"/> are all it can have, none: anything. Its <paramref name="Default"/> is taken when nobody says one.</summary>
internal sealed record SgdSlot(string Name, string Description, string[] Values, string? Default = null)
{
    public bool IsFlag => Values.Length == 2 && Values.Contains("True") && Values.Contains("False");
}
