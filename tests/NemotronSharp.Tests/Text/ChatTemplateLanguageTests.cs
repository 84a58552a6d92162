using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Text;

/// <summary>
/// The language feature by feature. Each expectation follows from the documentation of Jinja and Python and is what Jinja 3.1.6 prints
/// with Hugging Face's settings (trim_blocks, lstrip_blocks, tojson as json.dumps).
/// </summary>
public sealed class ChatTemplateLanguageTests
{
    private static string Render(string template) => ChatTemplate.Parse(template, "test.jinja").Render([]).Value;

    public static TheoryData<string, string> ExpressionsFollowPythonCases { get; } = new()
    {
        { "{{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }} {{ 10 - 2 - 3 }} {{ 2 * 3 ** 2 }}", "7 9 5 18" },
        { "{{ -2**2 }} {{ 2 ** 3 ** 2 }} {{ -1|abs }}", "4 64 1" },
        { "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7.5 // 2 }} {{ -7.5 % 2 }}", "3 -4 2 -2 3.0 0.5" },
        { "{{ 1 / 2 }} {{ 4 / 2 }} {{ 2 ** -1 }} {{ 2 ** 0.5 }}", "0.5 2.0 0.5 1.4142135623730951" },
        { "{{ 1 ~ 2 * 3 }} {{ 'a' ~ none ~ true ~ 1.0 ~ [1, 'a'] }}", "16 aNoneTrue1.0[1, 'a']" },
        { "{{ 'a' + 'b' }} {{ [1] + [2] }} {{ (1,) + (2,) }} {{ 'ab' * 3 }} {{ 2 * [1] }} {{ 'x' * -1 }}|", "ab [1, 2] (1, 2) ababab [1, 1] |" },
        { "{{ 1 < 2 < 3 }} {{ 3 > 2 > 2 }} {{ 1 == 1.0 }} {{ true == 1 }} {{ '1' == 1 }} {{ none == none }} {{ [1] == [1.0] }} {{ missing == none }}", "True False True True False True True False" },
        { "{{ 'a' < 'b' }} {{ 'Z' < 'a' }} {{ [1, 2] < [1, 3] }} {{ '￿' < '😀' }}", "True True True True" },
        { "{{ 1 in [1, 2] }} {{ 3 not in [1] }} {{ not 1 in [2] }} {{ 'ab' in 'cabd' }} {{ 'a' in {'a': 1} }} {{ 'x' in missing }}", "True True True True True False" },
        { "{{ 1 and 2 }} {{ 0 or 'x' }} {{ '' or none }} {{ not [] }} {{ 1 or missing.x }}", "2 x None True 1" },
        { "{{ 1 if true else 2 }} {{ 1 if false else 2 if false else 3 }} {{ 1 if false }}|", "1 3 |" },
        { "{{ true }} {{ True }} {{ none }} {{ None }} {{ 0x1f }} {{ 1_000 }} {{ 2 ** 100 }}", "True True None None 31 1000 1267650600228229401496703205376" },
        { "{{ 'it\\'s' }} {{ \"a\\tb\\\\d\\d\\x41\\u00e9\" }} {{ 'a' 'b' }}", "it's a\tb\\d\\dAé ab" },
        { "{{ [1, 2, 3][::-1] }} {{ [1, 2, 3, 4, 5][1:-1] }} {{ [1, 2, 3, 4, 5][-3:10:2] }} {{ [1, 2, 3, 4, 5][4:0:-2] }} {{ [1][5:] }}", "[3, 2, 1] [2, 3, 4] [3, 5] [5, 3] []" },
        { "{{ 'abc'[-2:] }} {{ 'abc'[1] }} {{ 'a😀b'[1] }} {{ 'a😀b'[::-1] }} {{ 'a😀b'[2:] }} {{ 'a😀b'|length }}", "bc b 😀 b😀a b 3" },
        { "{{ {'a': {'b': 1}}.a.b }} {{ {'a': 1}['a'] }} {{ [[1, 2]].0.1 }} {{ {'items': 1}['items'] }} {{ {'a': 1}.b }}|{{ [1][3] }}|{{ none.x }}|", "1 1 2 1 |||" },
        { "{{ {'a': 1, 'a': 2} }} {{ {1: 'x', true: 'y', 1.0: 'z'} }} {{ () }} {{ (1,) }} {{ 1, 2 }}", "{'a': 2} {1: 'z'} () (1,) (1, 2)" },
    };

