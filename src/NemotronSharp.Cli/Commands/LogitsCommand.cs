using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using static System.FormattableString;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron logits</c>: the raw logits behind given token ids, for conformance tests against other implementations.</summary>
internal static class LogitsCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var (threads, activations, keyValues) = (CommonOptions.Threads(), CommonOptions.Activations(), CommonOptions.KeyValues());
        var ids = new Option<string>("--ids") { Description = "File of token ids separated by white space; - reads standard input", HelpName = "FILE", Required = true };
        var output = new Option<string>("--out", "-o") { Description = "Where to write the logits: little-endian float32, vocab_size of them a row", HelpName = "FILE", Required = true };
        var all = new Option<bool>("--all") { Description = "A row for every id, not only for the last" };
        var command = new ExampleCommand("logits", "Writes the logits that follow token ids", "./nemotron render --messages m.json --ids > ids.txt && ./nemotron logits --ids ids.txt --out f32.bin --all")
        {
            model, ids, output, all, threads, activations, keyValues,
        };
        command.SetAction(result =>
        {
            var path = result.GetRequiredValue(ids);
            using var engine = NemotronEngine.Load(ModelFolder.Find(result.GetValue(model)), CommonOptions.Engine(result.GetValue(threads), result.GetRequiredValue(activations), result.GetRequiredValue(keyValues)));
            var prompt = ParseIds(InputText.Read(path), path, engine.Config.VocabSize);
            using var state = engine.NewSequence();
            var target = result.GetRequiredValue(output);
            using var file = new FileStream(target, FileMode.Create, FileAccess.Write);
            var rows = Write(engine, state, prompt, result.GetValue(all), file);
            Console.Error.WriteLine(Invariant($"{target}: {rows} × {engine.Config.VocabSize} float32"));
        });
        return command;
    }

    private static int Write(NemotronEngine engine, State.SequenceState state, int[] prompt, bool all, FileStream file)
    {
        if (all)
        {
            engine.ForwardAll(state, prompt, (_, logits) => WriteRow(logits, file));
            return prompt.Length;
        }
        var last = new float[engine.Config.VocabSize];
        engine.Forward(state, prompt, last);
        WriteRow(last, file);
        return 1;
    }

    private static void WriteRow(ReadOnlySpan<float> logits, FileStream file)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("logits are written little-endian, and this machine is not");
        file.Write(MemoryMarshal.AsBytes(logits));
    }

    private static int[] ParseIds(string text, string path, int vocabulary)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) throw new InvalidDataException($"{path}: found no token ids, expected at least one");
        var ids = new int[words.Length];
        for (var i = 0; i < ids.Length; i++)
            if (!int.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out ids[i]) || ids[i] >= vocabulary)
                throw new InvalidDataException(Invariant($"{path}: token {i}: found '{words[i]}', expected a token id from 0 to {vocabulary - 1}"));
        return ids;
    }
}
