namespace NemotronSharp.Model;

/// <summary>How the Mamba-2 layers scan more than one token at once.</summary>
public enum ScanForm
{
    /// <summary>Token by token with the state in cache: the same bits for any split of the tokens.</summary>
    Recurrent,

    /// <summary>The SSD form in chunks of <see cref="NemotronConfig.ChunkSize"/>: equal up to rounding, which depends on the split.</summary>
    Chunked,
}
