namespace NemotronSharp.Training.Pretraining;

/// <summary>Folders that appear under their name only when complete.</summary>
internal static class AtomicFolder
{
    /// <summary>Fills a temporary folder beside the target, then gives it the name; an earlier folder of that name is replaced.</summary>
    public static void Write(string folder, Action<string> fill)
    {
        var temporary = folder + ".part";
        var replaced = folder + ".old";
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        fill(temporary);
        if (Directory.Exists(replaced)) Directory.Delete(replaced, recursive: true);
        if (Directory.Exists(folder)) Directory.Move(folder, replaced);
        Directory.Move(temporary, folder);
        if (Directory.Exists(replaced)) Directory.Delete(replaced, recursive: true);
    }
}
