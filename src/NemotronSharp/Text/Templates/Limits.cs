namespace NemotronSharp.Text.Templates;

/// <summary>What a template may use. A template comes with a downloaded model folder, so it is not trusted to end or to stay small.</summary>
internal static class Limits
{
    /// <summary>Nested blocks, brackets and operators in the source.</summary>
    public const int ParseDepth = 200;

    /// <summary>Named arguments of one call, and parameters of a macro.</summary>
    public const int NamedArguments = 100;

    /// <summary>Characters of a name: names are looked up at every use.</summary>
    public const int NameLength = 256;

    /// <summary>UTF-16 units of the text that a template may give to raise_exception.</summary>
    public const int ErrorLength = 1000;

    /// <summary>Nested evaluations: expressions, blocks and macro calls together.</summary>
    public const int EvaluationDepth = 1000;

    /// <summary>Evaluated expressions, statements, loop rounds and created list elements.</summary>
    public const int Steps = 5_000_000;

    /// <summary>UTF-16 units of one string, and of the output: several times the longest context window.</summary>
    public const int TextLength = 1 << 24;

    /// <summary>UTF-16 units written to strings in the whole rendering.</summary>
    public const long WrittenText = 1L << 27;

    /// <summary>Decimal digits of an integer; Python's own limit for conversion.</summary>
    public const int IntegerDigits = 4300;

    /// <summary>Bits of an integer, about <see cref="IntegerDigits"/> digits.</summary>
    public const int IntegerBits = 14_285;

    /// <summary>Elements of range(), the limit of Jinja's sandbox.</summary>
    public const int RangeLength = 100_000;
}
