using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace NemotronSharp.Training.Lineage;

/// <summary>A recipe file a stage ran by, whole, so that a manifest alone says how to do it again.</summary>
/// <param name="Path">Recipe folder and file.</param>
/// <param name="Sha256">Of the content.</param>
/// <param name="Content">The file's text.</param>
internal sealed record RecipeFact(string Path, string Sha256, string Content)
{
    /// <summary>A training recipe, and the model's config if that is a file of its own.</summary>
    public static IReadOnlyList<RecipeFact> OfStage(string file)
    {
        var recipe = Of(file);
        var json = JsonNode.Parse(recipe.Content, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        return json?["model"] is JsonValue model ? [recipe, Of(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, model.GetValue<string>()))] : [recipe];
    }

    public static RecipeFact Of(string file)
    {
        var content = File.ReadAllText(file);
        var folder = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file)));
        return new RecipeFact($"{folder}/{System.IO.Path.GetFileName(file)}", FileFact.HashOf(content), content);
    }
}

/// <summary>The manifest of a stage that made some of the inputs.</summary>
/// <param name="Path">Its file, relative to this manifest's folder.</param>
/// <param name="Stage">Its stage.</param>
/// <param name="Identity">Its <see cref="LineageManifest.Identity"/>.</param>
internal sealed record ParentFact(string Path, string Stage, string Identity)
{
    /// <summary>The manifests in the folders of some inputs or directly above, each once.</summary>
    public static IReadOnlyList<ParentFact> Of(IEnumerable<FileFact> inputs, string folder) =>
    [
        .. inputs.Select(i => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(i.Path, System.IO.Path.GetFullPath(folder)))!)
            .SelectMany(f => new[] { f, System.IO.Path.GetDirectoryName(f) ?? f })
            .Select(f => System.IO.Path.Combine(f, LineageManifest.FileName))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Where(File.Exists)
            .Select(f => (File: f, Manifest: LineageManifest.Load(f)))
            .Select(m => new ParentFact(FileFact.Relative(m.File, folder), m.Manifest.Stage, m.Manifest.Identity())),
    ];
}

/// <summary>
/// What a stage was made of and what it made: <c>lineage.json</c> beside its output, written last, so that a folder that has one is complete.
/// All but <see cref="Produced"/> is the same bytes whenever the stage is run again.
/// </summary>
internal sealed record LineageManifest
{
    public const string FileName = "lineage.json", CurrentFormat = "nemotronsharp-lineage-1";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
        NewLine = "\n",
    };

    public string Format { get; init; } = CurrentFormat;

    public required string Stage { get; init; }

    public required long Seed { get; init; }

    /// <summary>The stage's own file first.</summary>
    public required IReadOnlyList<RecipeFact> Recipe { get; init; }

    /// <summary>What else decides the result: steps, threads, the device if it is not the CPU.</summary>
    public required JsonObject Settings { get; init; }

    public required IReadOnlyList<ParentFact> Parents { get; init; }

    public required IReadOnlyList<FileFact> Inputs { get; init; }

    public required IReadOnlyList<FileFact> Outputs { get; init; }

    public required JsonObject Metrics { get; init; }

    /// <summary>When, by what program and on what machine.</summary>
    public required JsonObject Produced { get; init; }

    /// <summary>SHA-256 of the manifest without <see cref="Produced"/>: equal for equal runs at different times.</summary>
    public string Identity() => FileFact.HashOf(JsonSerializer.Serialize(this with { Produced = [] }, Options));

    public void Save(string folder)
    {
        var file = Path.Combine(folder, FileName);
        File.WriteAllText(file + ".part", JsonSerializer.Serialize(this, Options) + "\n");
        File.Move(file + ".part", file, overwrite: true);
    }

    /// <exception cref="InvalidDataException">The file is malformed or of another format.</exception>
    public static LineageManifest Load(string file)
    {
        LineageManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<LineageManifest>(File.ReadAllText(file), Options) ?? throw new InvalidDataException($"{file}: found null, expected a manifest");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file}: {e.Message}", e);
        }
        if (manifest.Format != CurrentFormat) throw new InvalidDataException($"{file}: field 'format': found '{manifest.Format}', expected '{CurrentFormat}'");
        object?[] entries = [.. manifest.Recipe, .. manifest.Parents, .. manifest.Inputs, .. manifest.Outputs];
        return entries.Contains(null) ? throw new InvalidDataException($"{file}: found null in a list, expected an object") : manifest;
    }
}
