namespace NemotronSharp.Cli;

/// <summary>Which model a command works on: the folder or GGUF file given with -m, or the folder that ships.</summary>
internal static class ModelFolder
{
    private const string HomeVariable = "NEMOTRON_HOME", Models = "models";
    private static readonly string Shipped = Path.Combine(Models, "pico");

    /// <exception cref="CommandException">There is no such folder.</exception>
    public static string Find(string? given)
    {
        if (given is null) return FindShipped();
        if (Directory.Exists(given) || File.Exists(given)) return Path.GetFullPath(given);
        throw new CommandException($"-m {given}: found neither such a folder nor such a file, expected a Hugging Face model folder (config.json, tokenizer.json, *.safetensors) or a GGUF file");
    }

    /// <summary>A model folder, or the name of one in models/.</summary>
    /// <exception cref="CommandException">There is neither.</exception>
    public static string FindNamed(string given)
    {
        if (Directory.Exists(given)) return Path.GetFullPath(given);
        return Repository() is { } root && Path.Combine(root, Models, given) is var path && Directory.Exists(path)
            ? path
            : throw new CommandException($"{given}: found neither such a folder nor {Models}/{given}, expected a Hugging Face model folder (config.json, tokenizer.json, *.safetensors)");
    }

    /// <summary>The folder that holds models/pico; null when there is none. The script knows the repository; without it, one looks upwards from the executable.</summary>
    public static string? Repository()
    {
        var home = Environment.GetEnvironmentVariable(HomeVariable);
        for (var folder = new DirectoryInfo(string.IsNullOrEmpty(home) ? AppContext.BaseDirectory : home); folder is not null; folder = folder.Parent)
            if (Directory.Exists(Path.Combine(folder.FullName, Shipped))) return folder.FullName;
        return null;
    }

    private static string FindShipped() =>
        Repository() is { } root ? Path.Combine(root, Shipped) : throw new CommandException($"found no {Shipped} beside the program; name a model folder with -m FOLDER");
}
