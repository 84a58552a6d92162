using static NemotronSharp.Training.Data.Tasks.Words;

namespace NemotronSharp.Training.Data.Tasks;

/// <summary>The kinds of tools that pico sees in training. Everyday ones are written out; look-ups and actions on things are combined from word lists.</summary>
internal static class ToolCatalog
{
    private static readonly ParameterKind _city = new("string", ["city", "location", "place", "town", "name"], ["The city.", "City name.", "The name of the city, e.g. Paris."], c => Invent(c, Cities));
    private static readonly ParameterKind _from = new("string", ["from", "origin", "start", "source"], ["Where it starts.", "The first city."], c => Invent(c, Cities));
    private static readonly ParameterKind _to = new("string", ["to", "destination", "end", "target"], ["Where it ends.", "The second city."], c => Invent(c, Cities));
    private static readonly ParameterKind _person = new("string", ["name", "person", "to", "recipient", "contact", "user"], ["The person.", "Name of the person."], c => c.Random.Chance(80) ? c.Person() : Capital(Invented(c.Random)));
    private static readonly ParameterKind _text = new("string", ["text", "message", "body", "content"], ["The text.", "What to say."], Text);
    private static readonly ParameterKind _title = new("string", ["title", "name", "text", "task"], ["The title.", "What it is about."], Title);
    private static readonly ParameterKind _query = new("string", ["query", "q", "text", "topic"], ["What to look for.", "The search text."], c => c.Random.Chance(50) ? Title(c) : Invent(c, Topics));
    private static readonly ParameterKind _word = new("string", ["word", "text", "term"], ["The word."], c => Invent(c, Things));
    private static readonly ParameterKind _item = new("string", ["item", "thing", "product", "name"], ["The item."], c => Invent(c, Things));
    private static readonly ParameterKind _minutes = new("integer", ["minutes", "duration", "length", "time"], ["Number of minutes.", "Minutes."], c => c.Random.Between(1, 90).ToString());
    private static readonly ParameterKind _time = new("string", ["time", "at", "when"], ["The time, e.g. 7:30."], c => $"{c.Random.Between(1, 23)}:{c.Random.Pick("00", "15", "30", "45")}");
    private static readonly ParameterKind _day = new("string", ["day", "date", "when"], ["The day."], c => c.Random.Pick(Days));
    private static readonly ParameterKind _a = new("integer", ["a", "x", "first", "left"], ["The first number."], Number);
    private static readonly ParameterKind _b = new("integer", ["b", "y", "second", "right"], ["The second number."], Number);
    private static readonly ParameterKind _count = new("integer", ["count", "number", "amount", "people", "quantity"], ["How many."], c => c.Random.Between(1, 20).ToString());
    private static readonly ParameterKind _amount = new("integer", ["amount", "value", "number"], ["The amount."], c => c.Random.Between(1, 999).ToString());
    private static readonly ParameterKind _degrees = new("integer", ["degrees", "temperature", "value"], ["Degrees."], c => c.Random.Between(5, 35).ToString());
    private static readonly ParameterKind _language = new("string", ["language", "to", "target"], ["The language."], c => c.Random.Pick(Languages));
    private static readonly ParameterKind _room = new("string", ["room", "place", "name"], ["The room."], c => c.Random.Pick(Rooms));
    private static readonly ParameterKind _state = new("string", ["state", "power", "value"], ["on or off."], c => c.Random.Pick("on", "off"), ["on", "off"]);
    private static readonly ParameterKind _food = new("string", ["dish", "food", "name", "item"], ["The dish."], c => Invent(c, Foods));
    private static readonly ParameterKind _size = new("string", ["size"], ["The size."], c => c.Random.Pick("small", "medium", "large"), ["small", "medium", "large"]);
    private static readonly ParameterKind _file = new("string", ["path", "file", "name", "filename"], ["The file.", "Path of the file."], c => $"{Invent(c, Things)}.{c.Random.Pick("txt", "md", "csv", "json", "log")}");
    private static readonly ParameterKind _song = new("string", ["song", "title", "name", "track"], ["The song."], c => Capital(c.Random.Pick(Adjectives)) + " " + Capital(Invent(c, Things)));
    private static readonly ParameterKind _topic = new("string", ["topic", "subject", "about"], ["The topic."], c => Invent(c, Topics));

