namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>One to six tools on offer, one fits: a call copied from the request, its result put into words; or a question for a value that is missing.</summary>
internal static class ToolCallTask
{
    public const string Name = "tool-call";

    public static Conversation Make(TaskContext context)
    {
        var random = context.Random;
        var conversation = new Conversation(Name, context.Thinks());
        conversation.System(context.System());
        var tool = Offer.Any(context);
        var offered = Offer.Surround(context, [tool], random.Between(1, 6));
        conversation.Tools = [.. offered.Select(t => t.ToJson())];

        Use(context, conversation, tool, ask: random.Chance(7), judged: true);
        for (int more = context.Split.HeldOut ? 0 : random.Next(context.Turns); more > 0; more--) Next(context, conversation, offered);
        return conversation;
    }

    // Another request about the same tools: the list is read once and used many times.
    private static void Next(TaskContext context, Conversation conversation, List<ToolSpec> offered)
    {
        int kind = context.Random.Next(100);
        if (kind < 80) Use(context, conversation, context.Random.Pick(offered), ask: context.Random.Chance(5), judged: false);
        else if (kind < 94) NoToolTask.Decline(context, conversation, offered);
        else conversation.User(context.Random.Pick("Thanks!", "Thank you!", "thanks")).Assistant("The user thanks me.", "You are welcome!");
    }

    private static void Use(TaskContext context, Conversation conversation, ToolSpec tool, bool ask, bool judged)
    {
        string?[] values = tool.Draw(context);
        int[] askable = [.. Enumerable.Range(0, tool.Parameters.Count).Where(i => tool.Parameters[i].Required && !tool.Parameters[i].Kind.IsFlag && tool.Kind is ComposedKind)];
        string wanted;
        if (ask && askable.Length > 0)
        {
            int missing = context.Random.Pick(askable);
            var wish = tool.Kind.Ask(context, tool, [.. values.Select((v, i) => i == missing ? null : v)]);
            wanted = $"The user wants to {wish.Gist}";
            var parameter = tool.Parameters[missing];
            conversation.User(wish.Text);
            conversation.Assistant($"{wanted}:\n{tool.Name}\n{parameter.Key} is not said.", $"Please tell me the {parameter.Spoken}.", judged ? Expectation.Says(parameter.Spoken) : null);
            string value = parameter.Kind.Say(values[missing]!);
            conversation.User(context.Random.Pick(value, value, $"{value}.", $"It is {value}.", $"The {parameter.Spoken} is {value}.", $"{value}, please."));
        }
        else
        {
            var wish = tool.Kind.Ask(context, tool, values);
            wanted = $"The user wants to {wish.Gist}";
            conversation.User(wish.Text);
        }
        var arguments = tool.Arguments(values);
        conversation.Call(tool.Reason(wanted, values), tool.Name, arguments, judged ? Expectation.Calls(tool.Name, arguments) : null);
        var result = tool.Kind.Reply(context, values);
        conversation.Tool(result.Response).Assistant("I have the result.", result.Answer);
    }
}
