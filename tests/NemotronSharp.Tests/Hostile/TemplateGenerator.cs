using System.Text;

namespace NemotronSharp.Tests.Hostile;

/// <summary>
/// Templates that run and ask for too much: huge texts, numbers and lists, long loops, values inside themselves, every filter, method and test.
/// Expressions are made by type, so that a template seldom ends at its first mistake.
/// </summary>
internal sealed class TemplateGenerator(Chance chance)
{
    private const string Prologue = """
        {% set ns = namespace(s='x', l=[1]) %}{% set s = 'Text a.b 12' %}{% set l = [3, 1, 2] %}{% set w = ['b', 'A', 'c'] %}{% set d = {'a': 1, 'b': [2]} %}{% set n = 7 %}{% set o = [] %}{% set _ = o.append(o) %}
        """;

    private static readonly string[] LargeTexts = ["'x' * 10**7", "'ab ' * 10**6", "'a.' * 10**6", "'0.' * 10**6", "'\\n' * 10**6", "'é\\U0001F642' * 10**5", "bos_token * 10**5", "'\\u0001' * 10**6"];
    private static readonly string[] LargeLists = ["range(100000) | list", "[1] * 10**6", "['b', 'a'] * 10**4", "(s,) * 10**5", "[s] * 1000", "range(0, 10**9, 10**5) | list", "[o] * 10**4", "s | list", "[[l] * 1000] * 1000", "[('x' * 10**6)] * 1000"];
    private static readonly string[] LargeNumbers = ["7 ** 5000", "10**9", "-10**9", "2**63", "2**64", "1e308", "0.1"];

    public static string Template(Chance chance)
    {
        var generator = new TemplateGenerator(chance);
        var text = new StringBuilder(Prologue).Append("{% macro f(a, b=1) %}");
        generator.Statements(text, 1);
        text.Append("{% endmacro %}");
        generator.Statements(text, 4);
        return text.ToString();
    }

    private void Statements(StringBuilder text, int depth)
    {
        for (var n = chance.Between(1, 4); n > 0; n--) Statement(text, depth);
    }

    private void Statement(StringBuilder text, int depth)
    {
        switch (depth == 0 ? chance.Below(5) : chance.Below(11))
        {
            case 0: text.Append("plain\n"); break;
            case 1: text.Append($"{{{{ {Any(3)} }}}}"); break;
            case 2: text.Append($"{{% set {chance.Of("s", "ns.s")} = {Text(3)} %}}"); break;
            case 3: text.Append($"{{% set {chance.Of("l", "ns.l")} = {List(3)} %}}"); break;
            case 4: text.Append($"{{% set {chance.Of("n = " + Number(3), "x = " + Any(3), $"_ = l.{chance.Of("append", "extend")}({List(1)})", $"_ = o.append({Any(1)})", "_ = l.insert(0, 1)", "_ = l.pop()")} %}}"); break;
            case 5: Block(text, depth, $"if {Condition(2)}", "if"); break;
            case 6 or 7: Block(text, depth, $"for i in {chance.Of(List(2), "messages", "range(100000)", "range(1000)")}{(chance.OneIn(4) ? $" if {Condition(1)}" : "")}", "for"); break;
            case 8: Block(text, depth, $"filter {chance.Of("upper", "trim", "title", "indent(10**6)", "replace('x', 'yyyy')", "tojson", "reverse")}", "filter"); break;
            case 9: Block(text, depth, $"macro {chance.Of("f", "g")}(a=1)", "macro"); break;
            default: Block(text, depth, "set s", "set"); break;
        }
    }

    private void Block(StringBuilder text, int depth, string open, string name)
    {
        text.Append($"{{% {open} %}}");
        Statements(text, depth - 1);
        text.Append($"{{% end{name} %}}");
    }

    private string Any(int depth) => chance.Below(12) switch
    {
        < 4 => Text(depth),
        < 6 => Number(depth),
        < 8 => List(depth),
        8 => Condition(depth),
        9 => chance.Of("o", "ns", "none", "missing", "[][missing]", "d", "messages", "{}[missing]"),
        10 when depth > 0 => $"{{'k': {Any(depth - 1)}, {Number(0)}: {Any(depth - 1)}}}",
        _ => depth > 0 ? $"({Any(depth - 1)} if {Condition(depth - 1)} else {Any(depth - 1)})" : "1.5",
    };

