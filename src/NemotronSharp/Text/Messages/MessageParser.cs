using System.Text;
using System.Text.Json.Nodes;

namespace NemotronSharp.Text;

/// <summary>
/// Splits the text a Nemotron-3 model generates into reasoning, content and tool calls while it streams
/// (the grammar served as <c>nemotron_v3</c> + <c>qwen3_coder</c> elsewhere). However the text is cut into pieces,
/// the deltas of each kind concatenate to the same text and <see cref="Message"/> is the same.
/// </summary>
/// <remarks>
/// Where things go:
/// <list type="bullet">
/// <item>Reasoning runs to <c>&lt;/think&gt;</c> or to a tool call, whichever is first; without either it is all there is.
/// A <c>&lt;think&gt;</c> before any visible text of the output (or after a call) opens reasoning and is dropped.</item>
/// <item>A call is <c>&lt;tool_call&gt;</c>, white space, <c>&lt;function=NAME&gt;</c>. From there on every closing tag may be missing.
/// Without that head the tag is ordinary text, of the reasoning too. Tool names are not checked.</item>
/// <item>A <c>&lt;/think&gt;</c> that closes nothing is dropped; one that closes a <c>&lt;think&gt;</c> quoted in content is text.</item>
/// <item>Stray text inside a call, and a parameter given twice, become content: nothing visible vanishes.</item>
/// </list>
/// White space: reasoning loses one newline after <c>&lt;think&gt;</c> and all white space at its end; content loses white space
/// at its start and around calls (two texts parted by a call are joined by one newline); a parameter's value loses exactly one
/// newline at each end.
/// <para>State: one output, in the order it is generated. Owned by its caller; not safe for concurrent use.</para>
/// </remarks>
public sealed class MessageParser
{
    private const string ThinkOpen = "<think>", ThinkClose = "</think>", CallOpen = "<tool_call>", CallClose = "</tool_call>",
        FunctionOpen = "<function=", FunctionClose = "</function>", ParameterOpen = "<parameter=", ParameterClose = "</parameter>";

    // Longer names are taken for text: a stream must not wait without end for a '>'.
    private const int LongestName = 256;

    private static readonly string[] TextTags = [ThinkOpen, ThinkClose, CallOpen];
    private static readonly string[] OpeningTags = [FunctionOpen];
    private static readonly string[] CallTags =
        [ThinkOpen, ThinkClose, CallOpen, CallClose, FunctionOpen, FunctionClose, ParameterOpen, ParameterClose];
    private static readonly string[] ValueTags = [ParameterClose, ParameterOpen, FunctionClose, CallClose];

    private enum Mode
    {
        Reasoning,
        Content,
        /// <summary>After <c>&lt;tool_call&gt;</c>, before its <c>&lt;function=NAME&gt;</c> decides whether it is a call.</summary>
        Opening,
        /// <summary>Inside a call, outside a parameter.</summary>
        Call,
        /// <summary>Inside a parameter.</summary>
        Value,
    }

    private readonly ToolSchemas _schemas;
    private readonly bool _contentMustNotBeEmpty;
    private readonly TextRuns _reasoning = new(keepsLeadingSpace: true);
    private readonly TextRuns _content = new(keepsLeadingSpace: false);
    private readonly List<ToolCall> _calls = [];
    private readonly StringBuilder _opening = new();
    private DeltaList _deltas = new();
    private ToolCallBuilder? _call;
    private ParsedMessage? _message;
    private Mode _mode;
    private Mode _openedFrom;
    private string _pending = "";
    private bool _dropNewline;
    private int _quotedThinks;

    /// <param name="tools">The tools offered to the model, as in a request: <c>{"type":"function","function":{…}}</c> or bare function objects.</param>
    /// <param name="startsInReasoning">Whether the prompt ended inside an open think block.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">A tool is not an object or has no name.</exception>
    public MessageParser(JsonArray? tools, bool startsInReasoning, MessageParserOptions? options = null)
    {
        _schemas = new ToolSchemas(tools);
        _contentMustNotBeEmpty = !startsInReasoning || (options?.ForceNonEmptyContent ?? false);
        _mode = startsInReasoning ? Mode.Reasoning : Mode.Content;
    }

    /// <summary>The finished message.</summary>
    /// <exception cref="InvalidOperationException">Before <see cref="Complete"/>.</exception>
    public ParsedMessage Message => _message ?? throw new InvalidOperationException("the message is not finished: call Complete first");

