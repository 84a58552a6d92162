using System.Text;

namespace NemotronSharp.Tests.Hostile;

/// <summary>Text files that go wrong: by their structure, by their characters, by their bytes.</summary>
internal static class HostileText
{
    /// <summary>JSON with one to three places changed, and now and then its bytes as well.</summary>
    public static byte[] Json(string valid, Chance chance)
    {
        var tree = JsonTree.Parse(valid);
        for (var i = chance.Between(0, 3); i > 0; i--) tree.Mutate(chance);
        var bytes = Encode(tree.ToString());
        return chance.OneIn(4) ? ByteMutations.Apply(bytes, chance, bytes.Length) : bytes;
    }

    /// <summary>UTF-8, but U+FFFE becomes a byte that no UTF-8 text holds.</summary>
    public static byte[] Encode(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (!text.Contains('\uFFFE')) return bytes;
        var result = new List<byte>(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes.AsSpan(i).StartsWith("\uFFFE"u8))
            {
                result.Add(0xff);
                i += 2;
            }
            else result.Add(bytes[i]);
        }
        return [.. result];
    }
}
