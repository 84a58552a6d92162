using System.IO.MemoryMappedFiles;
using NemotronSharp.Numerics;

namespace NemotronSharp.Checkpoints;

/// <summary>
/// A whole file mapped read-only: pages are read when touched and shared between processes.
/// Owned by the checkpoint that opened it; readable from any thread; the pointer dies with <see cref="Dispose"/>.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public MappedFile(string path)
    {
        Path = path;
        Length = new FileInfo(path).Length;
        if (Length == 0) throw new InvalidDataException($"{path}: found an empty file, expected a model");
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        try
        {
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
        catch
        {
            _file.Dispose();
            throw;
        }

        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        Pointer = pointer + _view.PointerOffset;
        // Read into huge pages, where the file system can: random experts of a large file then cost no walk of page tables each. A refusal changes nothing else.
        HugePageAdvice.Give(Pointer, Length);
    }

    public string Path { get; }

    public long Length { get; }

    public byte* Pointer { get; private set; }

    public void Dispose()
    {
        if (Pointer is null) return;
        Pointer = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