    /// <summary>Every kind that can be drawn by weight.</summary>
    public static ToolKind[] Kinds { get; } = [.. Everyday(), .. LookUps(), .. Actions()];

    private static readonly int _totalWeight = Kinds.Sum(k => k.Weight);

    /// <summary>Draws a kind that has a name on this side of the split.</summary>
    public static ToolKind Draw(TaskContext context)
    {
        while (true)
        {
            var kind = DrawAny(context.Random);
            if (kind.Names.Any(context.Split.Function)) return kind;
        }
    }

    private static ToolKind DrawAny(SeededRandom random)
    {
        int roll = random.Next(_totalWeight), at = 0;
        while (roll >= Kinds[at].Weight) roll -= Kinds[at++].Weight;
        return Kinds[at];
    }

    private static IEnumerable<ToolKind> Everyday() =>
    [
        new(220, Names("get_weather weather current_weather get_current_weather weather_lookup fetch_weather getWeather check_weather weather_now show_weather city_weather weather_report"),
            ["Get the current weather for a city.", "Returns the weather of a city.", "Get the weather in a given place.", "Current weather."], [_city],
            ["What is the weather in {0}?", "What is the weather in {0}?", "What's the weather in {0}?", "what is the weather in {0}?", "What is the weather like in {0}?", "How is the weather in {0}?", "Weather in {0}?", "weather in {0}", "Tell me the weather in {0}.", "Can you check the weather in {0}?", "Is it raining in {0}?", "Is it cold in {0}?", "What's the weather like in {0} today?"],
            Weather, ["And in {0}?", "And {0}?", "What about {0}?", "and in {0}?"]),
        new(60, Names("get_forecast forecast weather_forecast day_forecast getForecast fetch_forecast"), ["Get the weather forecast for a city and a day.", "Weather forecast."], [_city, _day],
            ["What will the weather be in {0} on {1}?", "Weather forecast for {0} on {1}.", "How will the weather be in {0} on {1}?"], Weather),
        new(80, Names("get_time current_time time_in getTime get_local_time time_lookup clock world_clock"), ["Get the current time in a city.", "Returns the local time of a place."], [_city],
            ["What time is it in {0}?", "What is the time in {0}?", "what time is it in {0}", "Tell me the time in {0}.", "How late is it in {0}?"],
            (r, v) => { string t = $"{r.Between(0, 23)}:{r.Between(10, 59)}"; return Field(r, "time", t, $"It is {t} in {v[0]}."); }, ["And in {0}?", "And {0}?", "What about {0}?"]),
        new(60, Names("add add_numbers sum calc_sum addNumbers plus"), ["Add two numbers.", "Returns the sum of two numbers."], [_a, _b],
            ["What is {0} + {1}?", "What is {0} plus {1}?", "Add {0} and {1}.", "{0} + {1}", "How much is {0} + {1}?"],
            (r, v) => { string s = (int.Parse(v[0]) + int.Parse(v[1])).ToString(); return Field(r, "result", s, $"{v[0]} + {v[1]} = {s}."); }),
        new(50, Names("multiply multiply_numbers product times mul calc_product"), ["Multiply two numbers.", "Returns the product of two numbers."], [_a, _b],
            ["What is {0} times {1}?", "Multiply {0} by {1}.", "What is {0} * {1}?", "How much is {0} times {1}?"],
            (r, v) => { string s = (int.Parse(v[0]) * int.Parse(v[1])).ToString(); return Field(r, "result", s, $"{v[0]} times {v[1]} is {s}."); }),
        new(60, Names("send_message message_send sendMessage text_person write_message send_text message"), ["Send a message to a person.", "Sends a text message."], [_person, _text],
            ["Send a message to {0}: {1}", "Tell {0}: {1}", "Write to {0}: {1}", "Message {0}: {1}", "Send {0} this message: {1}"], Done),
        new(50, Names("send_email email mail_send sendEmail write_email mail"), ["Send an email.", "Writes an email to a person."], [_person, _text],
            ["Send an email to {0}: {1}", "Email {0}: {1}", "Write an email to {0} that says: {1}"], Done),
        new(40, Names("call_person phone_call call make_call dial callPerson"), ["Call a person by phone.", "Starts a phone call."], [_person], ["Call {0}.", "Please call {0}.", "I want to talk to {0}.", "Phone {0}."], Done),
        new(60, Names("set_timer start_timer timer setTimer new_timer countdown"), ["Set a timer.", "Starts a timer for some minutes."], [_minutes],
            ["Set a timer for {0} minutes.", "Start a timer for {0} minutes.", "Timer for {0} minutes.", "Wake me in {0} minutes.", "set a timer for {0} minutes"], Done),
        new(50, Names("set_alarm alarm new_alarm setAlarm wake_up add_alarm"), ["Set an alarm.", "Sets an alarm at a time."], [_time], ["Set an alarm for {0}.", "Wake me at {0}.", "Alarm at {0}.", "I must get up at {0}."], Done),
        new(50, Names("add_reminder remind create_reminder remind_me new_reminder addReminder"), ["Create a reminder.", "Reminds the user of something."], [_title, _time],
            ["Remind me to {0} at {1}.", "Reminder: {0} at {1}.", "Please remind me at {1} to {0}."], Done),
        new(40, Names("create_event add_event new_event calendar_add createEvent schedule plan_event"), ["Add an event to the calendar.", "Creates a calendar event."], [_title, _day],
            ["Add {0} to my calendar on {1}.", "Schedule {0} on {1}.", "Create an event: {0} on {1}.", "Plan {0} for {1}."], Done),
        new(50, Names("add_task add_todo create_task new_task todo_add addTask"), ["Add a task to the to-do list.", "Creates a task."], [_title], ["Add a task: {0}.", "Add {0} to my tasks.", "New task: {0}.", "I have to {0}. Add it to the list."], Done),
        new(40, Names("add_to_list shopping_add buy_later add_item addItem list_add"), ["Add an item to the shopping list."], [_item], ["Add {0} to the shopping list.", "Put {0} on my shopping list.", "I need to buy {0}. Add it to the list."], Done),
        new(50, Names("play_song play play_music start_song playSong music_play"), ["Play a song.", "Plays music."], [_song], ["Play {0}.", "Play the song {0}.", "I want to hear {0}.", "Please play {0}."], Done),
        new(70, Names("search web_search search_web find search_internet google_it searchWeb lookup"), ["Search the web.", "Searches the internet for a text."], [_query],
            ["Search for {0}.", "Search the web for {0}.", "Find something about {0}.", "Look up {0}.", "search for {0}", "Search: {0}"],
            (r, v) => { int n = r.Between(2, 90); return Field(r, "results", n.ToString(), $"I found {n} results for {v[0]}."); }),
        new(50, Names("translate translate_text translation translateText to_language"), ["Translate a word into another language.", "Translates text."], [_word, _language],
            ["Translate {0} to {1}.", "Translate {0} into {1}.", "How do you say {0} in {1}?", "What is {0} in {1}?"],
            (r, v) => { string w = Invented(r); return Field(r, "translation", w, $"{Capital(v[0])} in {v[1]} is {w}."); }),
        new(30, Names("define define_word dictionary get_definition word_meaning"), ["Get the meaning of a word."], [_word], ["What does {0} mean?", "Define {0}.", "What is the meaning of {0}?"],
            (r, v) => { string w = r.Pick(Adjectives) + " " + r.Pick(Things); return Field(r, "meaning", "a " + w, $"{Capital(v[0])} means a {w}."); }),
        new(50, Names("set_light light switch_light light_switch setLight turn_light"), ["Turn a light on or off.", "Switches the light in a room."], [_room, _state],
            ["Turn {1} the light in the {0}.", "Switch {1} the {0} light.", "Turn the light in the {0} {1}.", "Light {1} in the {0}, please."], Done),
        new(40, Names("set_temperature heat_room thermostat set_heating setTemperature room_temperature"), ["Set the temperature of a room."], [_room, _degrees],
            ["Set the {0} to {1} degrees.", "Make the {0} {1} degrees warm.", "Set the temperature in the {0} to {1}."], Done),
        new(40, Names("book_table reserve_table table_booking reserve bookTable"), ["Book a table.", "Reserves a table in a restaurant."], [_count, _time],
            ["Book a table for {0} people at {1}.", "Reserve a table for {0} at {1}.", "I need a table for {0} people at {1}."], Done),
        new(40, Names("order_food order order_meal food_order orderFood"), ["Order food.", "Orders a dish in a size."], [_food, _size], ["Order a {1} {0}.", "I want a {1} {0}.", "Please order one {1} {0}."], Done),
        new(40, Names("get_recipe find_recipe recipe recipe_search cook"), ["Find a recipe for a dish."], [_food], ["How do I cook {0}?", "Find a recipe for {0}.", "I want to make {0}.", "Recipe for {0}?"],
            (r, v) => { int n = r.Between(10, 90); return Field(r, "minutes", n.ToString(), $"I found a recipe for {v[0]}. It takes {n} minutes."); }),
        new(40, Names("get_distance distance how_far route_length getDistance"), ["Get the distance between two cities in km."], [_from, _to], ["How far is it from {0} to {1}?", "What is the distance from {0} to {1}?", "Distance between {0} and {1}?"],
            (r, v) => { int n = r.Between(20, 999); return Field(r, "km", n.ToString(), $"It is {n} km from {v[0]} to {v[1]}."); }),
        new(40, Names("find_train train_search search_trains book_train next_train"), ["Find a train between two cities."], [_from, _to], ["Find a train from {0} to {1}.", "When is the next train from {0} to {1}?", "I want to go from {0} to {1} by train."],
            (r, v) => { string t = $"{r.Between(5, 23)}:{r.Between(10, 59)}"; return Field(r, "departure", t, $"The next train from {v[0]} to {v[1]} leaves at {t}."); }),
        new(40, Names("book_flight find_flight flight_search search_flights flights"), ["Find a flight between two cities."], [_from, _to], ["Find a flight from {0} to {1}.", "Book a flight from {0} to {1}.", "I want to fly from {0} to {1}."],
            (r, v) => { int n = r.Between(40, 900); return Field(r, "price", n.ToString(), $"There is a flight from {v[0]} to {v[1]} for {n}."); }),
        new(50, Names("read_file open_file get_file file_read readFile cat load_file"), ["Read a file.", "Returns the text of a file."], [_file], ["Read {0}.", "Open the file {0}.", "What is in {0}?", "Show me {0}.", "read the file {0}"],
            (r, v) => { string w = $"the {r.Pick(Adjectives)} {r.Pick(Things)}"; return (w, $"The file {v[0]} says: {w}"); }),
        new(30, Names("delete_file remove_file file_delete deleteFile erase_file"), ["Delete a file."], [_file], ["Delete {0}.", "Remove the file {0}.", "Please delete the file {0}."], Done),
        new(30, Names("write_file save_file create_file writeFile file_write"), ["Write a text to a file."], [_file, _text], ["Write to {0}: {1}", "Save this in {0}: {1}", "Create the file {0} with: {1}"], Done),
        new(40, Names("get_news news latest_news news_about getNews headlines"), ["Get the latest news about a topic."], [_topic], ["What is the news about {0}?", "Any news on {0}?", "Show me the news about {0}.", "News about {0}."],
            (r, v) => { string w = $"{Capital(r.Pick(Adjectives))} {r.Pick(Things)} in {r.Pick(Cities)}"; return Field(r, "headline", w, $"The news about {v[0]}: {w}."); }),
        new(30, Names("roll_dice dice throw_dice rollDice roll"), ["Roll a dice.", "Throws a dice."], [], ["Roll a dice.", "Throw a dice.", "Please roll the dice.", "roll a dice"],
            (r, v) => { int n = r.Between(1, 6); return Field(r, "value", n.ToString(), $"The dice shows {n}."); }),
        new(30, Names("get_date today current_date getDate date_today"), ["Get today's date."], [], ["What is the date today?", "What day is it?", "Which day is today?", "what is today's date?"],
            (r, v) => { string d = $"{r.Pick(Months)} {r.Between(1, 28)}"; return Field(r, "date", d, $"Today is {d}."); }),
        new(40, Names("convert_money convert currency_convert exchange convertMoney"), ["Convert dollars to euros."], [_amount], ["How much is {0} dollars in euros?", "Convert {0} dollars to euros.", "{0} dollars in euros?"],
            (r, v) => { int n = r.Between(1, 999); return Field(r, "euros", n.ToString(), $"{v[0]} dollars are {n} euros."); }),
    ];