    [Theory]
    [MemberData(nameof(ExpressionsFollowPythonCases))]
    public void ExpressionsFollowPython(string template, string expected) => Assert.Equal(expected, Render(template));

    public static TheoryData<string, string> ValuesPrintAsInPythonCases { get; } = new()
    {
        { "{{ 1.0 }} {{ 1.5e3 }} {{ 1e15 }} {{ 1e16 }} {{ 1e22 }} {{ 1e23 }} {{ 0.0001 }} {{ 0.00001 }} {{ 1.5e-7 }} {{ 5e-324 }} {{ 1.7976931348623157e308 }} {{ -0.0 }}", "1.0 1500.0 1000000000000000.0 1e+16 1e+22 1e+23 0.0001 1e-05 1.5e-07 5e-324 1.7976931348623157e+308 -0.0" },
        { "{{ 0.1 + 0.2 }} {{ 1 / 3 }} {{ 123456789.123 }} {{ 1e308 * 10 }} {{ 100000000000000000000.0 }}", "0.30000000000000004 0.3333333333333333 123456789.123 inf 1e+20" },
        { "{{ [none, true, 1, 1.0, 'a', {'b': []}, (), (1,)] }}", "[None, True, 1, 1.0, 'a', {'b': []}, (), (1,)]" },
        { "{{ [\"it's\", 'a\"b', 'a\\'\"b', '\\n\\t\\\\\\r\\x00\\x7f', '\\u00a0é\\u200b', '😀'] }}", "[\"it's\", 'a\"b', 'a\\'\"b', '\\n\\t\\\\\\r\\x00\\x7f', '\\xa0é\\u200b', '😀']" },
        { "{{ {'a': [1, 2.0, none, true, 'x\"\\\\\\n\\t\\u001f</é😀'], 'b': {}, 'c': []}|tojson }}", "{\"a\": [1, 2.0, null, true, \"x\\\"\\\\\\n\\t\\u001f</é😀\"], \"b\": {}, \"c\": []}" },
        { "{{ {'b': 1, 'a': [1, {}]}|tojson(indent=2) }} {{ {'b': 1, 'a': 2}|tojson(sort_keys=true) }} {{ [1, {'a': 2}]|tojson(separators=(',', ':')) }} {{ 'é😀'|tojson(ensure_ascii=true) }}", "{\n  \"b\": 1,\n  \"a\": [\n    1,\n    {}\n  ]\n} {\"a\": 2, \"b\": 1} [1,{\"a\":2}] \"\\u00e9\\ud83d\\ude00\"" },
        { "{{ {1: 2, none: 3, true: 4, 1.5: 6}|tojson }} {{ (1, 2)|tojson }} {{ 1e16|tojson }} {{ '\\u2028&<>\\''|tojson }}", "{\"1\": 4, \"null\": 3, \"1.5\": 6} [1, 2] 1e+16 \"\u2028&<>'\"" },
    };

    [Theory]
    [MemberData(nameof(ValuesPrintAsInPythonCases))]
    public void ValuesPrintAsInPython(string template, string expected) => Assert.Equal(expected, Render(template));

