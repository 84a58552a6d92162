namespace NemotronSharp.Tests.Text;

/// <summary>Outputs as models write them, well formed and not, with the message each must give.</summary>
internal static class MessageParserCases
{
    public sealed record Case(string Name, bool Thinking, string Output, string Message);

    private static string Call(string name, params (string Key, string Value)[] parameters) =>
        $"<tool_call>\n<function={name}>\n" + string.Concat(parameters.Select(p => $"<parameter={p.Key}>\n{p.Value}\n</parameter>\n")) + "</function>\n</tool_call>";

    public static readonly Case[] All =
    [
        // Reasoning and content.
        new("nothing at all", true, "", ""),
        new("only white space", true, " \n", ""),
        new("reasoning then content", true, "2 and 2.\n</think>\n\nIt is 4.", "R[2 and 2.] C[It is 4.]"),
        new("reasoning without a newline before the tag", true, "2 and 2.</think>It is 4.", "R[2 and 2.] C[It is 4.]"),
        new("reasoning that never closes is all reasoning", true, "I wonder\n\nwhy \n", "R[I wonder\n\nwhy]"),
        new("empty reasoning", true, "\n</think>\nHi", "C[Hi]"),
        new("reasoning with nothing after it", true, "Done.</think>\n", "R[Done.]"),
        new("an echoed opening tag", true, "<think>\n2 and 2.\n</think>\nIt is 4.", "R[2 and 2.] C[It is 4.]"),
        new("an echoed opening tag after a newline", true, "\n<think>\n\n  deep</think>4", "R[\n  deep] C[4]"),
        new("reasoning keeps its indentation", true, "  - a\n  - b</think>c", "R[  - a\n  - b] C[c]"),
        new("a tag quoted in reasoning", true, "then <think> again</think>ok", "R[then <think> again] C[ok]"),
        new("thinking off", false, "Hi there.", "C[Hi there.]"),
        new("thinking off, leading newline", false, "\n\nHi there.\n", "C[Hi there.\n]"),
        new("thinking off, the model thinks all the same", false, "<think>\nhm\n</think>\nHi", "R[hm] C[Hi]"),
        new("thinking off, a think block that never closes is the answer", false, "<think>\nhm, 4", "C[hm, 4]"),
        new("an orphan closing tag at the start", false, "</think>\n\nHi", "C[Hi]"),
        new("an orphan closing tag in content", true, "a</think>b</think> c", "R[a] C[b c]"),
        new("a pair of tags quoted in content", false, "Between <think> and </think>, models reason.", "C[Between <think> and </think>, models reason.]"),
        new("two think blocks", true, "one</think>\n<think>\ntwo\n</think>\nanswer", "R[one\ntwo] C[answer]"),
        new("angle brackets that are no tags", true, "a<b, c<thin, </x></think>1 < 2 <tool_cal", "R[a<b, c<thin, </x>] C[1 < 2 <tool_cal]"),
        new("characters beyond the basic plane", true, "🙂</think>naïve 日本 👩‍👩‍👧", "R[🙂] C[naïve 日本 👩‍👩‍👧]"),

        // Calls.
        new("a call", true, $"Look.\n</think>\n{Call("f", ("s", "Paris"))}\n", """R[Look.] f{"s":"Paris"}"""),
        new("a call without parameters", false, Call("f"), "f{}"),
        new("an unknown tool", false, Call("no.such_tool", ("x", "1")), """no.such_tool{"x":"1"}"""),
        new("text before a call", false, $"I will look.\n\n{Call("f", ("i", "3"))}", """C[I will look.] f{"i":3}"""),
        new("text on both sides of a call", false, $"Before.\n{Call("f")}\n After.", "C[Before.\nAfter.] f{}"),
        new("calls back to back", true, $"R</think>{Call("f", ("i", "1"))}{Call("f", ("i", "2"))}\n{Call("other", ("q", "z"))}",
            """R[R] f{"i":1} f{"i":2} other{"q":"z"}"""),
        new("two functions in one tool_call", false, "<tool_call><function=f></function>\n<function=other></function></tool_call>", "f{} other{}"),
        new("everything on one line", false, "<tool_call><function=f><parameter=s>Paris</parameter></function></tool_call>", """f{"s":"Paris"}"""),
        new("no closing think before the call", true, $"I need the weather.\n{Call("f", ("s", "Rome"))}", """R[I need the weather.] f{"s":"Rome"}"""),
        new("a call inside the think block", true, $"<think>\nlook\n{Call("f", ("i", "1"))}\n</think>\nThere.", """R[look] C[There.] f{"i":1}"""),
        new("thinking again after a call", true, $"one</think>{Call("f")}<think>\ntwo</think>three", "R[one\ntwo] C[three] f{}"),
        new("the last parameter is not closed", false, "<tool_call>\n<function=f>\n<parameter=s>\nParis\n</function>\n</tool_call>", """f{"s":"Paris"}"""),
        new("a parameter is not closed before the next", false, "<tool_call>\n<function=f>\n<parameter=s>\nParis\n<parameter=i>\n3\n</parameter>\n</function>\n</tool_call>", """f{"s":"Paris","i":3}"""),
        new("the function is not closed", false, "<tool_call>\n<function=f>\n<parameter=i>\n3\n</parameter>\n</tool_call>after", """C[after] f{"i":3}"""),
        new("neither parameter nor function is closed", false, "<tool_call>\n<function=f>\n<parameter=i>\n3\n</tool_call>", """f{"i":3}"""),
        new("the output ends after the parameter", true, "r</think><tool_call>\n<function=f>\n<parameter=i>\n3\n</parameter>\n", """R[r] f{"i":3}"""),
        new("the output ends inside a string", false, "<tool_call>\n<function=f>\n<parameter=s>\nPar", """f{"s":"Par"}"""),
        new("the output ends inside a number", false, "<tool_call>\n<function=f>\n<parameter=i>\n12\n", """f{"i":12}"""),
        new("the output ends inside the head of a call", false, "Look: <tool_call>\n<function=get_we", "C[Look: <tool_call>\n<function=get_we]"),
        new("a call that was not closed before the next", false, "<tool_call><function=f><tool_call><function=other></function></tool_call>", "f{} other{}"),

        // What is no call stays text.
        new("a tool_call with JSON in it", false, "<tool_call>\n{\"name\": \"f\"}\n</tool_call>", "C[<tool_call>\n{\"name\": \"f\"}\n</tool_call>]"),
        new("the tag quoted in reasoning", true, "I may use <tool_call> here.</think>ok", "R[I may use <tool_call> here.] C[ok]"),
        new("a function without a name", false, "<tool_call><function=></function></tool_call>", "C[<tool_call><function=></function></tool_call>]"),
        new("a function without tool_call", false, "<function=f></function>", "C[<function=f></function>]"),
        new("stray text inside a call", false, "<tool_call>\n<function=f>\nbecause\n<parameter=i>\n3\n</parameter>\nso\n</function>\n</tool_call>", "C[because\nso] f{\"i\":3}"),
        new("a parameter given twice", false, $"<tool_call><function=f><parameter=s>a</parameter><parameter=s>b</parameter></function></tool_call>", "C[<parameter=s>b] f{\"s\":\"a\"}"),
        new("an orphan closing think inside a call", false, "<tool_call><function=f></think><parameter=i>3</parameter></function></tool_call>", """f{"i":3}"""),

        // Values as written.
        new("one newline is stripped at each end", false, Call("f", ("s", "\n  two\nlines  \n")), """f{"s":"\n  two\nlines  \n"}"""),
        new("an empty value", false, "<tool_call><function=f><parameter=s>\n</parameter></function></tool_call>", """f{"s":""}"""),
        new("a value of two newlines", false, "<tool_call><function=f><parameter=s>\n\n</parameter></function></tool_call>", """f{"s":""}"""),
        new("characters that JSON escapes", false, Call("f", ("s", "\"a\\b\"\t<b> é日")), """f{"s":"\"a\\b\"\t<b> é日"}"""),
        new("null for a string", false, Call("f", ("s", "NULL")), """f{"s":null}"""),
        new("almost null", false, Call("f", ("s", "nullify"), ("x", "nul"), ("y", "null\n")), """f{"s":"nullify","x":"nul","y":"null\n"}"""),
        new("code in a value", false, Call("f", ("s", "if (a<b && c>d) { x = \"</p>\"; }\n<think>?</think>")), """f{"s":"if (a<b && c>d) { x = \"</p>\"; }\n<think>?</think>"}"""),
        new("an object over several lines", false, Call("f", ("o", "{\n  \"a\": [1, {\"b\": null}]\n}")), """f{"o":{"a":[1,{"b":null}]}}"""),
    ];
}
