namespace NemotronSharp.Training.Data.Tasks;

/// <summary>The few facts about the world that pico learns: colors, opposites, sounds, the calendar, counting, the alphabet, kinds of things.</summary>
internal static class SmallFacts
{
    private static readonly string[] _colors = Pairs("the sky blue, grass green, snow white, coal black, blood red, the sun yellow, a banana yellow, a carrot orange, milk white, a tomato red, a leaf green, a lemon yellow, the sea blue, chocolate brown, a crow black, a pig pink, an elephant gray, a frog green, a cherry red, sand yellow");

    private static readonly string[] _opposites = Pairs("big small, hot cold, up down, old new, fast slow, good bad, black white, day night, long short, happy sad, open closed, full empty, high low, hard soft, light dark, left right, in out, early late, strong weak, rich poor, wet dry, clean dirty, loud quiet, thick thin, near far, first last, yes no, above below, young old, begin end, easy hard, warm cool, wide narrow, heavy light, deep shallow, true false, buy sell, push pull, win lose, give take");

    private static readonly string[] _sounds = Pairs("dog barks, cat meows, cow moos, duck quacks, sheep bleats, lion roars, bee buzzes, owl hoots, frog croaks, snake hisses, wolf howls, horse neighs, pig oinks, hen clucks, mouse squeaks, bird sings");

    private static readonly string[] _legs = Pairs("dog four, cat four, horse four, cow four, spider eight, ant six, bird two, duck two, snake no, fish no, bee six, sheep four, hen two, person two, frog four");

    private static readonly string[] _counts = ["days are in a week|seven days are in a week", "months are in a year|twelve months are in a year", "hours are in a day|twenty-four hours are in a day", "minutes are in an hour|sixty minutes are in an hour", "seconds are in a minute|sixty seconds are in a minute",
        "weeks are in a year|fifty-two weeks are in a year", "fingers are on a hand|five fingers are on a hand", "wheels are on a car|four wheels are on a car", "sides are on a triangle|three sides are on a triangle", "sides are on a square|four sides are on a square", "letters are in the alphabet|twenty-six letters are in the alphabet"];

    private static readonly string[] _kinds = Pairs("dog animal, cat animal, horse animal, cow animal, tiger animal, apple fruit, pear fruit, banana fruit, cherry fruit, rose flower, tulip flower, daisy flower, red color, blue color, green color, car vehicle, bus vehicle, bike vehicle, hammer tool, saw tool, drill tool, piano instrument, drum instrument, flute instrument, oak tree, pine tree, birch tree, bread food, soup food, cheese food, hat garment, coat garment, shirt garment, Monday day, Friday day, June month, May month, Paris city, London city, Rome city, France country, Spain country, Japan country");

