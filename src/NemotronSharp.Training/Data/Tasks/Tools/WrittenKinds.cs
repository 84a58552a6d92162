using static NemotronSharp.Training.Data.Tasks.Tools.ValueKinds;

namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>Everyday tools, written by hand: texts are parted by "|".</summary>
internal static class WrittenKinds
{
    /// <summary>The subject of tools that calculate: with one on offer, a sum is a call.</summary>
    public const string Calculation = "calculation";

    public static WrittenKind[] All { get; } =
    [
        Kind("weather", "weather", "get the weather", "get weather|current weather|weather|fetch weather|check weather|weather lookup|get current weather|weather now",
            "Get the current weather for a city.|Returns the weather of a city.|Current weather.|Get the weather in a given place.", [City],
            "What is the weather in {0}?|What's the weather in {0}?|What is the weather like in {0}?|How is the weather in {0}?|Weather in {0}?|Tell me the weather in {0}.|Can you check the weather in {0}?|Is it raining in {0}?|Is it cold in {0}?|What's the weather like in {0} today?",
            "temperature degrees|condition sky", "It is {temperature} degrees and {condition} in {0}."),
        Kind("weather", "weather", "get the forecast", "get forecast|weather forecast|forecast|day forecast|fetch forecast", "Get the weather forecast for a city and a day.|Weather forecast.", [City, Day],
            "What will the weather be in {0} on {1}?|Weather forecast for {0} on {1}.|How will the weather be in {0} on {1}?|Will it rain in {0} on {1}?", "temperature degrees|condition sky", "On {1} it will be {temperature} degrees and {condition} in {0}."),
        Kind("clock", "time", "get the time", "get time|current time|time in|get local time|clock|world clock", "Get the current time in a city.|Returns the local time of a place.", [City],
            "What time is it in {0}?|What is the time in {0}?|Tell me the time in {0}.|How late is it in {0}?|Current time in {0}?", "time time", "It is {time} in {0}."),
        Kind(Calculation, "math", "add two numbers", "add|add numbers|sum|calc sum|plus|sum two", "Add two numbers.|Returns the sum of two numbers.", [First, Second],
            "What is {0} + {1}?|What is {0} plus {1}?|Add {0} and {1}.|{0} + {1}|How much is {0} + {1}?", "result sum", "{0} + {1} = {result}."),
        Kind(Calculation, "math", "multiply two numbers", "multiply|multiply numbers|product|times|calc product", "Multiply two numbers.|Returns the product of two numbers.", [First, Second],
            "What is {0} times {1}?|Multiply {0} by {1}.|What is {0} * {1}?|How much is {0} times {1}?", "result product", "{0} times {1} is {result}."),
        Kind("message", "chat", "send a message", "send message|message send|text person|write message|send text|post message", "Send a message to a person.|Sends a text message.", [Recipient, Message],
            "Send a message to {0}: {1}|Tell {0}: {1}|Write to {0}: {1}|Message {0}: {1}|Send {0} this message: {1}|Send the message {1} to {0}.|Text {0} that says {1}.", "", null),
        Kind("email", "mail", "send an email", "send email|email|mail send|write email|compose mail", "Send an email.|Writes an email to an address.", [Mail, Message],
            "Send an email to {0}: {1}|Email {0}: {1}|Write an email to {0} that says {1}.|Send a mail to {0} with the text {1}.", "", null),
        Kind("call", "phone", "call a person", "call person|phone call|make call|dial|start call", "Call a person by phone.|Starts a phone call.", [Person], "Call {0}.|Please call {0}.|I want to talk to {0}.|Phone {0}.|Give {0} a call.", "", null),
        Kind("timer", "clock", "set a timer", "set timer|start timer|timer|new timer|countdown", "Set a timer.|Starts a timer for some minutes.", [Minutes],
            "Set a timer for {0} minutes.|Start a timer for {0} minutes.|Timer for {0} minutes.|Tell me when {0} minutes are over.", "", null),
        Kind("alarm", "clock", "set an alarm", "set alarm|alarm|new alarm|wake up|add alarm", "Set an alarm.|Sets an alarm at a time.", [Time], "Set an alarm for {0}.|Wake me at {0}.|Alarm at {0}.|I must get up at {0}.", "", null),
        Kind("reminder", "calendar", "set a reminder", "add reminder|remind|create reminder|remind me|set reminder", "Create a reminder.|Reminds the user of something.", [Message, Time],
            "Remind me at {1}: {0}|Reminder at {1}: {0}|Remind me of {0} at {1}.|Set a reminder {0} for {1}.", "", null),
        Kind("event", "calendar", "create an event", "create event|add event|new event|calendar add|schedule event", "Add an event to the calendar.|Creates a calendar event.", [Title, Date],
            "Add {0} to my calendar on {1}.|Schedule the event {0} on {1}.|Create an event {0} on {1}.|Plan the event {0} for {1}.|Put {0} into the calendar for {1}.", "", null),
        Kind("event", "calendar", "list the events", "list events|show calendar|get agenda|day plan|calendar list", "List the events of a day.|Shows the calendar of a day.", [Date],
            "What is in my calendar on {0}?|Show my events on {0}.|What events are on {0}?|List the events of {0}.", "events titles", null),
        Kind("task", "todo", "add a task", "add task|add todo|create task|new task|todo add", "Add a task to the to-do list.|Creates a task.", [Message], "Add a task: {0}|Add {0} to my tasks.|New task: {0}|Put the task {0} on the list.", "", null),
        Kind("shopping list", "shop", "add to the shopping list", "add to list|shopping add|buy later|add item|list add", "Add an item to the shopping list.", [Item], "Add {0} to the shopping list.|Put {0} on my shopping list.|I need to buy {0}, add it to the list.", "", null),
        Kind("song", "music", "play a song", "play song|play|play music|start song|music play", "Play a song.|Plays music.", [Title], "Play {0}.|Play the song {0}.|I want to hear {0}.|Please play {0}.|Put on {0}.", "", null),
        Kind("search", "web", "search the web", "search|web search|search web|find online|search internet|lookup", "Search the web.|Searches the internet for a text.", [Query],
            "Search for {0}.|Search the web for {0}.|Find something about {0} on the web.|Look up {0}.|Search: {0}", "results titles", null),
        Kind("translation", "language", "translate a word", "translate|translate text|translation|to language|translate word", "Translate a word into another language.|Translates text.", [Word, Language],
            "Translate {0} to {1}.|Translate {0} into {1}.|How do you say {0} in {1}?|What is {0} in {1}?", "translation word", "{0} in {1} is {translation}."),
        Kind("dictionary", "language", "define a word", "define|define word|dictionary|get definition|word meaning", "Get the meaning of a word.|Defines a word.", [Word], "What does {0} mean?|Define {0}.|What is the meaning of {0}?", "meaning item", "{0} means {meaning}."),
        Kind("light", "home", "switch the light", "set light|light|switch light|light switch|turn light", "Turn a light on or off.|Switches the light in a room.", [Room, Power],
            "Turn {1} the light in the {0}.|Switch {1} the {0} light.|Turn the light in the {0} {1}.|Light {1} in the {0}, please.", "", null),
        Kind("heating", "home", "set the temperature", "set temperature|heat room|thermostat|set heating|room temperature", "Set the temperature of a room.", [Room, Degrees],
            "Set the {0} to {1} degrees.|Make the {0} {1} degrees warm.|Set the temperature in the {0} to {1}.", "", null),
        Kind("volume", "music", "set the volume", "set volume|volume|change volume|audio volume", "Set the volume.|Sets how loud the music is.", [Percent], "Set the volume to {0} percent.|Volume {0}.|Make it {0} percent loud.", "", null),
        Kind("table", "restaurant", "book a table", "book table|reserve table|table booking|make reservation", "Book a table.|Reserves a table in a restaurant.", [Place, People, Time],
            "Book a table at {0} for {1} people at {2}.|Reserve a table for {1} at {0} at {2}.|I need a table for {1} people in {0} at {2}.|Table for {1} at {0}, {2}.", "confirmation id", "The table is booked: {confirmation}."),
        Kind("food", "delivery", "order food", "order food|order|order meal|food order|order dish", "Order food.|Orders a dish in a size.", [Dish, Size], "Order a {1} {0}.|I want a {1} {0}.|Please order one {1} {0}.|One {1} {0}, please.", "", null),
        Kind("recipe", "kitchen", "find a recipe", "get recipe|find recipe|recipe|recipe search|cook", "Find a recipe for a dish.", [Dish], "How do I cook {0}?|Find a recipe for {0}.|I want to make {0}, find a recipe.|Recipe for {0}?", "minutes minutes", "I found a recipe for {0}. It takes {minutes} minutes."),
        Kind("route", "maps", "get the distance", "get distance|distance|how far|route length|measure distance", "Get the distance between two cities in km.", [From, To],
            "How far is it from {0} to {1}?|What is the distance from {0} to {1}?|Distance between {0} and {1}?", "km number", "It is {km} km from {0} to {1}."),
        Kind("train", "travel", "find a train", "find train|train search|search trains|next train", "Find a train between two cities.", [From, To],
            "Find a train from {0} to {1}.|When is the next train from {0} to {1}?|I want to go from {0} to {1} by train.|Is there a train to {1} from {0}?", "departure time", "The next train from {0} to {1} leaves at {departure}."),
        Kind("flight", "travel", "find a flight", "find flight|flight search|search flights|get flights", "Find a flight between two cities.", [From, To, Date],
            "Find a flight from {0} to {1} on {2}.|I want to fly from {0} to {1} on {2}.|Search flights from {0} to {1} for {2}.|Any flight to {1} from {0} on {2}?", "flight id|price number", "Flight {flight} from {0} to {1} costs {price}."),
        Kind("hotel", "travel", "book a hotel", "book hotel|reserve hotel|hotel booking|book room", "Book a hotel.|Reserves a hotel in a city.", [City, Nights], "Book a hotel in {0} for {1} nights.|I need a hotel in {0} for {1} nights.|Reserve a hotel for {1} nights in {0}.", "hotel title|price number", "The hotel {hotel} in {0} costs {price}."),
        Kind("taxi", "travel", "order a taxi", "order taxi|call taxi|get cab|book ride|taxi", "Order a taxi.|Books a ride to an address.", [Address, Time], "Get me a taxi to {0} at {1}.|Order a taxi to {0} for {1}.|I need a ride to {0} at {1}.", "driver person", "{driver} will drive you."),
        Kind("file", "files", "read a file", "read file|open file|get file|file read|load file", "Read a file.|Returns the text of a file.", [FilePath], "Read {0}.|Open the file {0}.|What is in {0}?|Show me {0}.|Read the file {0}.", "text text", "The file {0} says: {text}"),
        Kind("file", "files", "delete a file", "delete file|remove file|file delete|erase file", "Delete a file.|Removes a file.", [FilePath], "Delete {0}.|Remove the file {0}.|Please delete the file {0}.", "", null),
        Kind("file", "files", "write a file", "write file|save file|create file|file write", "Write a text to a file.", [FilePath, Message], "Write {1} to {0}.|Save {1} in {0}.|Create the file {0} with the text {1}.", "", null),
        Kind("stock", "finance", "get the stock price", "get stock price|stock quote|share price|quote|stock lookup", "Get the price of a stock.|Current stock price.", [Ticker], "What is the stock price of {0}?|How much is {0} stock?|Price of {0} shares?|Stock quote for {0}.", "price number", "{0} is at {price}."),
        Kind("currency", "finance", "convert money", "convert currency|exchange|currency convert|convert money", "Convert an amount of money to another currency.", [Amount, Currency, Currency with { Noun = "second currency", Keys = ["to_currency", "to", "target", "into", "new_currency"] }],
            "Convert {0} {1} to {2}.|How much is {0} {1} in {2}?|Change {0} {1} into {2}.|What are {0} {1} in {2}?", "result number", "{0} {1} are {result} {2}."),
        Kind("payment", "bank", "send money", "send money|transfer money|pay person|make payment|transfer", "Send money to a person.|Transfers an amount.", [Amount, Recipient], "Send {0} euros to {1}.|Pay {1} {0} euros.|Transfer {0} to {1}.|Give {1} {0} euros.", "", null),
        Kind("balance", "bank", "get the balance", "get balance|account balance|check balance|balance", "Get the balance of an account.", [Account], "How much money is on account {0}?|What is the balance of {0}?|Check the balance of account {0}.|Balance of {0}?", "balance number", "The balance of {0} is {balance}."),
        Kind("unit", "units", "convert a length", "convert length|km to miles|length convert|to miles", "Convert km to miles.", [Distance], "How many miles are {0} km?|Convert {0} km to miles.|What is {0} km in miles?", "miles number", "{0} km are {miles} miles."),
        Kind("news", "news", "get the news", "get news|news|latest news|headlines|news search", "Get the latest news about a topic.", [Query], "What is the news about {0}?|Any news on {0}?|Show me the latest news about {0}.|News about {0}, please.", "headlines titles", null),
        Kind("score", "sports", "get the score", "get score|match score|game result|team score", "Get the score of a team's last game.", [Team], "How did {0} play?|What is the score of {0}?|Did {0} win?|Score of the {0} game?", "score score", "{0} played {score}."),
        Kind("package", "post", "track a package", "track package|package status|where is package|parcel tracking", "Track a package by its number.", [Id], "Where is package {0}?|Track {0}.|Has my parcel {0} arrived?|Where is my package {0}?", "status status|city city", "Package {0} is {status} in {city}."),
        Kind("random", "math", "roll dice", "roll dice|random number|dice roll|roll", "Roll dice.|Rolls some dice and returns the total.", [Count], "Roll {0} dice.|Throw {0} dice.|Please roll {0} dice for me.", "total number", "You rolled {total}."),
        Kind("contact", "contacts", "get a phone number", "get phone number|find contact|contact lookup|phone book", "Get the phone number of a person.|Looks a person up in the phone book.", [Person], "What is the phone number of {0}?|How can I reach {0}?|Find the number of {0}.", "phone phone", "The number of {0} is {phone}."),
        Kind("leave", "hr", "request leave", "request leave|book vacation|apply leave|time off|request holiday", "Request days off work.", [Date, Days], "I want {1} days off from {0}.|Request {1} days of leave from {0}.|Book vacation from {0} for {1} days.", "", null),
        Kind("holidays", "calendar", "list the holidays", "list holidays|get holidays|public holidays|holidays", "List the public holidays.|Returns all holidays of this year.", [], "What holidays are there?|Show me the holidays.|List the public holidays.|When are the holidays?", "holidays titles", null),
        Kind("door", "home", "lock the doors", "lock doors|lock house|secure house|lock all", "Lock all doors.|Locks the house.", [], "Lock the house.|Lock all doors.|Please lock the doors.|I am leaving, lock up.", "", null),
        Kind("battery", "device", "get the battery level", "get battery|battery level|battery status|power level", "Get the battery level of this device.", [], "How full is the battery?|Battery level?|What is the battery status?|Is the battery low?", "level level", "The battery is at {level} percent."),
        Kind("date", "time", "get the date", "get date|today|current date|date today", "Get the current date.|Returns the date of today.", [], "What is the date?|What day is it today?|Which date is today?|Today's date?", "date date", "Today is {date}."),
    ];

