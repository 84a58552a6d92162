using System.Text;

namespace NemotronSharp.Training.Data.Tasks;

/// <summary>A piece of a long text, as it stands there.</summary>
/// <param name="Source">The file, relative to the source root; null: generated, so that a case must carry the text itself.</param>
/// <param name="Line">The document's line in the file, from 0.</param>
/// <param name="Start">Its first character in the document's text.</param>
/// <param name="Text">The characters.</param>
internal sealed record Passage(string? Source, int Line, int Start, string Text);

/// <summary>Supplies long texts for look-ups.</summary>
internal interface IPassages
{
    /// <summary>A piece of <paramref name="characters"/> characters or slightly fewer, from documents of this side of the split.</summary>
    Passage Draw(SeededRandom random, Split split, int characters);
}

/// <summary>Plain sentences about people and things, for recipes and tests without a corpus.</summary>
internal sealed class PlainPassages : IPassages
{
    public Passage Draw(SeededRandom random, Split split, int characters)
    {
        var text = new StringBuilder();
        while (true)
        {
            string sentence = Sentence(random, split);
            if (text.Length + 2 + sentence.Length > characters) return new Passage(null, 0, 0, text.ToString());
            if (text.Length > 0) text.Append(random.Chance(15) ? "\n\n" : " ");
            text.Append(sentence);
        }
    }

    private static string Sentence(SeededRandom random, Split split)
    {
        string person = random.Pick(Words.People);
        while (!split.Person(person)) person = random.Pick(Words.People);
        string thing = random.Pick(Words.Things), how = random.Pick(Words.Adjectives), place = random.Pick(Words.Places);
        return random.Next(8) switch
        {
            0 => $"{person} looked at the {how} {thing} and said nothing.",
            1 => $"The {thing} near the {place} was {how}.",
            2 => $"Then {person} walked to the {place} with {Words.An(random.Pick(Words.Animals))}.",
            3 => $"It was {how} and {random.Pick(Words.Adjectives)} in the {random.Pick(Words.Rooms)}.",
            4 => $"\"I have seen {Words.An(how)} {thing},\" said {person}.",
            5 => $"Nobody knew why the {random.Pick(Words.Professions)} wanted {Words.An(thing)}.",
            6 => $"In {random.Pick(Words.Months)} they all went home.",
            _ => $"{person} thought about {random.Pick(Words.Topics)} for a long time.",
        };
    }
}
