namespace NemotronSharp.Training.Data.Tasks;

/// <summary>The small world of the generated tasks: people and places. Pools of things and of language are in the files beside this one.</summary>
internal static partial class Words
{
    public static string[] People { get; } = Of("""
        Anna Ben Carla David Emma Felix Grace Henry Ida Jack Kate Leo Mia Noah Olga Paul Rosa Sam Tom Una Vera Yara Zoe Adam Bella Chris Dora Eric Fiona
        George Hanna Ivan Julia Karl Lena Max Nina Oscar Petra Ralf Sara Theo Ulla Victor Wanda Alex Bob Clara Dan Eva Frank Gina Hugo Iris John Kim Lucy Mark Nora
        Otto Pia Rita Simon Tina Udo Viola Walter Amy Bruno Cora Dirk Ella Finn Greta Hans Ines Jonas Klara Lars Marta Nils Olivia Peter Ruth Stefan Tara Uwe Alice
        Mary James Robert Linda Michael Susan Joseph Laura Daniel Maria Maya Omar Ali Fatima Yuki Kenji Wei Mei Raj Priya Carlos Lucia Pablo Igor Anya
        Abel Ada Agnes Aisha Alan Albert Alma Amir Andre Andrea Angela Anton Arthur Astrid Axel Barbara Basil Beatrice Bernard Bianca Bjorn Boris Brenda Brian
        Camila Caspar Cecil Celine Chiara Claire Colin Conrad Cyril Daisy Dalia Daphne Dario Dean Deborah Derek Diana Dmitri Dominic Doris Edgar Edith Edwin Elias Elena
        Elisa Ellen Elmar Elsa Emil Emily Enzo Erica Ernest Esther Ethan Eugene Evelyn Fabian Farid Felicia Flora Florian Freya Gabriel Gerda Gianna Gilbert Giulia
        Gloria Gordon Gustav Hadi Hamid Harold Harriet Hassan Hazel Hector Heidi Helen Helga Herman Hilda Holly Howard Ian Ilse Imran Ingrid Irene Isaac Isabel Ismael
        Jacob Jan Jane Janet Jasmin Jason Javier Jean Jenny Jill Joan Joel Jorge Josef Judith Julian Kai Karen Karim Kevin Kira Kurt Lara Layla Leila Leon Leona
        Lewis Liam Lily Lisa Lorenzo Louise Luca Lukas Lydia Magda Malik Manuel Marco Margot Marina Mario Martin Matteo Maud Melina Mira Miriam Mona Monica Morris
        Nadia Nancy Naomi Natalie Nathan Nelly Nico Nigel Noor Norman Odette Oleg Ollie Orla Oskar Owen Pamela Patrick Paula Pauline Pedro Philip Phoebe Quentin Rachel
        Rafael Ralph Ramon Rebecca Regina Renata Richard Rico Robin Roland Roman Ron Rosalie Ross Ruby Rudi Sabine Salma Samir Sandra Sasha Sebastian Selma Sergio Sheila
        Silas Silvia Sonja Stella Steve Sven Sylvia Tamara Tanya Tariq Ted Teresa Thomas Tilda Tobias Toni Tracy Ursula Valentin Vanessa Vincent Vivian Wendy
        Werner Wilma Xavier Yasmin Yusuf Yvonne Zara Zeno Zora
        """);

    public static string[] LastNames { get; } = Of("""
        Abbott Adler Almeida Anders Archer Arnold Baker Barlow Becker Bell Berg Bishop Blake Bloom Bosch Brandt Brooks Burke Burton Carver Castillo Chen Clarke Cole
        Collins Conti Cooper Costa Crane Cruz Curtis Dalton Davies Decker Delgado Dixon Doyle Drake Dunn Eklund Ellis Engel Evans Faber Farrell Ferrari Fischer Fleming
        Flores Foster Fox Franke Fuchs Garcia Gardner Gibson Gill Gomez Graham Grant Greene Gruber Haas Hale Hansen Harper Hartmann Hayes Heller Herrera Hoffmann Holm Hughes
        Hunter Ibarra Ivanov Jansen Jensen Jordan Kaiser Kaplan Keller Kent Khan Klein Koch Koenig Kowalski Kramer Krause Kumar Lambert Lang Larsen Lehmann Lind Lopez
        Lorenz Lowe Ludwig Lund Malone Marlow Marsh Mason Mayer Mendez Meyer Miller Moran Moreau Morgan Moss Murphy Nagy Nakamura Nash Neumann Newman Nilsen Norton Novak
        Olsen Ortega Osborne Page Palmer Parker Patel Pereira Perry Petrov Pope Porter Potter Powell Quinn Ramirez Reed Reyes Rhodes Richter Rivera Rossi Roth Rowe
        Russell Sanders Santos Sato Sawyer Schmidt Schneider Schulz Sharp Silva Sims Slater Sommer Spencer Steele Stein Stone Suzuki Swan Tanaka Tate Thorne Torres Tucker
        Turner Vargas Vogel Wagner Walsh Ward Watts Weaver Weber Webb Wells West Winkler Wolf Woods Wright Yates York Young Zeller Zhang Zimmer
        """);

