using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Tests.Text;

/// <summary>A template comes with a downloaded folder: whatever it does, it ends soon and with a clear error.</summary>
[Collection(nameof(ChatTemplateHostileTests))]
public sealed class ChatTemplateHostileTests
{
    /// <summary>Nothing else runs meanwhile, so that the processor time of the process is that of one rendering.</summary>
    [CollectionDefinition(nameof(ChatTemplateHostileTests), DisableParallelization = true)]
    public sealed class Alone;

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static ChatTemplateException Fails(Func<PromptText> render)
    {
        // Processor time: a busy machine may keep any test waiting. Even that grows tenfold there when memory is new, so the bound is far above the tenths of a second that it takes;
        // what has no bound takes hours.
        var before = Environment.CpuUsage.TotalTime;
        var error = Assert.Throws<ChatTemplateException>(render);
        var spent = Environment.CpuUsage.TotalTime - before;
        Assert.True(spent < TimeSpan.FromSeconds(10), $"took {spent.TotalSeconds:f1} s to say: {error.Message}");
        return error;
    }

    private static ChatTemplateException Fails(string template) => Fails(() => ChatTemplate.Parse(template, "test.jinja").Render([]));

    [Theory]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")]
    [InlineData("{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{% if true %}{% for i in [1] %}{{ f() }}{% endfor %}{% endif %}{% endmacro %}{{ f() }}")]
    [InlineData("{% macro f(a=f()) %}{% endmacro %}{{ f() }}")]
    [InlineData("{% macro f() %}{% set x %}{{ f() }}{% endset %}{% endmacro %}{{ f() }}")]
    public void MacrosThatCallThemselvesForever(string template) => Assert.Contains("levels deep", Fails(template).Message);

    [Theory]
    [InlineData("{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}")]
    [InlineData("{% macro f(n) %}{% if n > 0 %}{% set a = f(n - 1) %}{% set b = f(n - 1) %}{% endif %}{% endmacro %}{{ f(40) }}")]
    [InlineData("{% set l = [1] %}{% for i in range(100000) %}{% set _ = l.extend(l) %}{% endfor %}")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = ns.l + [i] %}{% endfor %}")]
    [InlineData("{{ [0] * 10**9 }}")]
    [InlineData("{{ [0] | batch(10**9, 0) }}")]
    [InlineData("{% for c in 'x' * 10**7 %}{% endfor %}")]
    [InlineData("{{ ('x' * 10**7) | list | length }}")]
    [InlineData("{{ ([0] * 4000000) | map('string') | map('upper') | join }}")]
    [InlineData("{% set l = [] %}{% set _ = l.append(l) %}{% set _ = l.append(l) %}{% set m = [] %}{% set _ = m.append(m) %}{% set _ = m.append(m) %}{{ l == m }}")]
    [InlineData("{% set a = 'a' * 10**6 ~ 'b' ~ 'a' * 10**6 %}{% set h = 'a' * 3 * 10**7 %}{{ a in h }}")]
    [InlineData("{% set s = 'a' * 3 * 10**7 %}{% for i in range(100000) %}{% if s|length == 1 or 'b' in s or s == s ~ '' %}{% endif %}{% endfor %}")]
    [InlineData("{% for i in range(100000) %}{% set x = range(100000) %}{% endfor %}")]
    [InlineData("{% set s = 'a' * 10**7 %}{% set c = 'b' * 10**6 ~ 'a' %}{% for i in range(100000) %}{% set x = s.strip(c) %}{% endfor %}")]
    [InlineData("{% set s = 'a' * 10**7 %}{% for i in range(100000) %}{% set x = s.removeprefix('a') %}{% endfor %}")]
    [InlineData("{% set s = 'a' * 10**7 %}{% for i in range(100000) %}{% for j in range(100000) %}{% if s.startswith(s) and s.endswith(s) %}{% endif %}{% endfor %}{% endfor %}")]
    [InlineData("{% set t = ('x',) * 10**6 %}{% for i in range(100000) %}{% if 'a'.startswith(t) %}{% endif %}{% endfor %}")]
    [InlineData("{% set s = 'a' * 10**7 %}{{ ([s] * 10**5) | select('lower') | list | length }}")]
    [InlineData("{% set s = 'a' * 10**7 %}{{ ([1] * 10**5) | map('attr', s) | list | length }}")]
    [InlineData("{% set s = 'a' * 10**7 %}{% for i in range(100000) %}{% if ''[s] is defined or s is filter or s is test %}{% endif %}{% endfor %}")]
    [InlineData("{% set l = [] %}{% set _ = l.append(l) %}{{ ([l] * 10**5) | map(attribute='0.' * 10**5 ~ '0') | list | length }}")]
    [InlineData("{% set ns = namespace(x=y) %}{% for i in range(100000) %}{% for j in range(100000) %}{% set ns.x = [][ns.x] %}{% endfor %}{% endfor %}")]
    [InlineData("{% for i in range(40) %}{{ range(0, 85229 * 100000, 85229) | unique | list | length }}{{ range(0, 107897 * 100000, 107897) | unique | list | length }}{% endfor %}")]
    [InlineData("{% set s = 'aB' * 10**6 %}{% for i in range(100000) %}{% set x = s.replace('a', 'b', 1) %}{% endfor %}")]
    [InlineData("{% set n = 7 ** 5000 %}{% for i in range(100000) %}{% for j in range(100000) %}{% set x = n * 3 %}{% endfor %}{% endfor %}")]
    public void WorkWithoutEnd(string template) =>
        Assert.Matches("more than .* (steps|characters)|nested too deeply", Fails(template).Message);

