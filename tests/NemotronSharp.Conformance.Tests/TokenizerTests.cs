using System.Text.Json;
using System.Text.RegularExpressions;
using NemotronSharp.LlamaCpp;
using NemotronSharp.Tests.Text;
using NemotronSharp.Text;

namespace NemotronSharp.Conformance.Tests;

/// <summary>The family's tokenizer, from either file, against llama.cpp's.</summary>
public sealed class TokenizerTests : IDisposable
{
    private const int Lines = 5000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Ids_are_llama_cpp_s()
    {
        string ourFile = Write(SimplerCut.Tekken), publishedFile = Write(SimplerCut.Pixtral);
        Tokenizer folder = RealTokenizer.Instance, ours = ModelText.LoadTokenizer(ourFile), published = ModelText.LoadTokenizer(publishedFile);
        using LlamaModel tekken = LlamaModel.Load(ourFile, vocabularyOnly: true), pixtral = LlamaModel.Load(publishedFile, vocabularyOnly: true);
        Assert.Equal(tekken.VocabularySize, ours.VocabularySize);

        // llama.cpp finds added tokens that are not special in any text; this engine in trusted text only.
        var added = Enumerable.Range(0, folder.VocabularySize).Where(folder.IsAdded).ToArray();
        Regex always = AnyOf(added.Where(id => !folder.IsSpecial(id))), special = AnyOf(added);
        Regex AnyOf(IEnumerable<int> ids) => new($"({string.Join('|', ids.Select(folder.TokenText).OrderByDescending(t => t.Length).Select(Regex.Escape))})");

        var (different, total) = (new List<string>(), 0);
        foreach (var (order, (name, lines)) in TextLines.Kinds.Index())
        {
            var (equal, cut) = (new int[3], new int[3]);
            foreach (var line in lines)
                foreach (var (run, theirs, pieces, control) in (ReadOnlySpan<(int, LlamaModel, string, bool)>)[(0, tekken, SimplerCut.Tekken, false), (1, tekken, SimplerCut.Tekken, true), (2, pixtral, SimplerCut.Pixtral, true)])
                {
                    var parts = (control ? special : always).Split(line);      // every second one is a token
                    var prompt = PromptText.Concat([.. parts.Select((part, i) => i % 2 == 0 ? PromptText.Untrusted(part) : PromptText.Trusted(part))]);
                    int[] reference = theirs.Tokenize(line, control), ids = folder.Encode(prompt);
                    Assert.Equal(ids, (pieces == SimplerCut.Tekken ? ours : published).Encode(prompt));
                    if (ids.SequenceEqual(reference)) equal[run]++;
                    else if (SimplerCut.MayDiffer(line, pieces) && reference.SequenceEqual(parts.SelectMany((part, i) => i % 2 == 0 ? SimplerCut.Encode(part, pieces) : [folder.IdOf(part)!.Value]))) cut[run]++;
                    else different.Add($"{name}, {pieces}: {JsonSerializer.Serialize(line)}: found {string.Join(' ', ids)}, llama.cpp has {string.Join(' ', reference)}");
                }
            total += lines.Length;
            ConformanceTable.Tokenizer.Add(order, name, $"{lines.Length}", $"{equal[0]} + {cut[0]}", $"{equal[1]} + {cut[1]}", $"{equal[2]} + {cut[2]}");
        }
        Assert.Empty(different);
        Assert.Equal(Lines, total);
    }

    private string Write(string pieces)
    {
        var path = _folder.File($"{pieces}.gguf");
        GgufModels.WriteVocabulary(path, RealTokenizer.Path, pieces);
        return path;
    }
}
