using System.IO.Compression;
using NemotronSharp.Training.Data.Tasks;
using Readers = NemotronSharp.Training.Data.ConversationSources.ConversationSources;

namespace NemotronSharp.Training.Data.Corpus;

/// <summary>Published conversations, or questions with answers.</summary>
/// <param name="Name">Names the reader too.</param>
/// <param name="Files">The first is read; others (a schema) lie beside it and are found by the reader.</param>
/// <param name="Licence">Of the conversations.</param>
internal sealed record ConversationSource(string Name, IReadOnlyList<SourceFile> Files, string Licence)
{
    public static IEnumerable<string> Names => Readers.All.Keys;

    /// <summary>Checks that the files are the ones the recipe means.</summary>
    /// <exception cref="InvalidDataException">A SHA-256 differs.</exception>
    public void Verify(string root)
    {
        foreach (var file in Files) SourceFiles.Verify($"source '{Name}'", [SourceFiles.Locate(Name, root, file.Path)], file.Sha256);
    }

    /// <summary>All its conversations, one after the other.</summary>
    public IEnumerable<Conversation> Read(string root, TaskContext context)
    {
        string file = SourceFiles.Locate(Name, root, Files[0].Path);
        using var stream = File.OpenRead(file);
        using Stream plain = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        using var reader = new StreamReader(plain);
        foreach (var conversation in Readers.All[Name](reader, file, context)) yield return conversation;
    }
}

/// <summary>A file below the source root.</summary>
/// <param name="Path">Relative to the root.</param>
/// <param name="Sha256">In lower-case hex.</param>
internal sealed record SourceFile(string Path, string Sha256);
