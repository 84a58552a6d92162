using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace NemotronSharp.Conformance.Tests;

/// <summary>Lines of text of many kinds, the same on every run.</summary>
internal static class TextLines
{
    private const int Longest = 400;

    private static readonly string[] Phrases =
    [
        "Přílišžluťoučký kůň úpěl ďábelské ódy", "Zażółć gęślą jaźń", "Größe, Füße und Übermut", "L’élève naïf s’étonne à Nîmes", "¿Dónde está el niño?", "Ação e coração", "Çok güzel İstanbul, ılık",
        "Съешь же ещё этих мягких французских булок", "Щастя їжака", "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία", "السلام عليكم ورحمة الله", "שלום עולם", "नमस्ते दुनिया", "স্বাগতম", "வணக்கம் உலகம்",
        "สวัสดีชาวโลก", "ສະບາຍດີ", "မင်္ဂလာပါ", "ជំរាបសួរ", "გამარჯობა", "Բարեւ աշխարհ", "ሰላም ልዑል", "日本語のテキスト、カタカナとひらがな。", "漢字仮名交じり文", "中文文本：你好，世界！", "한국어 문장입니다", "Tiếng Việt có dấu", "Hæ, þetta er íslenska", "Sīkais ķēniņš", "Ħobż tal-Malti",
    ];

    private static readonly string[] Emoji = ["🙂", "👩‍👩‍👧‍👦", "🇺🇳", "👍🏽", "❤️", "1️⃣", "🏴‍☠️", "☃", "✓", "→", "𝒳", "𝟘", "🜁", "©", "™"];

    private static readonly string[] Spaces = [" ", "  ", "   ", "\t", "\t\t", "\u00A0", "\u2003", "\u3000", "\u200B", "\uFEFF", "\u2028", "\u0085", "\u1680", "\r", "\r\n", "\n", "\n\n", " \n ", "\v", "\f", "\u202F"];

    private static readonly string[] Controls = ["\0", "\u0001", "\u001B[31m", "\u007F", "\u0080", "\u009F", "\uFFFD", "\uFFFF", "\u00AD", "\u202E", "\u0301", "\u0323\u0302", "\uE000"];

    private static readonly string[] Specials =
    [
        "<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<s>", "</s>", "<unk>", "[INST]", "[/INST]", "<SPECIAL_18>", "<SPECIAL_999>", "<SPECIAL_1000>",
        "<|im_start", "|im_end|>", "< think>", "<think", "</tool_call", "<<think>>", "<|IM_START|>", "<|im_start|><|im_end|>", "<s", "[TOOL_CALLS]", "<think></think>",
    ];

    private static readonly string[] Words = ["the", "Hello", "HTMLParser", "camelCase", "don't", "I'll", "x", "naïve", "GPU", "B2B", "e.g.", "http://a.b/c?d=e&f", "//", "/*", "*/", "==", "!=", "->", "::", "#include", "\"", "'", "…", "—", "“”", "$", "€", "%", "@user", "foo_bar", "__init__", "3.14", "1,000", "0x1F", "½", "²", "Ⅷ", "٣", "१२"];

    /// <summary>Name and lines of every kind.</summary>
    public static IReadOnlyList<(string Name, string[] Lines)> Kinds { get; } =
    [
        ("this repository's sources", Sample(1200, 1, Sources())),
        ("Python of MBPP", Sample(400, 2, Fields(RepoPaths.Shared("data", "code", "mbpp.jsonl"), "code").SelectMany(code => code.Split('\n')))),
        ("English Wikipedia", Sample(600, 3, Fields(RepoPaths.Shared("data", "wikipedia_en", "enwiki_articles_min500.jsonl.gz"), "text").Take(400).SelectMany(text => text.Split('\n')))),
        ("tool definitions, JSON", Sample(300, 4, File.ReadLines(RepoPaths.Shared("data", "bfcl", "BFCL_v4_live_multiple.json")))),
        ("languages, mixed", Generate(700, 5, [.. Phrases, " ", " ", ", ", ". "])),
        ("numbers and words", Generate(400, 6, [.. Words, .. Enumerable.Range(0, 12).Select(i => $"{Math.Pow(7, i):0}"), " ", " ", " ", "\n"])),
        ("white space", Generate(400, 7, [.. Spaces, .. Spaces, "a", "B", "9", ".", "é", "中"])),
        ("emoji and symbols", Generate(300, 8, [.. Emoji, .. Emoji, " ", "a", "Z", "\n"])),
        ("control characters", Generate(200, 9, [.. Controls, .. Controls, "a", "B", " ", "7", "\n"])),
        ("control tokens and what looks like them", Generate(300, 10, [.. Specials, .. Specials, " ", "text", "\n", "é"])),
        ("everything mixed", Generate(200, 11, [.. Phrases, .. Emoji, .. Spaces, .. Controls, .. Specials, .. Words])),
    ];

    private static IEnumerable<string> Sources() => Directory.EnumerateFiles(RepoPaths.InRepo("src"), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(File.ReadLines);

    private static IEnumerable<string> Fields(string path, string field)
    {
        using var file = File.OpenRead(path);
        using var text = new StreamReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file);
        while (text.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            yield return json.RootElement.GetProperty(field).GetString()!;
        }
    }

    private static string[] Sample(int count, int seed, IEnumerable<string> lines)
    {
        string[] all = [.. lines.Where(line => line.Length > 0).Select(Cut).Distinct()];
        if (all.Length < count) throw new InvalidOperationException($"found {all.Length} lines, expected at least {count}");
        new Random(seed).Shuffle(all);
        return all[..count];
    }

    // Never between the two units of one character.
    private static string Cut(string line) => line.Length <= Longest ? line : line[..(char.IsHighSurrogate(line[Longest - 1]) ? Longest - 1 : Longest)];

    private static string[] Generate(int count, int seed, string[] parts)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Line())];

        string Line()
        {
            var line = new StringBuilder();
            for (var left = random.Next(1, 12); left > 0; left--)
            {
                var part = parts[random.Next(parts.Length)];
                // A piece of a phrase as often as a whole one.
                var whole = part.Length < 6 || random.Next(2) == 0 || part.Any(char.IsSurrogate);
                line.Append(whole ? part : part.AsSpan(random.Next(part.Length / 2), random.Next(1, part.Length / 2)));
            }
            return line.ToString();
        }
    }
}
