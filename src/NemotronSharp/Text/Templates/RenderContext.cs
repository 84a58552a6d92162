using System.Runtime.CompilerServices;

namespace NemotronSharp.Text.Templates;

/// <summary>What one rendering carries along: where it is (for errors) and how much it has used (for the limits). For one thread.</summary>
internal sealed class RenderContext
{
    private readonly string _templateName;
    private int _depth;
    private long _steps;
    private long _written;

    public RenderContext(string templateName, TimeProvider time)
    {
        (_templateName, Time) = (templateName, time);
        Comparer = new ValueComparer(this);
    }

    public TimeProvider Time { get; }

    public ValueComparer Comparer { get; }

    /// <summary>The line of the template that is being evaluated.</summary>
    public int Line { get; set; } = 1;

    public ChatTemplateException Error(string problem) => new(_templateName, Line, problem);

    public void Step(long count = 1)
    {
        _steps += count;
        if (_steps > Limits.Steps) throw Error($"the template takes more than {Limits.Steps:N0} steps");
    }

    public void Enter()
    {
        Step();
        if (++_depth > Limits.EvaluationDepth) throw Error($"the template evaluates more than {Limits.EvaluationDepth} levels deep");
        EnsureStack();
    }

    public void Leave() => _depth--;

    /// <summary>For recursion over values, whose nesting only the stack limits.</summary>
    public void EnsureStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Error("the template's values are nested too deeply");
    }

    /// <summary>Call before a string of this many UTF-16 units is made.</summary>
    public void Write(long length)
    {
        if (length > Limits.TextLength) throw Error($"the template makes a text of more than {Limits.TextLength:N0} characters");
        _written += length;
        if (_written > Limits.WrittenText) throw Error($"the template writes more than {Limits.WrittenText:N0} characters in all");
    }

    /// <summary>Call before a text is read through. Long needles in long texts can take quadratic time.</summary>
    public void Search(int textLength, int needleLength = 1) => Step(textLength / 256L * (1 + (needleLength / 64L)));
}
