using System.CommandLine;

namespace NemotronSharp.Cli.Writing;

/// <summary>Where a command writes a model, and in which format.</summary>
internal sealed class WriteTarget
{
    private const string Gguf = "gguf", HuggingFace = "hf", Ending = ".gguf";

    private readonly Option<string> _output = new("--out", "-o") { Description = $"The file (NAME{Ending}) or folder to write", HelpName = "PATH", Required = true };
    private readonly Option<string?> _format = new Option<string?>("--format") { Description = $"{Gguf}: one file; {HuggingFace}: a Hugging Face folder [default: {Gguf} if PATH ends in {Ending}, else {HuggingFace}]", HelpName = $"{Gguf}|{HuggingFace}" }.AcceptOnlyFromAmong(Gguf, HuggingFace);
    private readonly Option<bool> _force = new("--force") { Description = "Replace what is there" };

    public void AddTo(Command command)
    {
        command.Add(_output);
        command.Add(_format);
        command.Add(_force);
    }

    /// <exception cref="CommandException">Something is there already, or the name does not fit the format.</exception>
    public (string Path, ModelFormat Format) Of(ParseResult result)
    {
        var path = result.GetRequiredValue(_output);
        var isFile = path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase);
        var format = result.GetValue(_format) switch
        {
            Gguf => ModelFormat.Gguf,
            HuggingFace => ModelFormat.HuggingFace,
            _ => isFile ? ModelFormat.Gguf : ModelFormat.HuggingFace,
        };
        if (isFile != (format == ModelFormat.Gguf)) throw new CommandException($"--out {path}: expected {(isFile ? "a folder's name for --format hf" : $"a name that ends in {Ending} for --format gguf")}");
        if (isFile ? Directory.Exists(path) : File.Exists(path)) throw new CommandException($"--out {path}: found a {(isFile ? "folder" : "file")}, expected a {(isFile ? "file" : "folder")} or nothing");
        if (!result.GetValue(_force) && (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))) throw new CommandException($"--out {path}: found that it exists; --force replaces it");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent && !Directory.Exists(parent)) throw new CommandException($"--out {path}: found no folder {parent}, expected one");
        return (path, format);
    }
}
