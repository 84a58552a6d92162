using System.Text.Json.Nodes;

namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Conversations with one to four tools on offer: a call copied from the request, its result put into words, or an answer without a call.</summary>
internal static class ToolTask
{
    public static Conversation Make(TaskContext context)
    {
        var random = context.Random;
        var conversation = new Conversation("tools", context.Thinks());
        conversation.System(context.System());

        var offered = new List<ToolSpec>();
        for (int count = random.Pick(1, 1, 1, 2, 2, 2, 3, 3, 4); offered.Count < count;)
        {
            var tool = ToolCatalog.Draw(context).Make(context);
            // Two tools that share a name, or a description, would leave the choice open.
            if (offered.All(o => o.Name != tool.Name && o.Kind != tool.Kind)) offered.Add(tool);
        }
        conversation.Tools = [.. offered.Select(t => (JsonNode)t.ToJson(random))];

        if (random.Chance(84))
        {
            var tool = random.Pick(offered);
            Use(context, conversation, tool, tool.Kind.Requests);
            if (tool.Kind.FollowUps is { } followUps && random.Chance(20)) Use(context, conversation, tool, followUps);
        }
        else Refrain(context, conversation, offered);
        if (random.Chance(8) && random.Pick(offered) is var next) Use(context, conversation, next, next.Kind.Requests);
        if (random.Chance(8)) conversation.User(random.Pick("Thanks!", "Thank you!", "thanks")).Assistant("The user thanks me.", "You are welcome!");
        return conversation;
    }

    private static void Use(TaskContext context, Conversation conversation, ToolSpec tool, string[] requests)
    {
        var random = context.Random;
        string[] values = [.. tool.Kind.Parameters.Select(p => p.Draw(context))];
        var arguments = tool.Arguments(values);
        string request = string.Format(random.Pick(requests), values);
        string named = string.Join(", ", tool.Keys.Select((key, i) => $"{key}={values[i]}"));
        string reason = named.Length == 0 ? $"{tool.Name} fits." : $"{tool.Name} fits: {named}";
        conversation.User(request);
        conversation.Call(reason, tool.Name, arguments, conversation.Judged.Count == 0 ? Expectation.Calls(tool.Name, arguments) : null);
        if (random.Chance(10))
        {
            string problem = random.Pick("not found", "no access", "timeout", "not available", "failed");
            conversation.Tool(random.Chance(50) ? $"{{\"error\": \"{problem}\"}}" : $"error: {problem}");
            conversation.Assistant("The call failed.", $"That did not work: {problem}.");
            return;
        }
        var (response, answer) = tool.Kind.Reply(random, values);
        conversation.Tool(response).Assistant("I have the result.", answer);
    }

    // Nothing on offer fits: small talk and sums are answered as always, other wishes are declined.
    private static void Refrain(TaskContext context, Conversation conversation, List<ToolSpec> offered)
    {
        var random = context.Random;
        int kind = random.Next(100);
        if (kind < 30) ChatTask.Intend(context, conversation);
        else if (kind < 50 && !offered.Any(o => Calculates(o.Kind))) SumTask.Plain(context, conversation);
        else
        {
            ToolKind missing;
            do missing = ToolCatalog.Draw(context);
            while (offered.Any(o => o.Kind == missing || o.Kind.Names.Intersect(missing.Names).Any()) || Calculates(missing));
            string[] values = [.. missing.Parameters.Select(p => p.Draw(context))];
            conversation.User(string.Format(random.Pick(missing.Requests), values));
            conversation.Assistant("No tool fits.", "I have no tool for that.", Expectation.Says("I have no tool for that."));
        }
    }

    private static bool Calculates(ToolKind kind) => kind.Names.Contains("add") || kind.Names.Contains("multiply");
}
