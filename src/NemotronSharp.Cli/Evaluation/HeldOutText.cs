namespace NemotronSharp.Cli.Evaluation;

/// <summary>Which documents of the sources training has never seen: <c>heldout-text.json</c> beside the cases.</summary>
/// <param name="Sources">One entry a source.</param>
internal sealed record HeldOutText(IReadOnlyList<HeldOutSource> Sources)
{
    public const string FileName = "heldout-text.json";

    /// <summary>No sources when the folder has no such file.</summary>
    /// <exception cref="InvalidDataException">The file is malformed; the message names the field.</exception>
    public static HeldOutText Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return new HeldOutText(File.Exists(path) ? [.. JsonFields.Parse(File.ReadAllText(path), path).Objects("sources").Select(HeldOutSource.Read)] : []);
    }

    /// <summary>The source at a path.</summary>
    /// <exception cref="InvalidDataException">It is not listed.</exception>
    public HeldOutSource Source(string path) => Sources.FirstOrDefault(s => s.Path == path) ?? throw new InvalidDataException($"{FileName}: found no source {path}, which a case refers to");
}

/// <summary>A source and its held-out documents.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Path">Below the data folder.</param>
/// <param name="Sha256">Of the file as it lies on disk, in lower-case hex.</param>
/// <param name="Documents">Numbers of the held-out documents, from 0.</param>
internal sealed record HeldOutSource(string Name, string Path, string Sha256, IReadOnlyList<int> Documents)
{
    public static HeldOutSource Read(JsonFields fields) => new(fields.Text("name"), fields.Text("path"), fields.Text("sha256"), fields.Counts("documents"));
}
