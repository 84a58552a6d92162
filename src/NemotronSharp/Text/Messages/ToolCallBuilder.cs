using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NemotronSharp.Text;

/// <summary>
/// Builds one call's arguments and streams their JSON. A string parameter streams as it arrives; a value of any other type is known
/// only at its end. Held back from a string: its last newline (perhaps the one to strip) and anything that may yet be <c>null</c>.
/// </summary>
internal sealed class ToolCallBuilder(int index, string name, ToolSchemas schemas)
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _arguments = [];
    private readonly StringBuilder _value = new();
    private string? _parameter;
    private ParameterType _type;
    private bool _stringIsOpen;
    private bool _hasLeadingNewline;
    private int _streamed;

    public bool Has(string parameter) => _arguments.ContainsKey(parameter);

    public void BeginParameter(string parameter, DeltaList deltas)
    {
        _parameter = parameter;
        _type = schemas.TypeOf(name, parameter);
        _value.Clear();
        _streamed = 0;
        _stringIsOpen = _hasLeadingNewline = false;
        deltas.Arguments(index, $"{(_arguments.Count == 0 ? '{' : ',')}\"{Escape(parameter)}\":");
    }

    public void AppendValue(ReadOnlySpan<char> text, DeltaList deltas)
    {
        if (_value.Length == 0 && !_hasLeadingNewline && text is ['\n', ..])
        {
            _hasLeadingNewline = true;
            text = text[1..];
        }
        _value.Append(text);
        if (!_type.IsPlainString) return;
        if (!_stringIsOpen)
        {
            // "null" may be followed by the newline to strip.
            if (_value.Length <= 5 && "null\n".StartsWith(_value.ToString(), StringComparison.OrdinalIgnoreCase)) return;
            deltas.Arguments(index, "\"");
            _stringIsOpen = true;
        }
        StreamUpTo(_value.Length - (_value[^1] == '\n' ? 1 : 0), deltas);
    }

    public void EndParameter(DeltaList deltas)
    {
        if (_parameter is not { } parameter) return;
        _parameter = null;
        if (_value.Length > 0 && _value[^1] == '\n') _value.Length--;
        if (_stringIsOpen)
        {
            StreamUpTo(_value.Length, deltas);
            deltas.Arguments(index, "\"");
            _arguments.Add(parameter, _value.ToString());
            return;
        }
        var value = ToolArguments.Convert(_value.ToString(), _type);
        deltas.Arguments(index, value?.ToJsonString(Relaxed) ?? "null");
        _arguments.Add(parameter, value);
    }

    public ToolCall Complete(DeltaList deltas)
    {
        EndParameter(deltas);
        deltas.Arguments(index, _arguments.Count == 0 ? "{}" : "}");
        return new ToolCall(name, _arguments);
    }

    private void StreamUpTo(int end, DeltaList deltas)
    {
        if (end <= _streamed) return;
        deltas.Arguments(index, Escape(_value.ToString(_streamed, end - _streamed)));
        _streamed = end;
    }

    private static string Escape(string text) => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text);
}