    public static (string Question, string Answer) Draw(SeededRandom random)
    {
        string[] pair;
        switch (random.Next(12))
        {
            case 0:
                pair = Cut(random.Pick(_colors));
                return (Any(random, $"(What|Which) color (is|has) {pair[0]}?|(Tell|Please tell) me the color of {pair[0]}.|What is the color of {pair[0]}?|(Do you know|Can you tell me) the color of {pair[0]}?|{Words.Capital(pair[0])}: which color?"), $"{Words.Capital(pair[0])} is {pair[1]}.");
            case 1 or 2:
                pair = Cut(random.Pick(_opposites));
                return (Any(random, $"What is the opposite of {pair[0]}?|(Tell|Please tell|Give) me the opposite of {pair[0]}.|(Do you know|Can you say) the opposite of {pair[0]}?|(The opposite|Opposite) of {pair[0]}?|Which word is the opposite of {pair[0]}?"), $"The opposite of {pair[0]} is {pair[1]}.");
            case 3:
                pair = Cut(random.Pick(_sounds));
                return (Any(random, $"(What|Which) sound does {Words.An(pair[0])} make?|What does {Words.An(pair[0])} (say|do)?|How does {Words.An(pair[0])} (sound|talk)?|(Tell|Please tell) me the sound of {Words.An(pair[0])}."), $"{Words.Capital(Words.An(pair[0]))} {pair[1]}.");
            case 4:
                pair = Cut(random.Pick(_legs));
                return (Any(random, $"How many legs (does {Words.An(pair[0])} have|has {Words.An(pair[0])})?|(Tell|Please tell) me how many legs {Words.An(pair[0])} has.|(Do you know|Can you say) how many legs {Words.An(pair[0])} has?|Count the legs of {Words.An(pair[0])}."), $"{Words.Capital(Words.An(pair[0]))} has {pair[1]} legs.");
            case 5 or 6:
                string[] calendar = random.Chance(50) ? Words.Days : Words.Months;
                int at = random.Next(calendar.Length);
                bool after = random.Chance(60);
                string what = calendar.Length == 7 ? "day" : "month", answer = calendar[(at + (after ? 1 : calendar.Length - 1)) % calendar.Length], side = after ? "after" : "before";
                return (Any(random, $"(What|Which) (|{what} )(comes|is) {side} {calendar[at]}?|(Tell|Please tell) me the {what} {side} {calendar[at]}.|(Do you know|Can you say) (what|which {what}) comes {side} {calendar[at]}?|The {what} {side} {calendar[at]}?"), $"{answer} comes {side} {calendar[at]}.");
            case 7:
                pair = random.Pick(_counts).Split('|');
                return (Any(random, $"How many {pair[0]}?|(Tell|Please tell) me how many {pair[0]}.|(Do you know|Can you say|Can you tell me) how many {pair[0]}?|(Hi|Hello), how many {pair[0]}?|I want to know how many {pair[0]}."), $"{Words.Capital(pair[1])}.");
            case 8 or 9:
                int from = random.Between(0, 20), to = from + random.Between(3, 8);
                bool down = random.Chance(30);
                var numbers = Enumerable.Range(from, to - from + 1);
                return (Any(random, down ? $"(Count|Please count|Can you count) (down|back|backwards) from {to} to {from}." : $"(Count|Please count|Can you count) (|up )from {from} to {to}.|(Write|Say|Give me) the numbers from {from} to {to}."), string.Join(", ", down ? numbers.Reverse() : numbers) + ".");
            case 10:
                int letter = random.Next(25);
                char first = (char)('A' + letter), next = (char)('B' + letter);
                return random.Chance(60)
                    ? (Any(random, $"(What|Which) letter (comes|is) after {first}?|What comes after {first} in the alphabet?|(Tell|Please tell) me the letter after {first}.|The letter after {first}?"), $"{next} comes after {first}.")
                    : (Any(random, $"(What|Which) letter (comes|is) before {next}?|What comes before {next} in the alphabet?|(Tell|Please tell) me the letter before {next}.|The letter before {next}?"), $"{first} comes before {next}.");
            default:
                pair = Cut(random.Pick(_kinds));
                string kind = random.Chance(50) ? pair[1] : Cut(random.Pick(_kinds))[1];
                bool yes = kind == pair[1];
                return (Any(random, $"Is {Named(pair[0], pair[1])} {Words.An(kind)}?|(Tell me|Please tell me|Do you know): is {Named(pair[0], pair[1])} {Words.An(kind)}?|Is it true that {Named(pair[0], pair[1])} is {Words.An(kind)}?"), yes ? $"Yes, {Named(pair[0], pair[1])} is {Words.An(kind)}." : $"No, {Named(pair[0], pair[1])} is {Words.An(pair[1])}.");
        }
    }

    private static string Named(string thing, string kind) => char.IsUpper(thing[0]) || kind is "food" or "color" ? thing : Words.An(thing);

    private static string Any(SeededRandom random, string pattern) => Grammar.Expand(random, $"({pattern})");

    private static string[] Pairs(string text) => text.Split(", ");

    // The last word is the second of the pair.
    private static string[] Cut(string pair) => [pair[..pair.LastIndexOf(' ')], pair[(pair.LastIndexOf(' ') + 1)..]];
}