    // get_train_price(train): every attribute with every kind of thing, so that names must be copied, not remembered.
    private static IEnumerable<ToolKind> LookUps()
    {
        string[] kinds = [
            "train", "book", "order", "user", "room", "car", "ticket", "product", "house", "team", "game", "ship", "package", "student", "machine", "account", "bus", "shop", "hotel", "song",
            "movie", "plane", "river", "mountain", "school", "country", "phone", "bike", "dog", "horse", "tree", "planet", "star", "museum", "bank", "park", "bridge", "lamp", "printer", "server",
        ];
        string[] attributes = ["price", "color", "owner", "status", "weight", "size", "name", "age", "score", "rating", "number", "address", "date", "place", "code", "level", "height", "length", "speed", "year"];
        foreach (string kind in kinds)
            foreach (string attribute in attributes)
            {
                var id = new ParameterKind("string", [kind, $"{kind}_id", "id", "name", $"{kind}_name"], [$"The {kind}.", $"Id of the {kind}."], Id);
                yield return new(2, [$"get_{kind}_{attribute}", $"find_{kind}_{attribute}", $"{kind}_{attribute}", $"lookup_{attribute}", $"get_{attribute}", $"show_{kind}_{attribute}", $"{attribute}_of_{kind}", $"get{Capital(kind)}{Capital(attribute)}"],
                    [$"Get the {attribute} of {A(kind)}.", $"Returns the {attribute} of {A(kind)}.", $"Look up the {attribute} of {A(kind)}."], [id],
                    [$"What is the {attribute} of {kind} {{0}}?", $"Find the {attribute} of {kind} {{0}}.", $"Tell me the {attribute} of the {kind} {{0}}.", $"{Capital(attribute)} of {kind} {{0}}?", $"Get the {attribute} for {kind} {{0}}.", $"I need the {attribute} of {kind} {{0}}."],
                    (r, v) =>
                    {
                        string value = attribute switch
                        {
                            "color" => r.Pick(Colors),
                            "owner" or "name" => r.Pick(People),
                            "status" => r.Pick("open", "closed", "ready", "late", "lost", "sold", "new"),
                            "address" or "place" => r.Pick(Cities),
                            "date" => $"{r.Pick(Months)} {r.Between(1, 28)}",
                            _ => r.Between(1, 999).ToString(),
                        };
                        return Field(r, attribute, value, $"The {attribute} of {kind} {v[0]} is {value}.");
                    });
            }
    }

