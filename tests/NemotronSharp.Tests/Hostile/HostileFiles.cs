namespace NemotronSharp.Tests.Hostile;

/// <summary>Bad files for one reader, and what a user does with a file that opens. Works in a folder of its own, one file at a time.</summary>
internal abstract class HostileFiles : IDisposable
{
    protected TempFolder Folder { get; } = new();

    /// <summary>The reader's name in reports and in NEMOTRON_FUZZ_CASE.</summary>
    public abstract string Name { get; }

    /// <summary>The part of all cases that this reader gets.</summary>
    public abstract double Share { get; }

    /// <summary>Every message names a file of this folder.</summary>
    public string Place => Folder.Path;

    /// <summary>Bytes of the last case.</summary>
    public long Size { get; protected set; }

    /// <summary>Processor time that a case may take. Generous: a busy machine makes processors slower as well.</summary>
    public virtual TimeSpan MostTime => TimeSpan.FromSeconds(2);

    /// <summary>Managed bytes that reading and using a file of this size may allocate, garbage included.</summary>
    public virtual long MostAllocated => (64L << 20) + 40 * Size;

    /// <summary>Writes a case.</summary>
    public abstract void Write(Chance chance);

    /// <summary>Opens the case and uses it.</summary>
    /// <exception cref="InvalidDataException">It is refused; so is <see cref="NemotronSharp.Text.ChatTemplateException"/> allowed to say.</exception>
    public abstract void Read(Meter meter);

    public void Dispose() => Folder.Dispose();

    protected void Save(string name, byte[] bytes)
    {
        File.WriteAllBytes(Folder.File(name), bytes);
        Size += bytes.Length;
    }
}