    private string Text(int depth) => depth <= 0 ? chance.Below(4) == 0 ? $"({chance.Of(LargeTexts)})" : chance.Of("s", "ns.s", "'a'", "''", "'a.b'", "bos_token", "'%Y-%m'", "messages[1].content") : chance.Below(14) switch
    {
        0 => $"({Text(depth - 1)} {chance.Of("+", "~")} {Text(depth - 1)})",
        1 => $"({Any(depth - 1)} ~ {Any(depth - 1)})",
        2 => $"({Text(depth - 1)} * {Number(depth - 1)})",
        3 or 4 => $"({Text(depth - 1)} | {chance.Of("trim", "upper", "lower", "title", "capitalize", "string", "reverse", "indent(3)", "indent(10**9)", "tojson", "default(1)", $"replace({Text(0)}, {Text(0)})", $"trim({Text(0)})")})",
        5 => $"({Any(depth - 1)} | {chance.Of("string", "tojson", "tojson(indent=4)", "tojson(ensure_ascii=true, sort_keys=true)", $"tojson(indent={Number(0)})")})",
        6 or 7 => $"{Text(depth - 1)}.{chance.Of("upper()", "title()", "strip()", $"strip({Text(0)})", $"lstrip({Text(0)})", $"rstrip({Text(0)})", $"removeprefix({Text(0)})", $"removesuffix({Text(0)})")}",
        8 => $"{Text(depth - 1)}.replace({Text(depth - 1)}, {Text(0)}{(chance.OneIn(2) ? "" : ", 1")})",
        9 => $"{Text(0)}.join({List(depth - 1)})",
        10 => $"({List(depth - 1)} | join({Text(0)}))",
        11 => $"{Text(depth - 1)}[{chance.Of("", Number(0))}:{chance.Of("", Number(0))}:{chance.Of("", "-1", "2")}]",
        12 => chance.Of("f(1)", $"f({Any(0)})", $"strftime_now({Text(0)})"),
        _ => $"({List(depth - 1)} | {chance.Of("first", "last", "max", "min")} | string)",
    };

    private string Number(int depth) => depth <= 0 ? chance.Below(5) == 0 ? $"({chance.Of(LargeNumbers)})" : chance.Of("0", "1", "-1", "3", "n", "(loop.index if loop is defined else 2)", "400", "1000") : chance.Below(8) switch
    {
        0 or 1 => $"({Number(depth - 1)} {chance.Of("+", "-", "*", "//", "%", "/", "**")} {Number(depth - 1)})",
        2 => $"({List(depth - 1)} | length)",
        3 => $"({Text(depth - 1)} | length)",
        4 => $"{Text(depth - 1)}.{chance.Of("find", "rfind", "count")}({Text(depth - 1)})",
        5 => $"({Any(depth - 1)} | string | int)",
        6 => $"({Number(depth - 1)} | {chance.Of("abs", "int", "float", "round", "round(400)", "round(-400)", "round(2, 'floor')", "round(300, 'ceil')")})",
        _ => $"{List(depth - 1)}.count({Any(0)})",
    };

    private string List(int depth) => depth <= 0 ? chance.Below(4) == 0 ? $"({chance.Of(LargeLists)})" : chance.Of("l", "ns.l", "w", "[]", "[1, 2]", "['a', 'B']", "o", "messages") : chance.Below(12) switch
    {
        0 => $"[{Any(depth - 1)}, {Any(depth - 1)}]",
        1 => $"({List(depth - 1)} + {List(depth - 1)})",
        2 => $"({List(depth - 1)} * {Number(depth - 1)})",
        3 or 4 => $"({List(depth - 1)} | {chance.Of("sort", "sort(reverse=true)", "unique", "reverse", "list", "batch(2)", "batch(3, 0)", $"batch({Number(0)})")} | list)",
        5 => $"({List(depth - 1)} | map('{chance.Of("string", "upper", "length", "int", "tojson", "trim", "title", "list")}') | list)",
        6 => $"({List(depth - 1)} | map(attribute={chance.Of("'a'", "0", "'0.0.0'", "s", Text(1))}) | list)",
        7 => $"({List(depth - 1)} | {chance.Of("select", "reject")}({chance.Of("", "'string'", "'lower'", "'upper'", "'defined'", $"'eq', {Any(0)}", $"'in', {List(0)}")}) | list)",
        8 => $"({List(depth - 1)} | {chance.Of("selectattr", "rejectattr")}({chance.Of("'role'", "'content', 'defined'", "0, 'eq', 1", Text(0))}) | list)",
        9 => $"{Text(depth - 1)}.{chance.Of("split()", $"split({Text(0)})", "rsplit('a', 2)", "splitlines()", "partition('a')", $"rpartition({Text(0)})")}",
        10 => chance.Of("d.items()", "d | dictsort", "d.values() | list", "({1: 2} | items)"),
        _ => $"{List(depth - 1)}[{chance.Of("", Number(0))}:{chance.Of("", Number(0))}:{chance.Of("", "-1", "2")}]",
    };

    private string Condition(int depth) => depth <= 0 ? chance.Of("true", "false", "s", "l", "loop is defined") : chance.Below(7) switch
    {
        0 => $"({Text(depth - 1)} {chance.Of("==", "!=", "<", ">=")} {Text(depth - 1)})",
        1 => $"({List(depth - 1)} {chance.Of("==", "!=", "<")} {List(depth - 1)})",
        2 => $"({Text(depth - 1)} in {Text(depth - 1)})",
        3 => $"({Any(depth - 1)} {chance.Of("in", "not in")} {List(depth - 1)})",
        4 => $"({Any(depth - 1)} is {chance.Of("defined", "string", "mapping", "iterable", "none", "lower", "upper", "sequence")})",
        5 => $"{Text(depth - 1)}.{chance.Of("startswith", "endswith")}({Text(depth - 1)})",
        _ => $"({Condition(depth - 1)} {chance.Of("and", "or")} not {Condition(depth - 1)})",
    };
}
