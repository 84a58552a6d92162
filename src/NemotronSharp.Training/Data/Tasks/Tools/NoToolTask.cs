namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>One to six tools on offer and none fits: small talk and sums are answered as always, other wishes are declined.</summary>
internal static class NoToolTask
{
    private const string Refusal = "I have no tool for that.";

    public static Conversation Make(TaskContext context)
    {
        var random = context.Random;
        var conversation = new Conversation("no-tool", context.Thinks());
        conversation.System(context.System());
        int count = random.Between(1, 6), kind = random.Next(100);
        if (kind < 40)
        {
            var offered = Offer.Surround(context, [], count);
            conversation.Tools = [.. offered.Select(t => t.ToJson())];
            if (kind < 22 || offered.Any(o => o.Kind.Object == WrittenKinds.Calculation)) ChatTask.Intend(context, conversation);
            else SumTask.Plain(context, conversation);
            return conversation;
        }
        ToolSpec missing;
        // A sum is no wish without a tool: it is answered.
        do missing = Offer.Any(context);
        while (missing.Kind.Object == WrittenKinds.Calculation);
        conversation.Tools = [.. Offer.Surround(context, [], count, missing.Kind).Select(t => t.ToJson())];
        Decline(context, conversation, missing);
        return conversation;
    }

    /// <summary>Adds a wish that none of the tools serves, and the refusal.</summary>
    public static void Decline(TaskContext context, Conversation conversation, IReadOnlyList<ToolSpec> offered)
    {
        ToolSpec missing;
        do missing = Offer.Any(context);
        while (offered.Any(o => o.Name == missing.Name || o.Kind.Clashes(missing.Kind)));
        Decline(context, conversation, missing);
    }

    private static void Decline(TaskContext context, Conversation conversation, ToolSpec missing)
    {
        var wish = missing.Kind.Ask(context, missing, missing.Draw(context));
        conversation.User(wish.Text).Assistant($"The user wants to {wish.Gist}:\nno tool does that.", Refusal, Expectation.Says(Refusal));
    }
}