    private static WrittenKind Kind(string subject, string domain, string gist, string names, string descriptions, ValueKind[] takes, string requests, string fields, string? answer) =>
        new(subject, domain, gist, names.Split('|'), descriptions.Split('|'), takes, requests.Split('|'), [.. fields.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split(' ')).Select(f => (f[0], Field(f[1])))], answer);

    private static ResultDraw Field(string draw) => draw switch
    {
        "sum" => (_, v) => (int.Parse(v[0]!) + int.Parse(v[1]!)).ToString(),
        "product" => (_, v) => (int.Parse(v[0]!) * int.Parse(v[1]!)).ToString(),
        "degrees" => Any(Values.Number(1, 35)),
        "sky" => Any(Values.From("sunny", "rainy", "cloudy", "windy", "clear", "foggy", "snowy")),
        "time" => Any(Values.Time),
        "titles" or "title" => Any(Values.Title),
        "word" => Any(c => Words.Invented(c.Random)),
        "item" => Any(Values.Item),
        "id" => Any(Values.Id),
        "minutes" => Any(Values.Number(5, 90)),
        "level" => Any(Values.Number(1, 100)),
        "number" => Any(Values.Number(1, 999)),
        "person" => Any(Values.Person),
        "text" => Any(Values.Text),
        "status" => Any(Values.From("late", "lost", "ready", "waiting", "delivered", "packed")),
        "city" => Any(Values.City),
        "score" => Any(c => $"{c.Random.Between(0, 9)}-{c.Random.Between(0, 9)}"),
        "phone" => Any(Values.Phone),
        "date" => Any(Values.Date),
        _ => throw new ArgumentException($"no such field: {draw}", nameof(draw)),
    };

    private static ResultDraw Any(Func<TaskContext, string> draw) => (context, _) => draw(context);
}
