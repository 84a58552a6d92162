using System.Text;
using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data;

/// <summary>
/// A piece of a source's text with sentences put into it. A case stores where the piece lies instead of its text:
/// its message holds <see cref="Placeholder"/>, and whoever runs the case makes the text again.
/// </summary>
/// <param name="Source">The file, relative to the source root.</param>
/// <param name="Line">The document's line in the file, from 0.</param>
/// <param name="Start">The piece's first character in the document's text.</param>
/// <param name="Length">Its length in characters (UTF-16 units).</param>
/// <param name="Inserts">What is put in, by rising offset in the piece.</param>
/// <param name="Text">The whole, as <see cref="Expand"/> makes it.</param>
internal sealed record DocumentSlice(string Source, int Line, int Start, int Length, IReadOnlyList<Insertion> Inserts, string Text)
{
    public const string Placeholder = "{document}";

    public static string Expand(string slice, IReadOnlyList<Insertion> inserts)
    {
        var text = new StringBuilder(slice.Length + inserts.Sum(i => i.Text.Length));
        int done = 0;
        foreach (var insert in inserts)
        {
            text.Append(slice, done, insert.Offset - done).Append(insert.Text);
            done = insert.Offset;
        }
        return text.Append(slice, done, slice.Length - done).ToString();
    }

    public JsonObject ToJson() => new()
    {
        ["source"] = Source,
        ["line"] = Line,
        ["start"] = Start,
        ["length"] = Length,
        ["insert"] = new JsonArray([.. Inserts.Select(i => (JsonNode)new JsonArray(i.Offset, i.Text))]),
    };
}

/// <summary>A text put into a slice before the character at <paramref name="Offset"/>.</summary>
internal readonly record struct Insertion(int Offset, string Text);
