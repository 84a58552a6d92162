namespace NemotronSharp;

/// <summary>Names and values from files in error messages: however long they are, a message stays readable.</summary>
internal static class Excerpt
{
    /// <summary>At most <paramref name="most"/> characters of a text, with an ellipsis where it was cut.</summary>
    public static string Of(string text, int most = 80) => text.Length <= most ? text : string.Concat(text.AsSpan(0, most - 1), "…");
}
