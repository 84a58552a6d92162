namespace NemotronSharp.Kernels;

/// <summary>
/// How far ahead weights are asked for by hand. The hardware follows one stream but stops at pages, so each line is asked for twice: far ahead into the second-level cache, then, once it
/// must have come, into the first.
/// </summary>
internal static class Prefetching
{
    public const int FarBytes = 12288, NearBytes = 1536, LineBytes = 64;
}
