namespace NemotronSharp.Text.Templates;

internal enum TokenKind { Text, OutputBegin, OutputEnd, TagBegin, TagEnd, Name, Integer, Float, String, Operator, End }

internal readonly record struct Token(TokenKind Kind, string Value, int Line)
{
    public bool Is(TokenKind kind, string value) => Kind == kind && Value == value;

    public string Describe() => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.Text => "text",
        TokenKind.String => "a string",
        _ => $"'{Value}'",
    };
}
