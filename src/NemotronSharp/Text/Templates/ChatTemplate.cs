using System.Text.Json.Nodes;
using NemotronSharp.Text.Templates;

namespace NemotronSharp.Text;

/// <summary>
/// A model folder's chat template: the Jinja that Hugging Face's apply_chat_template runs, with its settings (trim_blocks, lstrip_blocks,
/// no autoescape, tojson as json.dumps). The rendered text knows which characters the template wrote and which came from data,
/// so that a user's text can never become a control token. Immutable; any number of threads may render at once.
/// </summary>
public sealed class ChatTemplate
{
    private readonly IReadOnlyList<Statement> _statements;
    private readonly TimeProvider _time;
    private readonly IReadOnlyDictionary<string, string> _specialTokens;

    private ChatTemplate(IReadOnlyList<Statement> statements, string name, TimeProvider time, IReadOnlyDictionary<string, string> specialTokens) =>
        (_statements, Name, _time, _specialTokens) = (statements, name, time, specialTokens);

    /// <summary>The name that errors give.</summary>
    public string Name { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="source">The text of the template.</param>
    /// <param name="name">What errors call it: the file's name.</param>
    /// <param name="time">The clock behind <c>strftime_now</c>; the system's when null.</param>
    /// <param name="specialTokens">The tokenizer's named tokens that templates may write, such as bos_token. They belong to the model
    /// and are trusted, unlike the variables of a rendering.</param>
    /// <exception cref="ChatTemplateException">The source is not a template; the message names the line.</exception>
    public static ChatTemplate Parse(string source, string name, TimeProvider? time = null, IReadOnlyDictionary<string, string>? specialTokens = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(name);
        return new ChatTemplate(Parser.Parse(source, name), name, time ?? TimeProvider.System, specialTokens ?? new Dictionary<string, string>());
    }

    /// <summary>Renders a conversation. The template's own characters are trusted; everything from the arguments is untrusted, except
    /// the model's reasoning tags inside messages of the role "assistant" (see <see cref="Conversation"/>).</summary>
    /// <param name="messages">Objects with role and content, and what else the template reads (reasoning_content, tool_calls with
    /// their arguments as objects).</param>
    /// <param name="tools">The tools as the template expects them; none is passed as Python's None.</param>
    /// <param name="addGenerationPrompt">Whether the text ends with the opening of the assistant's turn.</param>
    /// <param name="variables">Further variables, such as enable_thinking.</param>
    /// <exception cref="ArgumentException">A variable has the name of one of the other arguments or of a special token.</exception>
    /// <exception cref="ChatTemplateException">The template failed, called raise_exception, or went beyond a limit.</exception>
    public PromptText Render(
        JsonArray messages, JsonArray? tools = null, bool addGenerationPrompt = true, IReadOnlyDictionary<string, JsonNode?>? variables = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var context = new RenderContext(Name, _time);
        var scope = new Scope(Functions.Globals());
        foreach (var (name, token) in _specialTokens) scope.Set(name, new StringValue(PromptText.Trusted(token)));
        foreach (var (name, value) in variables ?? new Dictionary<string, JsonNode?>())
        {
            if (name is "messages" or "tools" or "add_generation_prompt" || _specialTokens.ContainsKey(name))
                throw new ArgumentException($"found the variable '{name}', which is set already: by an argument of its own or by the model's special tokens", nameof(variables));
            scope.Set(name, JsonValues.From(context, value));
        }
        scope.Set("messages", Conversation.Messages(context, messages));
        scope.Set("tools", JsonValues.From(context, tools));
        scope.Set("add_generation_prompt", BoolValue.Of(addGenerationPrompt));
        return new Interpreter(context).Render(_statements, scope);
    }
}