    [Theory]
    [InlineData("{{ 'x' * 10**9 }}")]
    [InlineData("{{ 'x' * 10**30 }}")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(100) %}{% set ns.s = ns.s.replace('x', 'xx') %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='x') %}{% for i in range(100) %}{% set ns.s = [ns.s, ns.s] | join %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s=['x']) %}{% for i in range(100) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}")]
    [InlineData("{% set ns = namespace(s=['x']) %}{% for i in range(100) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s | tojson }}")]
    [InlineData("{% for i in range(1000) %}{{ 'x' * 10**6 }}{% endfor %}")]
    [InlineData("{% set l = [] %}{% for i in range(1000) %}{% set _ = l.append('x' * 10**7) %}{% endfor %}")]
    [InlineData("{{ 'a\\nb' | indent(10**9) }}")]
    [InlineData("{{ [1] | tojson(indent=10**9) }}")]
    [InlineData("{{ ('a' * 10**5) | join('b' * 10**5) }}")]
    [InlineData("{{ ['\\u0001' * 10**7] | tojson }}")]
    [InlineData("{{ ['\\u0001' * 10**7] | string }}")]
    public void TextWithoutEnd(string template) => Assert.Matches("more than .* (steps|characters)", Fails(template).Message);

    [Theory]
    [InlineData("{{ range(10**9) }}", "a range of 1000000000 numbers, expected at most 100000")]
    [InlineData("{{ 10 ** (10 ** 10) }}", "digits")]
    [InlineData("{% set ns = namespace(n=10) %}{% for i in range(100) %}{% set ns.n = ns.n * ns.n %}{% endfor %}", "digits")]
    [InlineData("{{ 10 ** 400 / 3 }}", "too large for a float")]
    [InlineData("{{ 1 if", "not closed")]
    [InlineData("{% if", "not closed")]
    [InlineData("{# ", "not closed")]
    [InlineData("{{ 'a", "not closed")]
    [InlineData("{% raw %}", "not closed")]
    [InlineData("{% if x %}", "'if' is not closed")]
    [InlineData("{% for x in y %}{% else %}", "'for' is not closed")]
    [InlineData("{% macro f() %}", "'macro' is not closed")]
    [InlineData("{% set x %}", "'set' is not closed")]
    public void NumbersWithoutEndAndBlocksLeftOpen(string template, string problem) => Assert.Contains(problem, Fails(template).Message);

    public static TheoryData<string, string> Deep { get; } = new()
    {
        { "parentheses", "{{ " + Repeat("(", 100_000) },
        { "lists", "{{ " + Repeat("[", 100_000) + Repeat("]", 100_000) + " }}" },
        { "dicts", "{{ " + Repeat("{1:", 100_000) },
        { "calls", "{{ " + Repeat("f(", 100_000) },
        { "subscripts", "{{ " + Repeat("a[", 100_000) },
        { "not", "{{ " + Repeat("not ", 100_000) + "1 }}" },
        { "signs", "{{ " + Repeat("-", 100_000) + "1 }}" },
        { "inline if", "{{ " + Repeat("1 if 0 else ", 100_000) + "1 }}" },
        { "if blocks", Repeat("{% if 1 %}", 100_000) },
        { "for blocks", Repeat("{% for i in [1] %}", 100_000) },
        { "assigned names", "{% set " + Repeat("(", 100_000) + "a" + Repeat(")", 100_000) + " = 1 %}" },
        { "attributes", "{{ messages" + Repeat(".a", 100_000) + " }}" },
        { "filters", "{{ 'a'" + Repeat("|upper", 100_000) + " }}" },
        { "sums", "{{ 1" + Repeat("+1", 100_000) + " }}" },
        { "powers", "{{ 1" + Repeat("**1", 100_000) + " }}" },
        { "or", "{{ 0" + Repeat(" or 0", 100_000) + " }}" },
    };

    [Theory]
    [MemberData(nameof(Deep))]
    public void SourcesNestedWithoutEnd(string kind, string template) =>
        Assert.Matches("nested too deeply|levels deep|not closed", Fails(template).Message + kind);

    [Theory]
    [InlineData("{{ ns.l }}")]
    [InlineData("{{ ns.l | tojson }}")]
    [InlineData("{{ ns.l == ns.m }}")]
    [InlineData("{{ ns.l < ns.m }}")]
    public void ValuesNestedWithoutEnd(string use)
    {
        var build = "{% set ns = namespace(l=[], m=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% set ns.m = [ns.m] %}{% endfor %}";
        Assert.Contains("nested too deeply", Fails(build + use).Message);
    }

    [Fact]
    public void NamesAndParametersWithoutEnd()
    {
        Assert.Contains("a name of 1000000 characters, expected at most 256", Fails("{{ " + new string('a', 1_000_000) + " }}").Message);
        Assert.Contains("more than 100 parameters", Fails("{% macro f(" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"p{i}")) + ") %}{% endmacro %}").Message);
        Assert.True(Fails("{{ raise_exception('x' * 10**7) }}").Message.Length < 1100);
    }

    [Fact]
    public void VariablesOfManyBlocksOutside()
    {
        var nested = Repeat("{% for i in [1] %}", 190) + "{% for i in range(100000) %}{% for i in range(100000) %}{% if x or y or z %}{% endif %}{% endfor %}{% endfor %}" + Repeat("{% endfor %}", 190);
        Assert.Contains("steps", Fails(nested).Message);
    }

    [Theory]
    [InlineData("{{ [1, 'a', none] | sort }}")]
    [InlineData("{{ {1: 2, 'a': 3} | tojson(sort_keys=true) }}")]
    [InlineData("{{ {1: 2, 'a': 3} | dictsort }}")]
    public void ThingsWithoutOrder(string template) => Assert.Contains("found an order comparison between", Fails(template).Message);

    [Fact]
    public void NumbersThatAreNoneDoNotBreakSorting()
    {
        var list = "{% set nan = 'nan' | float %}{{ ([3, nan, 1, nan, 2] * 200) | sort | length }}";
        Assert.Equal("1000", ChatTemplate.Parse(list, "test.jinja").Render([]).Value);
    }

    [Theory]
    [InlineData("[{\"role\":\"user\",\"content\":\"\\ud800\"}]")]
    [InlineData("[{\"role\":\"user\",\"role\":\"user\"}]")]
    public void DataThatIsNoJson(string json) =>
        Assert.Contains("the data is not valid", Fails(() => ChatTemplate.Parse("{{ messages }}", "test.jinja").Render(JsonNode.Parse(json)!.AsArray())).Message);

    [Fact]
    public void HalfACharacterInATag() => Assert.Contains("found '\uFFFD' inside a tag", Fails("{{ \ud800 }}").Message);

    [Fact]
    public void AKeyNestedWithoutEnd() => Assert.Contains("nested too deeply",
        Fails("{% set ns = namespace(t=()) %}{% for i in range(100000) %}{% set ns.t = (ns.t,) %}{% endfor %}{{ {ns.t: 1} }}").Message);

    [Fact]
    public void DataNestedWithoutEnd()
    {
        var messages = new JsonArray();
        for (var i = 0; i < 100_000; i++) messages = new JsonArray(messages);
        var template = ChatTemplate.Parse("{{ messages }}", "test.jinja");
        Assert.Contains("nested too deeply", Fails(() => template.Render(messages)).Message);
    }

    [Fact]
    public void OnAThreadWithASmallStackTooTheErrorIsClear()
    {
        string? message = null;
        var thread = new Thread(() => message = Fails("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}").Message, maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Contains("deep", message);
    }

    [Fact]
    public void ALongConversationIsFarFromTheLimits()
    {
        var turn = """{"role":"user","content":"TEXT"},{"role":"assistant","content":"TEXT","reasoning_content":"TEXT"}""".Replace("TEXT", new string('x', 2000));
        foreach (var file in ChatTemplateFiles.All)
            Assert.Contains("xxx", ChatTemplateFiles.Render(file, $"[{string.Join(",", Enumerable.Repeat(turn, 1000))}]", variables: """{"truncate_history_thinking":false}"""));
    }
}