    /// <summary>Takes the next piece of generated text (any length, cut anywhere) and returns what became certain through it.</summary>
    /// <exception cref="InvalidOperationException">After <see cref="Complete"/>.</exception>
    public IReadOnlyList<MessageDelta> Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (_message is not null) throw new InvalidOperationException("the message is finished");
        _pending += text;
        Consume(isLast: false);
        return TakeDeltas();
    }

    /// <summary>
    /// Ends the output: open calls are closed, unfinished tags become text. When the swap of
    /// <see cref="MessageParserOptions.ForceNonEmptyContent"/> applies, the reasoning (already streamed as such) is repeated as one
    /// <see cref="ContentDelta"/>, and <see cref="Message"/> holds it as content alone.
    /// </summary>
    /// <exception cref="InvalidOperationException">When called twice.</exception>
    public IReadOnlyList<MessageDelta> Complete()
    {
        if (_message is not null) throw new InvalidOperationException("the message is finished");
        Consume(isLast: true);
        if (_mode == Mode.Opening) NoCallAfterAll();
        CloseCall();
        _deltas.Content(_content.TakeTrailingSpace());

        var (reasoning, content) = (_reasoning.Text, _content.Text);
        if (_contentMustNotBeEmpty && content is null && reasoning is not null && _calls.Count == 0)
        {
            _deltas.Content(reasoning);
            (reasoning, content) = (null, reasoning);
        }
        _message = new ParsedMessage(reasoning, content, _calls);
        return TakeDeltas();
    }

    private IReadOnlyList<MessageDelta> TakeDeltas()
    {
        var taken = _deltas;
        _deltas = new DeltaList();
        return taken.Items;
    }

    private void Consume(bool isLast)
    {
        var position = 0;
        while (position < _pending.Length)
        {
            var taken = Step(_pending.AsSpan(position), isLast);
            if (taken < 0) break;
            position += taken;
        }
        _pending = _pending[position..];
    }

    /// <summary>Handles what stands at the front; the number of characters used, or -1 when more text must decide.</summary>
    private int Step(ReadOnlySpan<char> rest, bool isLast)
    {
        if (_dropNewline)
        {
            _dropNewline = false;
            if (rest[0] == '\n') return 1;
        }
        if (rest[0] != '<') return StepText(rest, isLast);

        foreach (var tag in TagsOf(_mode))
        {
            if (rest.StartsWith(tag))
            {
                if (!tag.EndsWith('='))
                {
                    OnTag(tag, "");
                    return tag.Length;
                }
                var name = rest[tag.Length..];
                var end = name.IndexOfAny('>', '<', '\n');
                if (end < 0 && name.Length <= LongestName && !isLast) return -1;
                if (end <= 0 || end > LongestName || name[end] != '>' || name[..end].IsWhiteSpace()) break;
                OnTag(tag, name[..end].Trim().ToString());
                return tag.Length + end + 1;
            }
            if (!isLast && tag.AsSpan().StartsWith(rest)) return -1;
        }
        if (_mode == Mode.Opening)
        {
            NoCallAfterAll();
            return 0;
        }
        OnText("<");
        return 1;
    }

    private int StepText(ReadOnlySpan<char> rest, bool isLast)
    {
        if (_mode == Mode.Opening)
        {
            var space = rest.Length - rest.TrimStart().Length;
            if (space == 0) NoCallAfterAll();
            _opening.Append(rest[..space]);
            return space;
        }
        var end = rest.IndexOf('<');
        if (end < 0) end = rest.Length;
        // Half a surrogate pair waits for its other half, so that every delta is text of its own.
        if (!isLast && end == rest.Length && char.IsHighSurrogate(rest[end - 1])) end--;
        if (end == 0) return -1;
        OnText(rest[..end]);
        return end;
    }

    private static string[] TagsOf(Mode mode) => mode switch
    {
        Mode.Opening => OpeningTags,
        Mode.Call => CallTags,
        Mode.Value => ValueTags,
        _ => TextTags,
    };

    private void OnText(ReadOnlySpan<char> text)
    {
        switch (_mode)
        {
            case Mode.Reasoning:
                _deltas.Reasoning(_reasoning.Write(text));
                break;
            case Mode.Value:
                _call!.AppendValue(text, _deltas);
                break;
            default:
                _deltas.Content(_content.Write(text));
                break;
        }
    }

    private void OnTag(string tag, string name)
    {
        if (_mode == Mode.Value)
        {
            _call!.EndParameter(_deltas);
            _mode = Mode.Call;
        }
        switch (tag)
        {
            case ThinkOpen:
                OnThinkOpen();
                break;
            case ThinkClose:
                OnThinkClose();
                break;
            case CallOpen:
                _opening.Clear().Append(CallOpen);
                _openedFrom = _mode;
                _mode = Mode.Opening;
                break;
            case FunctionOpen:
                CloseCall();
                _reasoning.EndRun();
                _content.EndRun();
                _call = new ToolCallBuilder(_calls.Count, name, _schemas);
                _deltas.Add(new ToolCallStarted(_calls.Count, name));
                _mode = Mode.Call;
                break;
            case ParameterOpen:
                OnParameter(name);
                break;
            case ParameterClose:
                _content.EndRun();
                break;
            case FunctionClose:
                _content.EndRun();
                CloseCall();
                break;
            case CallClose:
                _content.EndRun();
                CloseCall();
                _mode = Mode.Content;
                break;
        }
    }

    private void OnParameter(string name)
    {
        if (_call is null || _call.Has(name))
        {
            OnText($"{ParameterOpen}{name}>");
            return;
        }
        _content.EndRun();
        _call.BeginParameter(name, _deltas);
        _mode = Mode.Value;
    }

    private void OnThinkOpen()
    {
        var opens = _mode switch
        {
            Mode.Reasoning => _reasoning.RunIsEmpty,
            Mode.Content => _content.RunIsEmpty,
            _ => false,
        };
        if (!opens)
        {
            if (_mode != Mode.Reasoning) _quotedThinks++;
            OnText(ThinkOpen);
            return;
        }
        _reasoning.EndRun();
        _mode = Mode.Reasoning;
        _dropNewline = true;
    }

    private void OnThinkClose()
    {
        if (_mode == Mode.Reasoning)
        {
            _reasoning.EndRun();
            _mode = Mode.Content;
        }
        else if (_quotedThinks > 0)
        {
            _quotedThinks--;
            OnText(ThinkClose);
        }
    }

    private void NoCallAfterAll()
    {
        _mode = _openedFrom;
        OnText(_opening.ToString());
    }

    private void CloseCall()
    {
        if (_call is null) return;
        var call = _call.Complete(_deltas);
        _deltas.Add(new ToolCallCompleted(_calls.Count, call));
        _calls.Add(call);
        _call = null;
    }
}
