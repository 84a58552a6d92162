using System.Text;
using System.Text.Json;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Text;

/// <summary>
/// The family's real vocabulary as a tokenizer.json: the 130,072 ranked byte tokens and 1,000 added tokens of the reference data, with
/// every pair that can make a token as a merge, ordered as Hugging Face's converter orders them. Written once per run, to a temporary file.
/// </summary>
internal static class RealTokenizer
{
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
        var path = System.IO.Path.Combine(Directory.CreateTempSubdirectory("nemotronsharp-").FullName, "tokenizer.json");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(System.IO.Path.GetDirectoryName(path)!, true);
        using var facts = JsonDocument.Parse(File.ReadAllBytes(RepoPaths.Shared("data", "tokenizer", "nemotron3_special_tokens.json")));
        var names = new string[Specials];
        for (var id = 0; id < Specials; id++) names[id] = $"<SPECIAL_{id}>";
        foreach (var named in facts.RootElement.GetProperty("named_specials").EnumerateObject()) names[int.Parse(named.Name)] = named.Value.GetString()!;

        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
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
        json.WriteNull("normalizer");
        json.WritePropertyName("pre_tokenizer");
        json.WriteRawValue($$"""
            {"type":"Sequence","pretokenizers":[
              {"type":"Split","pattern":{"Regex":{{JsonSerializer.Serialize(facts.RootElement.GetProperty("pattern").GetString())}}},"behavior":"Isolated","invert":false},
              {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]}
            """);
        json.WritePropertyName("decoder");
        json.WriteRawValue("""{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""");
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", false);
        WriteVocabularyAndMerges(json, names);
        json.WriteEndObject();
        json.WriteEndObject();
        return path;
    }

    private static void WriteVocabularyAndMerges(Utf8JsonWriter json, string[] names)
    {
        var alphabet = Gpt2Alphabet();
        var texts = Ranked.Select(bytes => string.Concat(bytes.Select(b => alphabet[b]))).ToArray();
        json.WriteStartObject("vocab");
        for (var id = 0; id < Specials; id++) json.WriteNumber(names[id], id);
        for (var rank = 0; rank < texts.Length; rank++) json.WriteNumber(texts[rank], Specials + rank);
        json.WriteEndObject();

        var ranks = texts.Index().ToDictionary(t => t.Item, t => t.Index);
        json.WriteStartArray("merges");
        var splits = new List<(int Left, int Right)>();
        foreach (var text in texts)
        {
            splits.Clear();
            for (var cut = 1; cut < text.Length; cut++)
                if (ranks.TryGetValue(text[..cut], out var left) && ranks.TryGetValue(text[cut..], out var right)) splits.Add((left, right));
            splits.Sort();
            foreach (var (left, right) in splits) json.WriteStringValue($"{texts[left]} {texts[right]}");
        }
        json.WriteEndArray();
    }

    // Written from GPT-2's definition once more, not shared with the code under test.
    private static string[] Gpt2Alphabet()
    {
        var printable = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range(0xA1, 0xAC - 0xA1 + 1)).Concat(Enumerable.Range(0xAE, 0xFF - 0xAE + 1)).ToHashSet();
        var others = 0;
        return [.. Enumerable.Range(0, 256).Select(b => char.ToString((char)(printable.Contains(b) ? b : 256 + others++)))];
    }
}
