namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>What tools report: a key and a drawn value.</summary>
internal static class ResultFields
{
    private static readonly (string Key, Func<TaskContext, string> Draw)[] _fields =
    [
        ("status", Values.From("open", "closed", "ready", "late", "lost", "sold", "new", "waiting", "active")), ("price", Values.Decimal), ("owner", Values.Person), ("date", Values.Date),
        ("time", Values.Time), ("city", Values.City), ("address", Values.Address), ("phone", Values.Phone), ("email", Values.Mail), ("total", Values.Number(1, 999)), ("count", Values.Number(1, 99)),
        ("color", Values.From(Words.Colors)), ("size", Values.From("small", "medium", "large")), ("weight", Values.Decimal), ("room", Values.From(Words.Rooms)), ("code", Values.Id),
        ("number", Values.Id), ("name", Values.Title), ("title", Values.Title), ("day", Values.From(Words.Days)), ("version", c => $"v{c.Random.Between(1, 9)}.{c.Random.Between(0, 9)}"),
        ("distance", Values.Decimal), ("rating", Values.Number(1, 5)), ("balance", Values.Decimal), ("level", Values.Number(1, 100)), ("author", Values.Person), ("language", Values.From(Words.Languages)),
        ("duration", Values.Number(1, 120)), ("score", Values.Number(1, 100)), ("place", Values.Title), ("seat", Values.Id), ("file", Values.Path), ("link", Values.Site), ("reference", Values.Id),
    ];

    private static readonly Dictionary<string, Func<TaskContext, string>> _byKey = _fields.ToDictionary(f => f.Key, f => f.Draw);

    public static (string Key, string Value) Draw(TaskContext context)
    {
        var (key, draw) = context.Random.Pick(_fields);
        return (key, draw(context));
    }

    /// <summary>One to three different fields.</summary>
    public static IReadOnlyList<(string Key, string Value)> Some(TaskContext context) =>
        [.. Enumerable.Range(0, context.Random.Pick(1, 1, 2, 2, 3)).Select(_ => Draw(context)).DistinctBy(f => f.Key)];

    public static string Value(TaskContext context, string key) => _byKey[key](context);
}
