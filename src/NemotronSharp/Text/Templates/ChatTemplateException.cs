namespace NemotronSharp.Text;

/// <summary>A chat template that cannot be read or rendered; the message names the template, the line, what was found and what was expected.</summary>
public sealed class ChatTemplateException : Exception
{
    internal ChatTemplateException(string templateName, int line, string problem, Exception? cause = null)
        : base($"{templateName}, line {line}: {problem}", cause) => (TemplateName, Line, Problem) = (templateName, line, problem);

    /// <summary>The name given to <see cref="ChatTemplate.Parse"/>.</summary>
    public string TemplateName { get; }

    /// <summary>The line of the template, from 1.</summary>
    public int Line { get; }

    /// <summary>The message without its place. For <c>raise_exception(msg)</c> exactly the template's own words, up to 1,000 characters.</summary>
    public string Problem { get; }
}
