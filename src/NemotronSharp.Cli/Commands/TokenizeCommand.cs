using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using NemotronSharp.Cli.Terminal;
using NemotronSharp.Text;
using Spectre.Console;
using static System.FormattableString;

namespace NemotronSharp.Cli.Commands;

/// <summary><c>nemotron tokenize</c>: the token ids of a text, and what each stands for.</summary>
internal static class TokenizeCommand
{
    public static Command Create()
    {
        var model = CommonOptions.Model();
        var text = new Argument<string?>("TEXT") { Description = "The text; - or nothing reads standard input", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--file", "-f") { Description = "Read the text from a file", HelpName = "FILE" };
        var control = new Option<bool>("--control") { Description = "Let the text form control tokens such as <|im_start|>; plain text never does" };
        var bench = new Option<bool>("--bench") { Description = "Measure the speed on this text instead (one core)" };
        var json = CommonOptions.Json("count, ids and pieces");
        var command = new ExampleCommand("tokenize", "Shows the token ids of a text", "./nemotron tokenize \"Hello, Nemotron!\"", "./nemotron tokenize --control \"<|im_start|>user\" --json", "./nemotron tokenize --file book.txt --bench")
        {
            text, model, file, control, bench, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(text) is not null && result.GetValue(file) is not null) result.AddError("found TEXT and --file, expected one of them");
        });
        command.SetAction(result =>
        {
            var tokenizer = ModelText.LoadTokenizer(ModelFolder.Find(result.GetValue(model)));
            var input = (result.GetValue(file), result.GetValue(text)) switch
            {
                ({ } path, _) => InputText.Read(path),
                (_, null or InputText.StandardInput) => InputText.Read(InputText.StandardInput),
                (_, { } given) => given,
            };
            var prompt = result.GetValue(control) ? PromptText.Trusted(input) : PromptText.Untrusted(input);
            if (result.GetValue(bench)) Measure(tokenizer, prompt);
            else if (result.GetValue(json)) WriteJson(tokenizer, tokenizer.Encode(prompt));
            else WriteTable(tokenizer, tokenizer.Encode(prompt), input);
        });
        return command;
    }

    private static void WriteTable(Tokenizer tokenizer, int[] ids, string input)
    {
        var table = Tables.New().AddColumn(new TableColumn("#").RightAligned()).AddColumn(new TableColumn("id").RightAligned()).AddColumn("piece");
        for (var i = 0; i < ids.Length; i++)
            table.AddTextRow(i.ToString(CultureInfo.InvariantCulture), ids[i].ToString(CultureInfo.InvariantCulture), Show(tokenizer, ids[i]));
        Tables.Write(table);
        var bytes = Encoding.UTF8.GetByteCount(input);
        Console.WriteLine(ids.Length == 0 ? "0 tokens" : Invariant($"{ids.Length} tokens, {bytes} bytes, {(double)bytes / ids.Length:0.00} bytes per token"));
    }

    private static void WriteJson(Tokenizer tokenizer, int[] ids)
    {
        var json = new JsonObject
        {
            ["count"] = ids.Length,
            ["ids"] = new JsonArray([.. ids.Select(id => JsonValue.Create(id))]),
            ["pieces"] = new JsonArray([.. ids.Select(id => JsonValue.Create(Encoding.UTF8.GetString(tokenizer.BytesOf(id))))]),
        };
        Console.WriteLine(json.ToJsonString(CliJson.Compact));
    }

    /// <summary>Visible on any terminal: quoted, with escapes; bytes that are only part of a character in hexadecimal.</summary>
    private static string Show(Tokenizer tokenizer, int id)
    {
        var bytes = tokenizer.BytesOf(id);
        try
        {
            return '"' + JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(CliJson.StrictUtf8.GetString(bytes)) + '"';
        }
        catch (DecoderFallbackException)
        {
            return $"bytes {Convert.ToHexString(bytes)}";
        }
    }

    private static void Measure(Tokenizer tokenizer, PromptText text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text.Value);
        if (bytes == 0) throw new CommandException("--bench: found no text, expected some");
        // Warm up: the first passes run code that is not yet optimised.
        var tokens = 0;
        var warm = Stopwatch.StartNew();
        do tokens = tokenizer.Encode(text).Length;
        while (warm.Elapsed.TotalSeconds < 1);

        var passes = 0;
        var clock = Stopwatch.StartNew();
        do
        {
            tokenizer.Encode(text);
            passes++;
        }
        while (clock.Elapsed.TotalSeconds < 2);
        var rate = (double)bytes * passes / clock.Elapsed.TotalSeconds / 1e6;
        Console.WriteLine(Invariant($"{rate:0.0} MB/s on one core ({bytes} bytes, {tokens} tokens, {passes} passes)"));
    }
}
