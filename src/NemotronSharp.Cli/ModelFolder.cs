namespace NemotronSharp.Cli;

/// <summary>Which model a command works on: the folder given with -m, or the one that ships.</summary>
internal static class ModelFolder
{
    private const string HomeVariable = "NEMOTRON_HOME";
    private static readonly string Shipped = Path.Combine("models", "pico");

    /// <exception cref="CommandException">There is no such folder.</exception>
    public static string Find(string? given)
    {
        if (given is null) return FindShipped();
        if (Directory.Exists(given)) return Path.GetFullPath(given);
        throw new CommandException($"-m {given}: found no such folder, expected a Hugging Face model folder (config.json, tokenizer.json, *.safetensors)");
    }

    /// <summary>A file of the model folder; <paramref name="given"/> may also name such a file itself.</summary>
    /// <exception cref="CommandException">There is no such file.</exception>
    public static string FindFile(string? given, string name)
    {
        if (given is not null && File.Exists(given)) return given;
        var path = Path.Combine(Find(given), name);
        return File.Exists(path) ? path : throw new CommandException($"{Path.GetDirectoryName(path)}: found no {name}");
    }

    private static string FindShipped()
    {
        // The script knows the repository; without it, look upwards from the executable.
        var home = Environment.GetEnvironmentVariable(HomeVariable);
        for (var folder = new DirectoryInfo(string.IsNullOrEmpty(home) ? AppContext.BaseDirectory : home); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, Shipped);
            if (Directory.Exists(path)) return path;
        }
        throw new CommandException($"found no {Shipped} beside the program; name a model folder with -m FOLDER");
    }
}
