using System.Text.Json.Nodes;
using NemotronSharp.Text;

namespace NemotronSharp.Training.Tests.Data;

/// <summary>pico's message format written down a second time, in C#, for the conversations that the generators make.</summary>
internal static class ReferenceRenderer
{
    public static PromptText Render(IReadOnlyList<JsonNode> messages, JsonArray? tools, bool generate, bool thinking)
    {
        var b = new PromptTextBuilder();
        int first = 0;
        string system = "";
        if (messages.Count > 0 && (string)messages[0]["role"]! == "system") { system = (string)messages[0]["content"]!; first = 1; }
        b.AppendTrusted("<|im_start|>system\n").AppendUntrusted(system);
        if (tools is { Count: > 0 })
        {
            if (system.Length > 0) b.AppendTrusted("\n\n");
            b.AppendTrusted("# Tools\n\nCall a function when it fits the request, else answer yourself.\n\n<tools>");
            foreach (var t in tools)
            {
                var f = t!["function"]!;
                b.AppendUntrusted($"\n<function>\n<name>{f["name"]}</name>\n<description>{f["description"]}</description>\n<parameters>");
                foreach (var (name, schema) in f["parameters"]!["properties"]!.AsObject())
                {
                    b.AppendUntrusted($"\n<parameter>\n<name>{name}</name>\n<type>{schema!["type"]}</type>");
                    if (schema["description"] is { } d) b.AppendUntrusted($"\n<description>{d}</description>");
                    if (schema["enum"] is { } e) b.AppendUntrusted($"\n<enum>[{string.Join(", ", e.AsArray().Select(x => $"\"{x}\""))}]</enum>");
                    if (schema["items"] is { } items) b.AppendUntrusted($"\n<items>{{\"type\": \"{items["type"]}\"}}</items>");
                    b.AppendUntrusted("\n</parameter>");
                }
                if (f["parameters"]!["required"] is { } r) b.AppendUntrusted($"\n<required>[{string.Join(", ", r.AsArray().Select(x => $"\"{x}\""))}]</required>");
                b.AppendUntrusted("\n</parameters>\n</function>");
            }
            b.AppendTrusted("\n</tools>");
        }
        b.AppendTrusted("<|im_end|>\n");
        int lastUser = -1;
        for (int i = first; i < messages.Count; i++) if ((string)messages[i]["role"]! == "user") lastUser = i;
        for (int i = first; i < messages.Count; i++)
        {
            var m = messages[i];
            string role = (string)m["role"]!, content = (string)m["content"]!;
            if (role == "assistant")
            {
                string? reasoning = (string?)m["reasoning_content"];
                b.AppendTrusted("<|im_start|>assistant\n");
                if (reasoning is not null && i > lastUser) b.AppendTrusted("<think>\n").AppendUntrusted(reasoning).AppendTrusted("</think>").AppendUntrusted(content);
                else b.AppendTrusted("<think></think>").AppendUntrusted(content);
                if (m["tool_calls"] is JsonArray calls)
                {
                    b.AppendTrusted("\n");
                    foreach (var c in calls)
                    {
                        var f = c!["function"]!;
                        b.AppendTrusted("<tool_call>\n<function=").AppendUntrusted((string)f["name"]!).AppendTrusted(">\n");
                        foreach (var (k, v) in f["arguments"]!.AsObject()) b.AppendTrusted("<parameter=").AppendUntrusted(k).AppendTrusted(">\n").AppendUntrusted(Plain(v!)).AppendTrusted("\n</parameter>\n");
                        b.AppendTrusted("</function>\n</tool_call>\n");
                    }
                }
                b.AppendTrusted("<|im_end|>\n");
            }
            else if (role == "tool") b.AppendTrusted("<|im_start|>user\n<tool_response>\n").AppendUntrusted(content).AppendTrusted("\n</tool_response>\n<|im_end|>\n");
            else b.AppendTrusted($"<|im_start|>{role}\n").AppendUntrusted(content).AppendTrusted("<|im_end|>\n");
        }
        if (generate) b.AppendTrusted("<|im_start|>assistant\n<think>" + (thinking ? "\n" : "</think>"));
        return b.ToPromptText();
    }

    // Values as Jinja writes them: True and False with a capital.
    private static string Plain(JsonNode value) => value.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.True => "True",
        System.Text.Json.JsonValueKind.False => "False",
        System.Text.Json.JsonValueKind.Array => $"[{string.Join(", ", value.AsArray().Select(x => $"\"{x}\""))}]",
        _ => value.ToString(),
    };
}
