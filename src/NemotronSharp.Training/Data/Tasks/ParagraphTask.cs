namespace NemotronSharp.Training.Data.Tasks;

/// <summary>A short text about a few people, and a question whose answer is a piece of it; one in five the text does not answer.</summary>
internal static class ParagraphTask
{
    private const string NotSaid = "The text does not say.";

    public static Conversation Make(TaskContext context)
    {
        var random = context.Random;
        var conversation = new Conversation("paragraph", context.Thinks());
        conversation.System(context.System());
        // Half of the evaluation has a sentence form that training has never seen, and asks about it.
        bool newForm = context.Split.HeldOut && random.Chance(50);
        string[] people = context.People(random.Between(1, 3));
        var said = Draw(context, people, random.Between(3, 8), newForm);
        string[] sentences = [.. said.Select(s => s.Text)];
        random.Shuffle(sentences);
        string text = string.Join(' ', sentences);

        int questions = random.Chance(25) ? 2 : 1;
        var asked = new HashSet<Ask>();
        for (int i = 0; i < questions; i++)
        {
            bool missing = random.Chance(newForm && i == 0 ? 0 : 20);
            var sentence = missing ? Missing(context, people, said) : newForm && i == 0 ? said[0] : random.Pick(said);
            var ask = random.Pick(sentence.Asks);
            if (!asked.Add(ask)) break;
            string question = sentence.Fill(random.Pick(ask.Questions));
            conversation.User(i > 0 ? question : Together(random, text, question));
            if (missing) conversation.Assistant("The text says nothing about this.", NotSaid, Expectation.Says("does not say"));
            else
            {
                string answer = sentence.Fill(ask.Answer);
                conversation.Assistant($"The text says: {sentence.Text}", answer, Expectation.Says(Fact.Shown(answer, sentence.Value(ask))));
            }
        }
        return conversation;
    }

    private static string Together(SeededRandom random, string text, string question) => random.Next(6) switch
    {
        0 => $"{question}\n\n{text}",
        1 => $"Read the text and answer.\n\n{text}\n\n{question}",
        2 => $"Text: {text}\nQuestion: {question}",
        3 => $"{text} {question}",
        _ => $"{text}\n\n{question}",
    };

    // The sentence in a form that is new to training comes first in the list, wherever it stands in the text.
    private static Said[] Draw(TaskContext context, string[] people, int count, bool newForm)
    {
        var random = context.Random;
        var keys = new HashSet<string>();
        var said = new List<Said>();
        while (said.Count < count)
        {
            var side = new Split(newForm && said.Count == 0);
            // Often the same is said of another person, so that the name decides.
            var like = people.Length > 1 && said.Count > 0 && random.Chance(30) ? random.Pick(said).Topic : null;
            int number = context.Draw(() => like is null ? random.Next(Paragraphs.FormCount) : like.First + random.Next(like.Forms.Length), side.Form);
            var topic = Paragraphs.Topics.Last(t => t.First <= number);
            string who = random.Pick(people);
            if (keys.Add($"{topic.First} {(topic.AboutPerson ? who : "")}")) said.Add(new Said(context, topic, topic.Forms[number - topic.First], who));
        }
        return [.. said];
    }

    // A topic that the text holds for nobody, or for someone else.
    private static Said Missing(TaskContext context, string[] people, Said[] said)
    {
        while (true)
        {
            var topic = context.Random.Pick(Paragraphs.Topics);
            string who = context.Random.Pick(people);
            if (topic.AboutPerson && !said.Any(s => s.Topic == topic && s.Who == who)) return new Said(context, topic, topic.Forms[0], who);
        }
    }
}