    // lock_door(door): an action on a named thing.
    private static IEnumerable<ToolKind> Actions()
    {
        string[] verbs = ["open", "close", "start", "stop", "delete", "buy", "sell", "clean", "check", "print", "move", "lock", "save", "show", "update", "cancel", "repair", "paint", "share", "copy"];
        string[] kinds = ["door", "window", "machine", "robot", "order", "ticket", "report", "account", "box", "page", "job", "server", "list", "note", "camera", "car", "engine", "game", "file", "photo", "video", "folder", "gate", "bike", "song", "printer", "phone", "plan"];
        foreach (string verb in verbs)
            foreach (string kind in kinds)
            {
                var id = new ParameterKind("string", [kind, $"{kind}_id", "id", "name"], [$"The {kind}.", $"Which {kind}."], Id);
                yield return new(2, [$"{verb}_{kind}", $"{kind}_{verb}", $"{verb}{Capital(kind)}", $"do_{verb}_{kind}", $"{verb}_a_{kind}", $"{verb}_the_{kind}"],
                    [$"{Capital(verb)} {A(kind)}.", $"Use this to {verb} {A(kind)}."], [id],
                    [$"{Capital(verb)} {kind} {{0}}.", $"Please {verb} {kind} {{0}}.", $"{Capital(verb)} the {kind} {{0}}.", $"Can you {verb} {kind} {{0}}?", $"I want to {verb} {kind} {{0}}."], Done);
            }
    }

