namespace NemotronSharp.Text.Templates;

/// <summary>Merge sort. .NET's own sorts hide what a comparison throws behind an exception of theirs, and may break on orders that are none (NaN).</summary>
internal static class StableSort
{
    public static List<T> By<T>(IEnumerable<T> items, Func<T, Value> key, Func<Value, Value, int> compare)
    {
        var from = items.Select(item => (Item: item, Key: key(item))).ToArray();
        var to = new (T Item, Value Key)[from.Length];
        for (var width = 1; width < from.Length; width *= 2)
        {
            for (var start = 0; start < from.Length; start += 2 * width)
            {
                int middle = Math.Min(start + width, from.Length), end = Math.Min(start + 2 * width, from.Length);
                int left = start, right = middle;
                for (var at = start; at < end; at++)
                    to[at] = left < middle && (right == end || compare(from[left].Key, from[right].Key) <= 0) ? from[left++] : from[right++];
            }
            (from, to) = (to, from);
        }
        return [.. from.Select(pair => pair.Item)];
    }
}
