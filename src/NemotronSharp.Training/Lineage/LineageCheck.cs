using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Lineage;

/// <summary>A file of a manifest, held against the disk.</summary>
/// <param name="Fact">What the manifest says.</param>
/// <param name="Status">"same", "absent" (nothing to check) or "differs".</param>
internal sealed record CheckedFile(FileFact Fact, string Status)
{
    public const string Same = "same", Absent = "absent", Differs = "differs";

    public JsonObject ToJson() => new() { ["path"] = Fact.Path, ["bytes"] = Fact.Bytes, ["sha256"] = Fact.Sha256, ["status"] = Status };
}

/// <summary>A manifest whose files were checked, with the stages it came from.</summary>
/// <param name="File">The manifest; absent if <paramref name="Manifest"/> is null.</param>
internal sealed record CheckedStage(string File, string Name, LineageManifest? Manifest, IReadOnlyList<CheckedFile> Inputs, IReadOnlyList<CheckedFile> Outputs, IReadOnlyList<CheckedStage> Parents)
{
    public JsonObject ToJson() => new()
    {
        ["stage"] = Name,
        ["manifest"] = File,
        ["status"] = Manifest is null ? CheckedFile.Absent : CheckedFile.Same,
        ["identity"] = Manifest?.Identity(),
        ["recipe"] = new JsonArray([.. (Manifest?.Recipe ?? []).Select(r => (JsonNode)new JsonObject { ["path"] = r.Path, ["sha256"] = r.Sha256 })]),
        ["seed"] = Manifest?.Seed,
        ["settings"] = Manifest?.Settings.DeepClone(),
        ["metrics"] = Manifest?.Metrics.DeepClone(),
        ["produced"] = Manifest?.Produced.DeepClone(),
        ["inputs"] = new JsonArray([.. Inputs.Select(f => (JsonNode)f.ToJson())]),
        ["outputs"] = new JsonArray([.. Outputs.Select(f => (JsonNode)f.ToJson())]),
        ["parents"] = new JsonArray([.. Parents.Select(p => (JsonNode)p.ToJson())]),
    };
}

/// <summary>
/// Walks from a manifest to all it came from and holds every hash against what is on disk, and every stage's inputs against what the
/// earlier stage says it made, so that a chain can be checked even where the files themselves are gone.
/// </summary>
internal sealed class LineageCheck
{
    private readonly Dictionary<string, CheckedStage> _done = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    /// <summary>What does not fit; empty if all is well.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <param name="path">A manifest, or a folder that holds one or lies in one that does.</param>
    /// <exception cref="InvalidDataException">There is none, or one of the chain is malformed.</exception>
    public CheckedStage Walk(string path)
    {
        string[] candidates = [path, Path.Combine(path, LineageManifest.FileName), Path.Combine(path, "..", LineageManifest.FileName)];
        var file = candidates.FirstOrDefault(File.Exists) ?? throw new InvalidDataException($"{path}: found no {LineageManifest.FileName}; a stage writes it when it has finished");
        return Check(Path.GetFullPath(file), LineageManifest.Load(file));
    }

    private CheckedStage Check(string file, LineageManifest manifest)
    {
        if (_done.TryGetValue(file, out var done)) return done;
        _done[file] = new CheckedStage(file, manifest.Stage, manifest, [], [], []); // ends a walk in circles
        var folder = Path.GetDirectoryName(file)!;
        foreach (var recipe in manifest.Recipe)
            if (FileFact.HashOf(recipe.Content) is var content && content != recipe.Sha256) Problem(file, $"the content of {recipe.Path}", content, recipe.Sha256);
        return _done[file] = new CheckedStage(Show(file), manifest.Stage, manifest,
            [.. manifest.Inputs.Select(f => OnDisk(f, folder))], [.. manifest.Outputs.Select(f => OnDisk(f, folder))],
            [.. manifest.Parents.Select(p => Parent(file, manifest, p))]);
    }

    private CheckedStage Parent(string childFile, LineageManifest child, ParentFact fact)
    {
        var childFolder = Path.GetDirectoryName(childFile)!;
        var file = Path.GetFullPath(fact.Path, childFolder);
        if (!File.Exists(file)) return new CheckedStage(Show(file), fact.Stage, null, [], [], []);
        var manifest = LineageManifest.Load(file);
        var identity = manifest.Identity();
        if (identity != fact.Identity) Problem(file, $"the identity of stage '{manifest.Stage}'", identity, $"{fact.Identity}, which '{child.Stage}' was made from");

        var folder = Path.GetDirectoryName(file)!;
        var made = manifest.Outputs.ToDictionary(o => Path.GetFullPath(o.Path, folder), StringComparer.Ordinal);
        foreach (var input in child.Inputs)
        {
            var path = Path.GetFullPath(input.Path, childFolder);
            if (made.TryGetValue(path, out var output) ? output.Sha256 == input.Sha256 : Path.GetDirectoryName(path) != folder) continue;
            Problem(childFile, $"input {input.Path}", input.Sha256, output is null ? $"a file that '{manifest.Stage}' made" : $"{output.Sha256} as '{manifest.Stage}' made it");
        }
        return Check(file, manifest);
    }

    private CheckedFile OnDisk(FileFact fact, string folder)
    {
        var file = Path.GetFullPath(fact.Path, folder);
        if (!File.Exists(file)) return new CheckedFile(fact, CheckedFile.Absent);
        // A length is cheap to compare, and nothing endless gets read.
        var bytes = new FileInfo(file).Length;
        if (bytes != fact.Bytes)
        {
            Problem(file, "length", $"{bytes:N0} bytes", $"{fact.Bytes:N0}");
            return new CheckedFile(fact, CheckedFile.Differs);
        }
        var found = bytes == 0 ? FileFact.HashOf("") : FileFact.Of(file, folder).Sha256;
        if (found == fact.Sha256) return new CheckedFile(fact, CheckedFile.Same);
        Problem(file, "SHA-256", found, fact.Sha256);
        return new CheckedFile(fact, CheckedFile.Differs);
    }

    // One stage's output is another's input: told once.
    private void Problem(string file, string what, string found, string expected)
    {
        var line = $"{Show(file)}: {what}: found {found}, expected {expected}";
        if (!_problems.Contains(line)) _problems.Add(line);
    }

    private static string Show(string file) => Path.GetRelativePath(Directory.GetCurrentDirectory(), file) is var path && path.StartsWith("..", StringComparison.Ordinal) ? file : path;
}