    private static (string, string) Weather(SeededRandom random, string[] values)
    {
        string sky = random.Pick("sunny", "rainy", "cloudy", "windy", "clear", "foggy", "snowy");
        string degrees = random.Between(-9, 35) + (random.Chance(10) ? $".{random.Between(1, 9)}" : "");
        string temperature = random.Pick("temperature", "temperature", "temp", "degrees", "temp_c"), condition = random.Pick("condition", "condition", "weather", "sky", "description");
        string when = values.Length > 1 ? $" on {values[1]}" : "";
        string answer = $"It is {degrees} degrees and {sky} in {values[0]}{when}.";
        return random.Next(5) switch
        {
            0 => ($"{degrees} degrees, {sky}", answer),
            1 => ($"{{\"{temperature}\": {degrees}, \"{condition}\": \"{sky}\"}}", answer),
            2 => ($"{{\"{condition}\": \"{sky}\", \"{temperature}\": {degrees}}}", answer),
            3 => ($"{{\"city\": \"{values[0]}\", \"{temperature}\": {degrees}, \"{condition}\": \"{sky}\"}}", answer),
            _ => random.Chance(50) ? (sky, $"It is {sky} in {values[0]}{when}.") : ($"{{\"temperature\": {degrees}}}", $"It is {degrees} degrees in {values[0]}{when}."),
        };
    }

