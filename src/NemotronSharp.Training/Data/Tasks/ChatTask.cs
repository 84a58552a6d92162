namespace NemotronSharp.Training.Data.Tasks;

/// <summary>Simple English: small talk, questions about pico, small facts, the user's name, what was said before, and what pico does not know.</summary>
internal static class ChatTask
{
    private static readonly string[] _unknown =
    [
        "What is the capital of {0}?", "Who is the king of {0}?", "How many people live in {0}?", "When was {0} built?", "What is the history of {0}?", "Who won the game in {0}?", "Why is {1} important?",
        "How do you make {2}?", "What is the best {2}?", "Explain {1} to me.", "What do you think about {1}?", "Tell me about {1}.", "Tell me about {0}.", "How does {1} work?", "Where can I buy {2}?",
        "Write a poem about {1}.", "Write code for {1}.", "Who was {3}?", "How old is {3}?", "What does {3} do?", "Where is {0}?", "Why is the sky blue?", "What is the meaning of life?", "Who is the president?",
    ];

    private static readonly string[] _actions =
    [
        "What is the weather in {0}?", "What time is it?", "What time is it in {0}?", "Set a timer for 5 minutes.", "Send a message to {3}.", "Play some music.", "Search the web for {1}.", "Order a pizza.",
        "Turn on the light.", "Book a table in {0}.", "What is the weather today?", "Call {3}.", "What is the date today?", "Open the door.",
    ];

    public static Conversation Make(TaskContext context)
    {
        var random = context.Random;
        var conversation = new Conversation("chat", context.Thinks());
        conversation.System(context.System());
        int turns = random.Chance(60) ? 1 : random.Between(2, 4);
        string? name = null, asked = null;
        for (int turn = 0; turn < turns; turn++)
        {
            int kind = random.Next(100);
            if (kind < 50) Intend(context, conversation);
            else if (kind < 72) Fact(context, conversation);
            else if (kind < 79) name = Introduce(context, conversation);
            else if (kind < 84 && name is not null) RecallName(context, conversation, name);
            else if (kind < 88 && asked is not null) RecallQuestion(context, conversation, asked);
            else if (kind < 91 && !context.Split.HeldOut) SumTask.Plain(context, conversation);
            else Unknown(context, conversation);
            asked = LastQuestion(conversation);
        }
        return conversation;
    }

    /// <summary>One turn of small talk.</summary>
    public static void Intend(TaskContext context, Conversation conversation)
    {
        var (intent, question) = context.Draw(() =>
        {
            int roll = context.Random.Next(ChatIntents.All.Sum(i => i.Weight)), at = 0;
            while (roll >= ChatIntents.All[at].Weight) roll -= ChatIntents.All[at++].Weight;
            return (Intent: ChatIntents.All[at], Question: Grammar.Expand(context.Random, $"({ChatIntents.All[at].Asked})"));
        }, drawn => context.Split.Phrasing(drawn.Question));
        conversation.User(question).Assistant(intent.Thought, intent.Answer, Expectation.Says(intent.Keys));
    }

    private static void Fact(TaskContext context, Conversation conversation)
    {
        var (question, answer) = context.Draw(() => SmallFacts.Draw(context.Random), drawn => context.Split.Phrasing(drawn.Question));
        conversation.User(question).Assistant("I know this.", answer, Expectation.Says(answer));
    }

    /// <summary>A question pico cannot answer, and its honest reply.</summary>
    public static void Unknown(TaskContext context, Conversation conversation)
    {
        var random = context.Random;
        bool action = random.Chance(35);
        string question = context.Draw(
            () => string.Format(random.Pick(action ? _actions : _unknown), random.Pick(Words.Cities), random.Pick(Words.Topics), random.Pick(Words.Foods), context.Person()),
            context.Split.Phrasing);
        if (random.Chance(30)) question = char.ToLowerInvariant(question[0]) + question[1..];
        string answer = action ? "I have no tool for that." : "I do not know that. I am a very small model.";
        conversation.User(question).Assistant(action ? "No tool fits." : "I do not know this.", answer, Expectation.Says(answer));
    }

    private static string Introduce(TaskContext context, Conversation conversation)
    {
        string name = context.Person();
        string question = context.Random.Pick($"My name is {name}.", $"I am {name}.", $"Hi, I am {name}.", $"Hello, my name is {name}.", $"my name is {name}", $"Hi! I'm {name}.", $"Call me {name}.", $"You can call me {name}.");
        string answer = $"Nice to meet you, {name}!";
        conversation.User(question).Assistant($"The user is called {name}.", answer, Expectation.Says(answer));
        return name;
    }

    private static void RecallName(TaskContext context, Conversation conversation, string name)
    {
        string answer = $"Your name is {name}.";
        conversation.User(context.Random.Pick("What is my name?", "what is my name?", "Do you know my name?", "Who am I?", "What's my name?", "Do you remember my name?"));
        conversation.Assistant($"The user is called {name}.", answer, Expectation.Says(answer));
    }

    private static void RecallQuestion(TaskContext context, Conversation conversation, string asked)
    {
        conversation.User(context.Random.Pick("What did I just ask?", "What did I just say?", "what did I just ask?", "What was my last message?", "Repeat what I said.", "What did I say before?"));
        conversation.Assistant("I repeat the last message.", $"You said: {asked}", Expectation.Says($"You said: {asked}"));
    }

    private static string LastQuestion(Conversation conversation) =>
        conversation.Messages.Last(m => (string)m!["role"]! == "user")!["content"]!.GetValue<string>();
}
