namespace NemotronSharp.Training.Tests.Data;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class DataFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("nemotron-data-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a recipe beside a copy of pico's template and returns its path.</summary>
    public string Recipe(string json)
    {
        System.IO.File.Copy(Template, File("chat_template.jinja"), overwrite: true);
        System.IO.File.WriteAllText(File("recipe.jsonc"), json);
        return File("recipe.jsonc");
    }

    /// <summary>pico's chat template in the repository.</summary>
    public static string Template { get; } = RepoPaths.InRepo("recipes", "pico", "chat_template.jinja");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