    private static (string, string) Done(SeededRandom random, string[] values) =>
        (random.Pick("ok", "done", "{\"status\": \"ok\"}", "{\"success\": true}", "{\"result\": \"done\"}"), "Done.");

    private static (string, string) Field(SeededRandom random, string key, string value, string answer)
    {
        bool number = int.TryParse(value, out _);
        string json = number ? value : $"\"{value}\"";
        return (random.Next(3) switch { 0 => value, 1 => $"{{\"{key}\": {json}}}", _ => $"{{\"{(random.Chance(50) ? "result" : "value")}\": {json}}}" }, answer);
    }

    private static string Invent(TaskContext context, string[] known) =>
        context.Random.Chance(78) ? context.Random.Pick(known) : known == Cities ? Capital(Invented(context.Random)) : Invented(context.Random);

    private static string Number(TaskContext context) => (context.Random.Chance(40) ? context.Random.Between(1, 9) : context.Random.Between(10, 999)).ToString();

    private static string Id(TaskContext context) => context.Random.Next(4) switch
    {
        0 => context.Random.Between(1, 999).ToString(),
        1 => $"{(char)('A' + context.Random.Next(26))}{context.Random.Between(1, 99)}",
        2 => Capital(Invented(context.Random)),
        _ => Capital(context.Random.Pick(Things)),
    };

    private static string Title(TaskContext context)
    {
        var random = context.Random;
        return random.Next(5) switch
        {
            0 => $"buy {random.Pick(Things)}",
            1 => $"{random.Pick(Adjectives)} {random.Pick(Things)}",
            2 => $"{random.Pick("call", "meet", "visit", "help")} {context.Person()}",
            3 => $"clean the {random.Pick(Rooms)}",
            _ => $"{random.Pick(Topics)} {random.Pick("lesson", "meeting", "game", "class", "show")}",
        };
    }

    private static string Text(TaskContext context)
    {
        var random = context.Random;
        return random.Next(5) switch
        {
            0 => random.Pick("Hello!", "I am late.", "See you soon.", "Thank you!", "Good luck!", "I am home.", "Call me back.", "Happy birthday!"),
            1 => $"See you on {random.Pick(Days)}.",
            2 => $"The {random.Pick(Things)} is {random.Pick(Adjectives)}.",
            3 => $"Please bring the {random.Pick(Things)}.",
            _ => $"I am in {random.Pick(Cities)}.",
        };
    }

    private static string A(string noun) => ("aeio".Contains(noun[0]) ? "an " : "a ") + noun;

    private static string[] Names(string names) => names.Split(' ');
}
