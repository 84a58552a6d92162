using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Text;

/// <summary>
/// The family's own tokenizer.json, built again byte for byte (its published SHA-256 is checked) from the reference data: 130,072 ranked
/// byte tokens, 1,000 added tokens, and every pair that makes a token as a merge, ordered as Hugging Face's converter orders them.
/// Written once per run, to a temporary file.
/// </summary>
internal static class RealTokenizer
{
    /// <summary>Of tokenizer.json in Nemotron 3 Nano-4B, Super, Ultra and Lightning; Nano-30B-A3B ends the same bytes with a newline.</summary>
    public const string Sha256 = "623c34567aebb18582765289fbe23d901c62704d6518d71866e0e58db892b5b7";
    public const string Nano30BSha256 = "c6021eb6847e682f89aa52d5eb6e8c7d902a23acfc8137e25211cf84828f1592";

    private const int Specials = 1000;
    private static readonly Lazy<string> LazyPath = new(Write);
    private static readonly Lazy<Tokenizer> LazyInstance = new(() => Tokenizer.Load(Path));

    public static string Path => LazyPath.Value;

    public static Tokenizer Instance => LazyInstance.Value;

    /// <summary>The 130,072 byte tokens in rank order, from the reference table itself.</summary>
    public static byte[][] Ranked { get; } = [.. File.ReadLines(RepoPaths.Shared("data", "tokenizer", "nemotron3_base_130072.tiktoken"))
        .Select(line => Convert.FromBase64String(line[..line.IndexOf(' ')]))];

    private static string Write()
    {
        var bytes = Build();
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (hash != Sha256) throw new InvalidOperationException($"the tokenizer.json built from the reference data has SHA-256 {hash}, the published file {Sha256}");
        var folder = Directory.CreateTempSubdirectory("nemotronsharp-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, true);
        var path = System.IO.Path.Combine(folder, "tokenizer.json");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static byte[] Build()
    {
        using var facts = JsonDocument.Parse(File.ReadAllBytes(RepoPaths.Shared("data", "tokenizer", "nemotron3_special_tokens.json")));
        var names = new string[Specials];
        for (var id = 0; id < Specials; id++) names[id] = $"<SPECIAL_{id}>";
        foreach (var named in facts.RootElement.GetProperty("named_specials").EnumerateObject()) names[int.Parse(named.Name)] = named.Value.GetString()!;

        using var bytes = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(bytes, options))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            WriteAdded(json, names);
            json.WriteNull("normalizer");
            WriteSteps(json, facts.RootElement.GetProperty("pattern").GetString()!);
            WriteModel(json, names);
            json.WriteEndObject();
        }
        return bytes.ToArray();
    }

    private static void WriteAdded(Utf8JsonWriter json, string[] names)
    {
        json.WriteStartArray("added_tokens");
        for (var id = 0; id < Specials; id++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", names[id]);
            foreach (var off in (string[])["single_word", "lstrip", "rstrip", "normalized"]) json.WriteBoolean(off, false);
            json.WriteBoolean("special", id is < 12 or > 17);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteSteps(Utf8JsonWriter json, string pattern)
    {
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", pattern);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        json.WriteStartObject();
        WriteByteLevel(json, addPrefixSpace: false, trimOffsets: true, useRegex: false);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("post_processor");
        WriteByteLevel(json, addPrefixSpace: true, trimOffsets: false, useRegex: true);
        json.WriteStartObject("decoder");
        WriteByteLevel(json, addPrefixSpace: true, trimOffsets: true, useRegex: true);
    }

    private static void WriteByteLevel(Utf8JsonWriter json, bool addPrefixSpace, bool trimOffsets, bool useRegex)
    {
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", addPrefixSpace);
        json.WriteBoolean("trim_offsets", trimOffsets);
        json.WriteBoolean("use_regex", useRegex);
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, string[] names)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (var unset in (string[])["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"]) json.WriteNull(unset);
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", true);

        var alphabet = Gpt2Alphabet();
        var texts = Ranked.Select(bytes => string.Concat(bytes.Select(b => alphabet[b]))).ToArray();
        json.WriteStartObject("vocab");
        for (var id = 0; id < Specials; id++) json.WriteNumber(names[id], id);
        for (var rank = 0; rank < texts.Length; rank++) json.WriteNumber(texts[rank], Specials + rank);
        json.WriteEndObject();

        var ranks = texts.Index().ToDictionary(t => t.Item, t => t.Index);
        var splits = new List<(int Left, int Right)>();
        json.WriteStartArray("merges");
        foreach (var text in texts)
        {
            splits.Clear();
            for (var cut = 1; cut < text.Length; cut++)
                if (ranks.TryGetValue(text[..cut], out var left) && ranks.TryGetValue(text[cut..], out var right)) splits.Add((left, right));
            splits.Sort();
            foreach (var (left, right) in splits)
            {
                json.WriteStartArray();
                json.WriteStringValue(texts[left]);
                json.WriteStringValue(texts[right]);
                json.WriteEndArray();
            }
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Written from GPT-2's definition once more, not shared with the code under test.
    private static string[] Gpt2Alphabet()
    {
        var printable = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range(0xA1, 0xAC - 0xA1 + 1)).Concat(Enumerable.Range(0xAE, 0xFF - 0xAE + 1)).ToHashSet();
        var others = 0;
        return [.. Enumerable.Range(0, 256).Select(b => char.ToString((char)(printable.Contains(b) ? b : 256 + others++)))];
    }
}
