namespace NemotronSharp.Training.Data.Tasks;

/// <summary>The small world of the generated tasks: names, places and things.</summary>
internal static class Words
{
    public static string[] People { get; } = Of("""
        Anna Ben Carla David Emma Felix Grace Henry Ida Jack Kate Leo Mia Noah Olga Paul Rosa Sam Tom Una Vera Will Yara Zoe Adam Bella Chris Dora Eric Fiona
        George Hanna Ivan Julia Karl Lena Max Nina Oscar Petra Ralf Sara Theo Ulla Victor Wanda Alex Bob Clara Dan Eva Frank Gina Hugo Iris John Kim Lucy Mark Nora
        Otto Pia Rita Simon Tina Udo Viola Walter Amy Bruno Cora Dirk Ella Finn Greta Hans Ines Jonas Klara Lars Marta Nils Olivia Peter Ruth Stefan Tara Uwe Alice
        Mary James Robert Linda Michael Susan Joseph Laura Daniel Maria Maya Omar Ali Fatima Yuki Kenji Wei Mei Raj Priya Carlos Diego Lucia Pablo Igor Anya
        """);

    public static string[] Cities { get; } = Of("""
        Paris London Berlin Rome Madrid Vienna Oslo Tokyo Sydney Cairo Lima Boston Chicago Denver Dallas Miami Seattle Toronto Dublin Prague Warsaw Athens Lisbon Zurich
        Geneva Munich Hamburg Cologne Milan Naples Venice Seville Porto Lyon Nice Bergen Helsinki Stockholm Copenhagen Moscow Delhi Mumbai Beijing Shanghai Seoul Osaka
        Kyoto Bangkok Hanoi Jakarta Manila Nairobi Lagos Tunis Rabat Havana Bogota Quito Santiago Austin Houston Phoenix Portland Atlanta Detroit Brussels Amsterdam
        Budapest Krakow Riga Vilnius Tallinn Sofia Istanbul Ankara Dubai Doha Perth Melbourne Auckland Montreal Vancouver
        """);

    public static string[] Things { get; } = Of("""
        apple bread milk cheese rice tea coffee sugar salt butter egg cake soup fish meat lamp chair table bed door window book pen paper phone clock bag box cup plate
        knife spoon car bike bus train boat plane house garden tree flower river lake hill stone sand snow rain cloud sun moon star dog cat bird horse cow sheep mouse
        hat coat shoe shirt ring key coin card ball drum piano guitar song story letter map camera mirror bottle basket bridge tower castle candle pillow blanket ladder
        hammer nail rope wheel engine rocket robot
        """);

    public static string[] Adjectives { get; } = Of("""
        red blue green yellow black white brown pink orange purple gray big small old new long short warm cold soft hard round flat heavy light quiet loud fast slow clean
        """);

    public static string[] Colors { get; } = Of("red blue green yellow black white brown pink orange purple gray");

    public static string[] Days { get; } = Of("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");

    public static string[] Months { get; } = Of("January February March April May June July August September October November December");

    public static string[] Languages { get; } = Of("German French Spanish Italian Polish Japanese Chinese Dutch Greek Turkish Russian Portuguese");

    public static string[] Foods { get; } = Of("pizza soup salad pasta bread cake pie curry rice noodles tacos pancakes cookies stew burgers dumplings");

    public static string[] Rooms { get; } = Of("kitchen bedroom bathroom hall garage office garden attic cellar");

    public static string[] Topics { get; } = Of("music sports science history art space weather health money politics games film travel food nature football chess books");

    private static readonly string[] _onsets = Of("b d f g h k l m n p r s t v z br dr gr kr pl st tr sh");

    private static readonly string[] _vowels = Of("a e i o u a e i o ai ou");

    private static readonly string[] _codas = ["", "", "", "n", "r", "l", "s", "m", "t", "k"];

    /// <summary>A word that does not exist: only copying can get it right.</summary>
    public static string Invented(SeededRandom random)
    {
        string word = "";
        for (int syllables = random.Between(2, 3); syllables > 0; syllables--)
            word += random.Pick(_onsets) + random.Pick(_vowels) + random.Pick(_codas);
        return word;
    }

    public static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    private static string[] Of(string words) => words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
