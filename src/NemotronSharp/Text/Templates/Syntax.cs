namespace NemotronSharp.Text.Templates;

/// <summary>An expression of a template; <paramref name="Line"/> counts from 1.</summary>
internal abstract record Expression(int Line);

internal sealed record LiteralExpression(Value Value, int Line) : Expression(Line);
internal sealed record NameExpression(string Name, int Line) : Expression(Line);
internal sealed record ListExpression(IReadOnlyList<Expression> Items, bool IsTuple, int Line) : Expression(Line);
internal sealed record DictExpression(IReadOnlyList<(Expression Key, Expression Value)> Entries, int Line) : Expression(Line);
internal sealed record AttributeExpression(Expression Target, string Name, int Line) : Expression(Line);
internal sealed record SubscriptExpression(Expression Target, Expression Index, int Line) : Expression(Line);
internal sealed record SliceExpression(Expression Target, Expression? Start, Expression? Stop, Expression? Step, int Line) : Expression(Line);
internal sealed record CallExpression(Expression Callee, CallArguments Arguments, int Line) : Expression(Line);
internal sealed record FilterExpression(Expression Input, string Name, CallArguments Arguments, int Line) : Expression(Line);
internal sealed record TestExpression(Expression Input, string Name, CallArguments Arguments, int Line) : Expression(Line);
internal sealed record NotExpression(Expression Operand, int Line) : Expression(Line);
internal sealed record SignExpression(bool Negative, Expression Operand, int Line) : Expression(Line);
internal sealed record BinaryExpression(BinaryOperator Operator, Expression Left, Expression Right, int Line) : Expression(Line);
internal sealed record LogicalExpression(bool IsAnd, Expression Left, Expression Right, int Line) : Expression(Line);
internal sealed record ConcatExpression(IReadOnlyList<Expression> Parts, int Line) : Expression(Line);
internal sealed record ComparisonExpression(Expression First, IReadOnlyList<(ComparisonOperator Operator, Expression Right)> Rest, int Line) : Expression(Line);
internal sealed record ConditionalExpression(Expression Condition, Expression Then, Expression? Else, int Line) : Expression(Line);

internal enum BinaryOperator { Add, Subtract, Multiply, Divide, FloorDivide, Modulo, Power }

internal enum ComparisonOperator { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, In, NotIn }

internal sealed record CallArguments(IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named)
{
    public static CallArguments None { get; } = new([], []);
}

/// <summary>A statement of a template.</summary>
internal abstract record Statement(int Line);

internal sealed record TextStatement(PromptText Text, int Line) : Statement(Line);
internal sealed record OutputStatement(Expression Expression, int Line) : Statement(Line);
internal sealed record IfStatement(IReadOnlyList<(Expression Condition, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Else, int Line) : Statement(Line);
internal sealed record ForStatement(AssignTarget Target, Expression Iterable, Expression? Filter, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Else, int Line) : Statement(Line);
internal sealed record SetStatement(AssignTarget Target, Expression Value, int Line) : Statement(Line);
internal sealed record SetBlockStatement(AssignTarget Target, IReadOnlyList<FilterExpression> Filters, IReadOnlyList<Statement> Body, int Line) : Statement(Line);
internal sealed record FilterBlockStatement(IReadOnlyList<FilterExpression> Filters, IReadOnlyList<Statement> Body, int Line) : Statement(Line);
internal sealed record MacroStatement(string Name, IReadOnlyList<(string Name, Expression? Default)> Parameters, IReadOnlyList<Statement> Body, int Line) : Statement(Line);
internal sealed record ScopeStatement(IReadOnlyList<Statement> Body, int Line) : Statement(Line);
internal sealed record LoopExitStatement(bool IsBreak, int Line) : Statement(Line);

/// <summary>What an assignment writes to: a name, an attribute of a namespace, or several of them.</summary>
internal abstract record AssignTarget(int Line);

internal sealed record NameTarget(string Name, int Line) : AssignTarget(Line);
internal sealed record NamespaceTarget(string Name, string Attribute, int Line) : AssignTarget(Line);
internal sealed record TupleTarget(IReadOnlyList<AssignTarget> Items, int Line) : AssignTarget(Line);