    public static TheoryData<string, string> FiltersFollowJinjaCases { get; } = new()
    {
        { "{{ missing|default('d') }} {{ ''|default('d') }}|{{ ''|default('d', true) }} {{ none|default('d') }} {{ none|d('d', boolean=true) }} {{ missing|default }}|", "d |d None d |" },
        { "{{ '  a '|trim }}|{{ 'xxaxx'|trim('x') }}|{{ none|trim }}|{{ '\\u2003a\\u001c'|trim }}|", "a|a|None|a|" },
        { "{{ 'aBc'|upper }} {{ 'aBc'|lower }} {{ 'aBC dE'|capitalize }} {{ \"they're foo-bar (baz)\"|title }} {{ 1|upper }} {{ 'éΩ'|upper }}", "ABC abc Abc de They're Foo-Bar (Baz) 1 ÉΩ" },
        { "{{ 'aaa'|replace('a', 'b') }} {{ 'aaa'|replace('a', 'b', 1) }} {{ 1|replace('1', 2) }}", "bbb baa 2" },
        { "{{ [1, 2]|join('-') }} {{ [{'a': 1}, {'a': 2}]|join(',', attribute='a') }} {{ 'abc'|join('.') }} {{ []|join }}|", "1-2 1,2 a.b.c |" },
        { "{{ [1, 2]|length }} {{ 'abc'|count }} {{ {'a': 1}|length }} {{ missing|length }}", "2 3 1 0" },
        { "{{ 5|string }} {{ none|string }} {{ '5'|int + 1 }} {{ 'x'|int }} {{ ' 1_0 '|int }} {{ '1.9'|int }} {{ -3.7|int }} {{ 'x'|int(5) }} {{ true|int }} {{ '1e3'|float }} {{ 'x'|float }} {{ 1|float }}", "5 None 6 0 10 1 -3 5 1 1000.0 0.0 1.0" },
        { "{{ 'ab'|list }} {{ {'a': 1}|list }} {{ {'a': 1, 'b': 2}|items|list }} {{ missing|items|list }} {{ [1, 2]|first }} {{ [1, 2]|last }} {{ []|first }}|", "['a', 'b'] ['a'] [('a', 1), ('b', 2)] [] 1 2 |" },
        { "{{ [{'n': 'x', 'v': {'w': [7]}}, {'n': 'y', 'v': {'w': [8]}}]|map(attribute='n')|list }} {{ [{'v': {'w': [7]}}]|map(attribute='v.w.0')|list }} {{ [{'a': 1}, {}]|map(attribute='a', default='-')|list }} {{ ['a', 'b']|map('upper')|join }} {{ ['a']|map('replace', 'a', 'x')|list }}", "['x', 'y'] [7] [1, '-'] AB ['x']" },
        { "{{ [{'a': 1}, {'a': 0}, {}]|selectattr('a')|list }} {{ [{'a': 1}, {'a': 2}]|selectattr('a', 'equalto', 2)|list }} {{ [{'a': 1}, {'b': 2}]|rejectattr('a', 'defined')|list }}", "[{'a': 1}] [{'a': 2}] [{'b': 2}]" },
        { "{{ [1, 0, none, 2]|select|list }} {{ [1, 2, 3]|select('odd')|list }} {{ [1, 2, 3]|reject('odd')|list }} {{ [1, 2, 3]|select('>', 1)|list }}", "[1, 2] [1, 3] [2] [2, 3]" },
        { "{{ [1, 2, 2, 1]|unique|list }} {{ ['a', 'A']|unique|list }} {{ ['b', 'A', 'c']|sort }} {{ ['b', 'A']|sort(case_sensitive=true) }} {{ [1, 3, 2]|sort(reverse=true) }} {{ [{'a': 2, 'b': 1}, {'a': 1, 'b': 3}, {'a': 1, 'b': 2}]|sort(attribute='a,b') }}", "[1, 2] ['a'] ['A', 'b', 'c'] ['A', 'b'] [3, 2, 1] [{'a': 1, 'b': 2}, {'a': 1, 'b': 3}, {'a': 2, 'b': 1}]" },
        { "{{ {'b': 1, 'a': 2}|dictsort }} {{ {'b': 1, 'a': 2}|dictsort(by='value') }} {{ {'b': 1, 'a': 2}|dictsort(reverse=true) }} {{ [1, 2, 3]|reverse|list }} {{ 'abc'|reverse }}", "[('a', 2), ('b', 1)] [('b', 1), ('a', 2)] [('b', 1), ('a', 2)] [3, 2, 1] cba" },
        { "{{ 2.5|round }} {{ 3.5|round }} {{ 3|round }} {{ 3.14159|round(2) }} {{ 0.125|round(2) }} {{ 2.675|round(2) }} {{ 1234.5|round(-2) }} {{ 1.1|round(0, 'ceil') }} {{ 1.9|round(method='floor') }}", "2.0 4.0 3 3.14 0.12 2.67 1200.0 2.0 1.0" },
        { "{{ -3|abs }} {{ -3.5|abs }} {{ [1, 3, 2]|max }} {{ [1, 3, 2]|min }} {{ ['b', 'A']|min }} {{ [{'a': 1}, {'a': 5}]|max(attribute='a') }} {{ [1, 2]|sum }} {{ [{'a': 1}, {'a': 5}]|sum('a') }} {{ [[1], [2]]|sum(start=[]) }}", "3 3.5 3 1 A {'a': 5} 3 6 [1, 2]" },
        { "{{ 'a\\nb\\n\\nc'|indent }}|{{ 'a\\nb'|indent(2, true) }}|{{ 'a\\n\\nb'|indent('> ', blank=true) }}|{{ [1, 2, 3]|batch(2, 0)|list }}", "a\n    b\n\n    c|  a\n  b|a\n> \n> b|[[1, 2], [3, 0]]" },
    };

