using System.Text;

namespace NemotronSharp.Cli;

/// <summary>Text that a command reads: a file's, or standard input's for the name <c>-</c>. Always UTF-8.</summary>
internal static class InputText
{
    public const string StandardInput = "-";

    public static string Read(string path)
    {
        if (path != StandardInput) return File.ReadAllText(path);
        using var reader = new StreamReader(Console.OpenStandardInput());
        return reader.ReadToEnd();
    }

    /// <summary>The same, and nothing that is not UTF-8 is put right.</summary>
    /// <exception cref="CommandException">There is no such file, or bytes of it are not UTF-8; the message says where.</exception>
    public static string ReadStrict(string path)
    {
        if (path != StandardInput && !File.Exists(path)) throw new CommandException($"{path}: found no such file, expected a text in UTF-8");
        using var bytes = new MemoryStream();
        using (var stream = path == StandardInput ? Console.OpenStandardInput() : File.OpenRead(path)) stream.CopyTo(bytes);
        try
        {
            return CliJson.StrictUtf8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
        catch (DecoderFallbackException e)
        {
            throw new CommandException($"{path}: found {Convert.ToHexString(e.BytesUnknown ?? [])} at byte {e.Index}, expected UTF-8");
        }
    }
}
