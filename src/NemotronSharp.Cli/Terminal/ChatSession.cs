using System.Text.Json.Nodes;
using static System.FormattableString;

namespace NemotronSharp.Cli.Terminal;

/// <summary>
/// A conversation on a terminal, or with lines piped in (then without prompts and remarks, and the first error ends it).
/// Holds the history; used by one thread.
/// </summary>
internal sealed class ChatSession(ChatModel model, ChatOptions options, string? system)
{
    private const string Help = """
        /clear            forget the conversation (the system prompt stays)
        /system TEXT      set the system prompt; without TEXT remove it
        /thinking on|off  whether the model reasons before it answers
        /help             this list
        /exit             leave (Ctrl+D too); Ctrl+C stops an answer
        """;

    private readonly bool _piped = Console.IsInputRedirected;
    private readonly bool _plain = Style.IsOff(Console.IsOutputRedirected);
    private readonly List<JsonObject> _turns = [];
    private ChatOptions _options = options;
    private string? _system = system;

    public async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        Remark(Invariant($"{Path.GetFileName(model.ModelPath)}: {model.Config.Footprint.Parameters / 1e6:0.0} M parameters. /help lists the commands."));
        while (true)
        {
            if (!_piped) output.Write(_plain ? "> " : "\e[1m> " + Style.Off);
            if (await input.ReadLineAsync() is not { } line)
            {
                if (!_piped) output.WriteLine();
                return ExitCodes.Done;
            }
            line = line.Trim();
            if (line.Length == 0) continue;
            if (line == "/exit") return ExitCodes.Done;
            try
            {
                if (line.StartsWith('/')) Command(line);
                else await AnswerAsync(line, output);
            }
            catch (Exception e) when (!_piped && e is not OperationCanceledException)
            {
                ErrorLine.Write(e);
            }
        }
    }

    private void Command(string line)
    {
        var space = line.IndexOf(' ');
        var (name, argument) = space < 0 ? (line, "") : (line[..space], line[(space + 1)..].Trim());
        switch (name, argument)
        {
            case ("/help", ""):
                Console.WriteLine(Help);
                break;
            case ("/clear", ""):
                _turns.Clear();
                Remark("The conversation is forgotten.");
                break;
            case ("/system", _):
                _system = argument.Length == 0 ? null : argument;
                Remark(_system is null ? "No system prompt." : "System prompt set.");
                break;
            case ("/thinking", "on" or "off"):
                _options = _options with { Thinking = argument == "on" };
                Remark($"Thinking is {argument}.");
                break;
            default:
                throw new CommandException($"found the command '{line}', expected one of /clear, /system TEXT, /thinking on|off, /help, /exit");
        }
    }

    private async Task AnswerAsync(string text, TextWriter output)
    {
        var user = Messages.User(text);
        var messages = new JsonArray();
        if (_system is not null) messages.Add(Messages.System(_system));
        foreach (var turn in _turns) messages.Add(turn.DeepClone());
        messages.Add(user.DeepClone());

        ChatCompleted? completed = null;
        using var interrupt = new Interrupt();
        try
        {
            using var printer = new AnswerPrinter(output, Console.IsOutputRedirected);
            await foreach (var delta in model.StreamAsync(messages, _options, interrupt.Token))
            {
                printer.Write(delta);
                completed = delta as ChatCompleted;
            }
        }
        catch (OperationCanceledException) when (!_piped)
        {
            Remark("Stopped; this turn is forgotten.");
            return;
        }
        if (completed is null) return;
        _turns.Add(user);
        _turns.Add(Messages.Assistant(completed.Message));
        Report(completed);
    }

    private void Report(ChatCompleted completed)
    {
        var statistics = completed.Statistics;
        var used = statistics.PromptTokens + statistics.GeneratedTokens;
        var longest = model.Config.MaxPositionEmbeddings;
        if (completed.FinishReason == FinishReason.Length) Warn(Invariant($"Cut off after {_options.MaxTokens} tokens (--max-tokens)."));
        Remark(Invariant($"{used} of {longest} tokens of context, {statistics.DecodeTokensPerSecond:0} tokens/s, {StatisticsLine.Drafts(statistics)}"));
        if (used > longest) Warn(Invariant($"The conversation has {used} tokens and the model was made for {longest}: expect it to lose the thread; /clear starts anew."));
    }

    private void Remark(string text)
    {
        if (!_piped) Warn(text);
    }

    private static void Warn(string text) => Console.Error.WriteLine(Style.Dim(Console.IsErrorRedirected, text));
}