    [Theory]
    [MemberData(nameof(FiltersFollowJinjaCases))]
    public void FiltersFollowJinja(string template, string expected) => Assert.Equal(expected, Render(template));

    public static TheoryData<string, string> TestsFollowJinjaCases { get; } = new()
    {
        { "{{ missing is defined }} {{ missing is undefined }} {{ missing is not defined }} {{ none is none }} {{ {'a': 1}.b is defined }}", "False True True True False" },
        { "{{ 'a' is string }} {{ {} is mapping }} {{ [] is mapping }} {{ [] is sequence }} {{ 'a' is sequence }} {{ {} is sequence }} {{ 1 is sequence }} {{ 'a' is iterable }} {{ 1 is iterable }}", "True True False True True True False True False" },
        { "{{ 1 is number }} {{ 1.0 is number }} {{ true is number }} {{ true is integer }} {{ 1 is integer }} {{ 1.0 is float }} {{ 1 is float }} {{ true is boolean }} {{ 1 is boolean }} {{ true is true }} {{ 1 is true }} {{ false is false }}", "True True True False True True False True False True False True" },
        { "{{ 1 is eq 1 }} {{ 1 is equalto(1) }} {{ 1 is ne 1 }} {{ 3 is gt 2 }} {{ 3 is not lt(2) }} {{ 3 is ge 3 }} {{ 1 is in [1] }} {{ 'b' is not in 'abc' }}", "True True False True True True True False" },
        { "{{ 5 is divisibleby 5 }} {{ 5 is odd }} {{ 4 is even }} {{ 'abc' is lower }} {{ 'ABC' is upper }} {{ range is callable }} {{ 'trim' is filter }} {{ 'x' is test }}", "True True True True True True True False" },
        { "{{ missing is defined and missing.x or 'no' }} {{ 1 is number and 'a' is string }}", "no True" },
    };

    [Theory]
    [MemberData(nameof(TestsFollowJinjaCases))]
    public void TestsFollowJinja(string template, string expected) => Assert.Equal(expected, Render(template));

