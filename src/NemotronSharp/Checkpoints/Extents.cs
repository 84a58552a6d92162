namespace NemotronSharp.Checkpoints;

/// <summary>Where tensors lie in a file's data.</summary>
internal static class Extents
{
    /// <exception cref="InvalidDataException">Two tensors share bytes.</exception>
    public static void RefuseOverlaps(string path, List<(long Begin, long End, string Name)> extents)
    {
        extents.Sort();
        for (var i = 1; i < extents.Count; i++)
            if (extents[i].Begin < extents[i - 1].End)
                throw new InvalidDataException($"{path}: tensor '{Excerpt.Of(extents[i].Name)}': found at byte {extents[i].Begin}, expected behind '{Excerpt.Of(extents[i - 1].Name)}', which ends at {extents[i - 1].End}");
    }
}
