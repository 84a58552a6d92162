namespace NemotronSharp.Text;

/// <summary>Deltas in order; neighbours of one kind are merged, empty ones left out.</summary>
internal sealed class DeltaList
{
    private readonly List<MessageDelta> _items = [];

    public IReadOnlyList<MessageDelta> Items => _items;

    public void Add(MessageDelta delta) => _items.Add(delta);

    public void Reasoning(string text)
    {
        if (text.Length == 0) return;
        if (_items is [.., ReasoningDelta last]) _items[^1] = new ReasoningDelta(last.Text + text);
        else _items.Add(new ReasoningDelta(text));
    }

    public void Content(string text)
    {
        if (text.Length == 0) return;
        if (_items is [.., ContentDelta last]) _items[^1] = new ContentDelta(last.Text + text);
        else _items.Add(new ContentDelta(text));
    }

    public void Arguments(int index, string json)
    {
        if (json.Length == 0) return;
        if (_items is [.., ToolArgumentsDelta last] && last.Index == index) _items[^1] = new ToolArgumentsDelta(index, last.Json + json);
        else _items.Add(new ToolArgumentsDelta(index, json));
    }
}