    public static TheoryData<string, string> MethodsFollowPythonCases { get; } = new()
    {
        { "{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ ' a b c '.split(None, 1) }} {{ ''.split(',') }} {{ ''.split() }}", "['a', 'b', '', 'c'] ['a', 'b'] ['a', 'b,c'] ['a,b', 'c'] ['a', 'b c '] [''] []" },
        { "{{ 'abcb'.partition('b') }} {{ 'abc'.rpartition('x') }} {{ 'a\\nb\\r\\nc'.splitlines() }} {{ 'a\\nb'.splitlines(true) }}", "('a', 'b', 'cb') ('', '', 'abc') ['a', 'b', 'c'] ['a\\n', 'b']" },
        { "{{ 'aaa'.replace('a', 'b', 2) }} {{ 'ab'.replace('', '-') }} {{ 'ab'.replace('', '-', 2) }} {{ '-'.join(['a', 'b']) }}", "bba -a-b- -a-b a-b" },
        { "{{ ' a '.strip() }}|{{ ' a '.lstrip() }}|{{ ' a '.rstrip() }}|{{ 'xay'.strip('xy') }}|{{ '\\n\\na'.lstrip('\\n') }}", "a|a | a|a|a" },
        { "{{ 'abc'.startswith('a') }} {{ 'abc'.endswith(('x', 'c')) }} {{ 'abc'.find('c') }} {{ '😀b'.find('b') }} {{ 'abcb'.rfind('b') }} {{ 'abc'.find('x') }} {{ 'abab'.count('ab') }}", "True True 2 1 3 -1 2" },
        { "{{ 'aBc'.upper() }} {{ 'aBc'.lower() }} {{ \"they're\".title() }} {{ 'aBC'.capitalize() }} {{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.txt'.removesuffix('.txt') }}", "ABC abc They'Re Abc x x" },
        { "{{ '12'.isdigit() }} {{ ''.isdigit() }} {{ 'a1'.isalnum() }} {{ 'a'.isalpha() }} {{ ' '.isspace() }} {{ 'AB'.isupper() }} {{ 'ab1'.islower() }}", "True False True True True True True" },
        { "{{ {'a': 1}.get('a') }} {{ {'a': 1}.get('b') }} {{ {'a': 1}.get('b', 7) }} {{ {'a': 1}.keys()|list }} {{ {'a': 1}.values()|list }} {{ {'a': 1}.items()|list }} {{ [1, 2, 1].count(1) }} {{ [1, 2].index(2) }}", "1 None 7 ['a'] [1] [('a', 1)] 2 1" },
    };

    [Theory]
    [MemberData(nameof(MethodsFollowPythonCases))]
    public void MethodsFollowPython(string template, string expected) => Assert.Equal(expected, Render(template));

