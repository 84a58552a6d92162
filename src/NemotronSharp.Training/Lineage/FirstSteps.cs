using System.Text.Json;
using System.Text.Json.Serialization;

namespace NemotronSharp.Training.Lineage;

/// <summary>What the beginning of every stage comes to: the file that <c>reproduce</c> compares with.</summary>
/// <param name="Steps">Steps of each stage.</param>
/// <param name="Threads">Sums depend on their number.</param>
/// <param name="Processor">Sums depend on its vector instructions too.</param>
/// <param name="Data">SHA-256 of every file of the prepared data.</param>
/// <param name="Weights">SHA-256 of the FP32 weights after the steps of each stage.</param>
internal sealed record FirstSteps(int Steps, int Threads, string? Processor, SortedDictionary<string, string> Data, SortedDictionary<string, string> Weights)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
        NewLine = "\n",
    };

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, Options) + "\n");

    /// <exception cref="InvalidDataException">The file is malformed.</exception>
    public static FirstSteps Load(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<FirstSteps>(File.ReadAllText(file), Options) ?? throw new InvalidDataException($"{file}: found null, expected an object");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: {e.Message}", e);
        }
    }
}