    public static string[] Cities { get; } =
    [
        .. Of("""
        Paris London Berlin Rome Madrid Vienna Oslo Tokyo Sydney Cairo Lima Boston Chicago Denver Dallas Miami Seattle Toronto Dublin Prague Warsaw Athens Lisbon Zurich
        Geneva Munich Hamburg Cologne Milan Naples Venice Seville Porto Lyon Nice Bergen Helsinki Stockholm Copenhagen Moscow Delhi Mumbai Beijing Shanghai Seoul Osaka
        Kyoto Bangkok Hanoi Jakarta Manila Nairobi Lagos Tunis Rabat Havana Bogota Quito Santiago Austin Houston Phoenix Portland Atlanta Detroit Brussels Amsterdam
        Budapest Krakow Riga Vilnius Tallinn Sofia Istanbul Ankara Dubai Doha Perth Melbourne Auckland Montreal Vancouver
        Aarhus Accra Adelaide Algiers Amman Antwerp Augusta Baku Baltimore Bamako Basel Beirut Belfast Belgrade Bern Bilbao Birmingham Bologna Bombay Bordeaux Bratislava
        Bremen Brisbane Bristol Brno Bucharest Calgary Cambridge Canberra Caracas Cardiff Casablanca Charleston Cleveland Columbus Cordoba Cork Dakar Damascus Darwin Delft
        Dresden Durban Edinburgh Edmonton Essen Exeter Florence Frankfurt Galway Gdansk Genoa Ghent Glasgow Granada Graz Grenoble Halifax Hanover Harare Hiroshima Honolulu
        Innsbruck Izmir Jerusalem Kampala Karachi Kiev Kobe Kolkata Lahore Leeds Leipzig Lille Linz Liverpool Ljubljana Lucerne Lusaka Madison Malaga Malmo Manchester
        Maputo Marseille Medellin Memphis Minsk Mombasa Muscat Nagoya Nantes Nashville Norwich Nottingham Oakland Odessa Omaha Orlando Ottawa Oxford Padua Palermo Parma
        Philadelphia Pisa Pittsburgh Plymouth Pretoria Quebec Reykjavik Richmond Rotterdam Sacramento Salzburg Sapporo Sarajevo Savannah Sheffield Siena Singapore Skopje
        Split Strasbourg Stuttgart Tampa Tbilisi Tehran Tirana Toledo Trieste Trondheim Tucson Turin Utrecht Valencia Verona Victoria Winnipeg Yokohama Zagreb
        """),
        .. List("""
        New York, Los Angeles, San Francisco, San Diego, San Jose, Las Vegas, New Orleans, Salt Lake City, Kansas City, Mexico City, Panama City, Cape Town, Hong Kong, Tel Aviv,
        Buenos Aires, Rio de Janeiro, Sao Paulo, Santa Fe, El Paso, Fort Worth, Long Beach, Palm Springs, St. Louis, New Delhi, Kuala Lumpur, Ho Chi Minh City, Abu Dhabi,
        Addis Ababa, Port Louis, La Paz, San Juan, Santo Domingo, The Hague, Saint Petersburg, Baden Baden, Bad Homburg, Novi Sad, Little Rock, Grand Rapids, Green Bay, Cedar Falls
        """),
    ];

    public static string[] Countries { get; } = Of("""
        Germany France Spain Italy Poland Japan China Greece Turkey Portugal Norway Sweden Denmark Finland Iceland Ireland Scotland Austria Hungary Romania Egypt Kenya Ghana
        Morocco Nigeria India Nepal Vietnam Thailand Indonesia Australia Canada Mexico Cuba Brazil Peru Chile Argentina Bolivia Ecuador
        """);

    public static string[] Streets { get; } = List("""
        Main Street, Park Road, High Street, Mill Lane, Church Street, Station Road, King Street, Queen Street, Bridge Street, Garden Road, Hill Road, Lake Drive, River Road, Oak Avenue,
        Elm Street, Maple Avenue, Pine Street, Cedar Lane, Rose Street, Market Street, Harbor Road, School Lane, North Road, South Street, West Avenue, East Lane, Forest Road, Green Lane,
        Castle Street, Tower Road, Windmill Lane, Meadow Road, Sunset Drive, Spring Street, Orchard Road, Abbey Road, Canal Street, Victoria Road, Union Street, Water Lane
        """);

    public static string[] Companies { get; } = List("""
        Acme, Globex, Nordwind, Blue River, Sunrise Foods, Alpha Tools, Delta Air, North Star, Red Fox Books, Silver Line, Green Field Farms, Iron Works, Bright Light, Ocean Post,
        Stone Bridge Bank, Falcon Motors, Maple Media, Quick Print, Royal Tea, Apex Travel, Lighthouse Labs, Copper Kettle, Golden Gate Games, Evergreen Energy, Summit Sports, Clearwater,
        Bluebird Bakery, Harbor Hotel, Pioneer Paint, Orion Optics, Vega Systems, Cobalt Cloud, Willow Wood, Rapid Rail, Tidal Trade, Zenith Zoo, Polar Pumps, Union Wool
        """);

    public static string[] Places { get; } = List("""
        market, park, station, library, museum, school, beach, harbor, cinema, theater, zoo, bakery, bank, post office, hospital, airport, church, town hall, swimming pool, gym, farm, mill,
        castle, forest, lake, river, shop, cafe, hotel, garden, tower, bridge, factory, office, stadium, bus stop, book shop, flower shop, train station, old mill, city park, fish market
        """);

    public static string[] Rooms { get; } = Of("kitchen bedroom bathroom hall garage office garden attic cellar study nursery library pantry balcony basement porch");

    private static string[] Of(string words) => words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static string[] List(string phrases) => phrases.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