    public static TheoryData<string, string> StatementsFollowJinjaCases { get; } = new()
    {
        { "{% if 0 %}a{% elif '' %}b{% elif [] %}c{% elif none %}d{% else %}e{% endif %}", "e" },
        { "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "a=1;b=2;123" },
        { "{% for i in [] %}a{% else %}none{% endfor %} {% for i in missing %}a{% else %}none{% endfor %} {% for i in [1, 2, 3] if i != 2 %}{{ i }}/{{ loop.length }} {% endfor %}", "none none 1/2 3/2 " },
        { "{% for i in 'abc' %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.cycle('x', 'y') }} {% endfor %}", "1032TrueFalse3bx 2121FalseFalse3acy 3210FalseTrue3bx " },
        { "{% for i in [1, 2, 3, 4] %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}", "13" },
        { "{% for i in [1, 2] %}{% for j in [3] %}{{ loop.index }}{% endfor %}{{ loop.last }}{% endfor %}{{ loop is defined }}", "1False1TrueFalse" },
        { "{% set x = 0 %}{% for i in range(3) %}{% set x = x + 1 %}{{ x }}{% endfor %}{{ x }}", "1110" },
        { "{% if true %}{% set y = 1 %}{% endif %}{{ y }}", "1" },
        { "{% set ns = namespace(x=1) %}{% for i in [1, 2] %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}", "4" },
        { "{% set a, b = 1, 2 %}{{ b }}{{ a }} {% set c %} {{ a }}! {% endset %}[{{ c }}] {% set d | trim | upper %} q {% endset %}[{{ d }}]", "21 [ 1! ] [Q]" },
        { "{% macro f(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ f(1) }} {{ f(1, 3) }} {{ f(b=5) }} {{ f(b=5, a=6) }}", "1-2 1-3 -5 6-5" },
        { "{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}", "54321" },
        { "{% macro f() %}{{ y }}{% set z = 1 %}{% endmacro %}{% set y = 3 %}{{ f() }}{{ z is defined }}", "3False" },
        { "{% filter upper %}abc{{ 1 }}{% endfilter %} {% raw %}{{ x }} {% y %}{% endraw %}", "ABC1 {{ x }} {% y %}" },
        { "{{ range(3)|list }} {{ range(5, 0, -2)|list }} {{ range(3, 1)|list }} {{ dict(a=1) }} {{ dict([('a', 1)], b=2) }}", "[0, 1, 2] [5, 3, 1] [] {'a': 1} {'a': 1, 'b': 2}" },
    };

    [Theory]
    [MemberData(nameof(StatementsFollowJinjaCases))]
    public void StatementsFollowJinja(string template, string expected) => Assert.Equal(expected, Render(template));

    public static TheoryData<string, string> WhitespaceControlFollowsJinjaCases { get; } = new()
    {
        { "{% if true %}\n\n  b\n{% endif %}  c\n", "\n  b\n  c" },
        { "  {% if true %}\n  a\n  {% endif %}\n  b", "  a\n  b" },
        { "x {% if true %} \n y {% endif %}\n z", "x  \n y  z" },
        { "  {%- if true -%}   a   {%- endif %}   b\n  {%+ if true %}c{% endif +%}\n d", "a   b\n  c\n d" },
        { " {{ 1 -}}   x   {{- 2 }}\n\n{{ 3 }}\n", " 1x2\n\n3" },
        { "\t{# c #}\n\t{{ 1 }}\n\t{% if 1 %}\n\ty\n\t{% endif %}\n", "\t1\n\ty\n" },
        { "a \n  {#- x -#}  \n b{# c #}\nd\n", "abd" },
        { "a\n  {% raw %}\n  x{{ y }}\n  {% endraw %}\nb", "a\n\n  x{{ y }}\nb" },
        { "{% raw -%}   {{ x }} {%- endraw %}  y", "{{ x }}  y" },
        { "a\u2028b\fc\u0085\n", "a\u2028b\fc\u0085" },
        { "a\r\nb\r{% if 1 %}\r\nc{% endif %}\n\n", "a\nb\nc" },
        { "{{ '}}' }}{{ '%}' }}{{ {'a': {}} }} }} %} #}", "}}%}{'a': {}} }} %} #}" },
        { "{%- for i in [1, 2] -%}\n  {{ i }},\n{%- endfor -%}\nx", "1,2,x" },
        { "\n\n  {%- set x = 1 %}\n\n  {{ x }}\n\n", "\n  1\n" },
    };

    [Theory]
    [MemberData(nameof(WhitespaceControlFollowsJinjaCases))]
    public void WhitespaceControlFollowsJinja(string template, string expected) => Assert.Equal(expected, Render(template));

    [Fact]
    public void NumbersOfTheDataKeepTheirKind() => Assert.Equal(
        "3 3.0 1e+20 123456789012345678901234567890 -0.0 True None 2.5 1.0 7",
        ChatTemplate.Parse("{{ messages | join(' ') }}", "test.jinja").Render(
            [.. JsonNode.Parse("[3, 3.0, 1e20, 123456789012345678901234567890, -0.0, true, null]")!.AsArray().Select(node => node?.DeepClone()), 2.5f, 1.0, 7L]).Value);

    [Fact]
    public void AListChangedByTheTemplateLeavesTheDataAsItWas()
    {
        var messages = new JsonArray("a");
        var template = ChatTemplate.Parse("{% set _ = messages.append('b') %}{% set _ = messages.insert(0, 'c') %}{{ messages }}{{ messages.pop() }}{{ messages|length }}", "test.jinja");
        Assert.Equal("['c', 'a', 'b']b2", template.Render(messages).Value);
        Assert.Equal("['c', 'a', 'b']b2", template.Render(messages).Value);
        Assert.Single(messages);
    }

    [Fact]
    public void GenerationBlocksAreRenderedWithAScopeOfTheirOwn() =>
        Assert.Equal("ab-", Render("a{% generation %}{% set x = 'b' %}{{ x }}{% endgeneration %}-{{ x }}"));

    [Theory]
    [InlineData("%Y-%m-%d %H:%M:%S", "2026-03-05 07:08:09")]
    [InlineData("%d %B %Y, %A; %b %a %j", "05 March 2026, Thursday; Mar Thu 064")]
    [InlineData("%-d/%-m/%y %I %p %e %%", "5/3/26 07 AM  5 %")]
    public void TheClockIsTheOneGiven(string format, string expected)
    {
        var template = ChatTemplate.Parse("{{ strftime_now(messages[0]) }}", "test.jinja", new StoppedClock(new DateTimeOffset(2026, 3, 5, 7, 8, 9, TimeSpan.Zero)));
        Assert.Equal(expected, template.Render([format]).Value);
    }

    [Fact]
    public void ToolsAreNoneWhenThereAreNone() => Assert.Equal("True True", Render("{{ tools is none }} {{ tools is defined }}"));

    [Fact]
    public void AVariableMayNotReplaceAnArgument() =>
        Assert.Throws<ArgumentException>(() => ChatTemplate.Parse("", "test.jinja").Render([], variables: new Dictionary<string, JsonNode?> { ["messages"] = null }));

    [Theory]
    [InlineData("a\n{{ x.y }}", 2, "'x' is undefined")]
    [InlineData("{{ 'a' + 1 }}", 1, "'+' between the string 'a' and the integer 1")]
    [InlineData("{{ {'a': 1}.b.c }}", 1, "has no element 'b'")]
    [InlineData("\n\n{{ 'a'|nofilter }}", 3, "unknown filter 'nofilter'")]
    [InlineData("{{ 'a' is notest }}", 1, "unknown test 'notest'")]
    [InlineData("{{ nofunction(1) }}", 1, "'nofunction' is undefined")]
    [InlineData("{{ 'a'(1) }}", 1, "call of the string 'a'")]
    [InlineData("\n{% foo %}", 2, "unknown tag 'foo'")]
    [InlineData("{% if true %}\n{% for x in [] %}\n{% endif %}", 3, "found 'endif' inside 'for', expected '{% endfor %}'")]
    [InlineData("{% endfor %}", 1, "'endfor' without the tag it would close")]
    [InlineData("{% break %}", 1, "outside a for block")]
    [InlineData("{% for i in 5 %}{% endfor %}", 1, "the integer 5, expected something to iterate over")]
    [InlineData("{% set d = {} %}{% set d.a = 1 %}", 1, "expected a namespace()")]
    [InlineData("{% set a, b = [1] %}", 1, "found 1 values to assign, expected 2")]
    [InlineData("{% macro f(a) %}{% endmacro %}{{ f(1, 2) }}", 1, "the macro 'f' was given 2 arguments, expected at most 1")]
    [InlineData("{% macro f(a) %}{% endmacro %}{{ f(b=1) }}", 1, "unknown argument 'b'")]
    [InlineData("{{ 'a'.replace('b') }}", 1, "was not given its argument 'new'")]
    [InlineData("{{ 1 // 0 }}", 1, "division by zero")]
    [InlineData("{{ 'a' < 1 }}", 1, "order comparison between the string 'a' and the integer 1")]
    [InlineData("{{ missing|tojson }}", 1, "tojson found an undefined value")]
    [InlineData("{{ {[1]: 2} }}", 1, "found a list as a key")]
    [InlineData("{{ {'a': 1}.update({}) }}", 1, "may not change their data")]
    [InlineData("{{ [1, 2 }}", 1, "found '}', expected ']'")]
    [InlineData("{{ 1 2 }}", 1, "found '2', expected '}}'")]
    [InlineData("{{ @ }}", 1, "found '@' inside a tag")]
    [InlineData("{{ }}", 1, "expected an expression")]
    [InlineData("{{ f(a=1, 2) }}", 1, "an argument without a name after one with a name")]
    [InlineData("{{ f(*x) }}", 1, "'*' before an argument, which is not supported")]
    [InlineData("{% for x in y recursive %}{% endfor %}", 1, "recursive for blocks are not supported")]
    [InlineData("{{ strftime_now('%Q') }}", 1, "directive '%Q'")]
    public void AnErrorNamesTheTemplateTheLineAndWhatWasFound(string template, int line, string problem)
    {
        var error = Assert.Throws<ChatTemplateException>(() => Render(template));
        Assert.Equal(line, error.Line);
        Assert.StartsWith($"test.jinja, line {line}: ", error.Message);
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public void RaiseExceptionCarriesTheTemplatesOwnWords()
    {
        var error = Assert.Throws<ChatTemplateException>(() => Render("{% if true %}\n{{ raise_exception('Roles must alternate') }}{% endif %}"));
        Assert.Equal(("test.jinja", 2, "Roles must alternate"), (error.TemplateName, error.Line, error.Problem));
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
