using static NemotronSharp.Training.Data.Tasks.Tools.Values;

namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>The kinds of values that tools take.</summary>
internal static class ValueKinds
{
    public static readonly ValueKind
        City = Text("city", "city location place town city_name", Values.City, "in {0}"),
        Person = Text("person", "person name contact user full_name", Values.Person, "for {0}"),
        Recipient = Text("recipient", "recipient to receiver contact person", Values.Person, "to {0}"),
        From = Text("start", "from origin start source departure_city", Values.City, "from {0}"),
        To = Text("destination", "to destination target end arrival_city", Values.City, "to {0}"),
        Date = Text("date", "date day when on_date start_date", Values.Date, "on {0}", "for {0}"),
        Day = Text("day", "day weekday date when", Values.From(Words.Days), "on {0}"),
        Time = Text("time", "time at start_time hour when", Values.Time, "at {0}"),
        Mail = Text("email address", "email mail email_address to address", Values.Mail, "to {0}"),
        Message = Free("text", "text message body content", "with the text {0}", "saying {0}", "that says {0}"),
        Note = Free("note", "note comment remark memo info"),
        Subject = Free("subject", "subject topic about headline", "about {0}"),
        Title = Text("title", "title name label", Values.Title, "called {0}", "named {0}"),
        Query = Text("search text", "query q search text term keyword", Values.Item, "for {0}"),
        Item = Text("item", "item product thing article", Values.Item),
        Word = Text("word", "word term text", Values.Word),
        FilePath = Text("path", "path file filename file_path", Values.Path),
        Folder = Text("folder", "folder directory target_folder", c => Values.Word(c), "in the folder {0}"),
        Id = Text("id", "id number code reference", Values.Id),
        Code = Text("code", "code pin voucher coupon promo_code", Values.Id, "with the code {0}"),
        Address = Text("address", "address street street_address", Values.Address, "at {0}"),
        Phone = Text("phone number", "phone phone_number number mobile", Values.Phone),
        Site = Text("web address", "url site link website", Values.Site),
        Language = Text("language", "language target_language lang", Values.From(Words.Languages), "in {0}"),
        Room = Text("room", "room area zone", Values.From([.. Words.Rooms, "living room", "dining room", "guest room", "meeting room"]), "in the {0}"),
        Dish = Text("dish", "dish food meal recipe", Values.From([.. Words.Foods, "apple pie", "fish soup", "fried rice", "tomato soup", "lemon cake", "chicken curry"])),
        Place = Text("venue", "venue restaurant hotel shop location", Values.Title, "at {0}"),
        Author = Text("author", "author artist writer creator", Values.Person, "by {0}"),
        Owner = Text("owner", "owner assignee manager responsible", Values.Person),
        Color = Text("color", "color colour shade", Values.From(Words.Colors)),
        Material = Text("material", "material surface fabric", Values.From("wood", "steel", "glass", "paper", "stone", "cotton", "wool", "gold", "silver", "plastic")),
        Team = Text("team", "team club group", Values.Title),
        Company = Text("company", "company brand supplier vendor", Values.Title, "from {0}"),
        Project = Text("project", "project workspace board", Values.Title, "in the project {0}"),
        Account = Text("account", "account account_id account_number", Values.Id),
        Currency = Text("currency", "currency money target_currency", Values.From("euros", "dollars", "pounds", "yen", "francs", "crowns")),
        Ticker = Text("symbol", "symbol ticker stock", c => new string([.. Enumerable.Range(0, c.Random.Between(3, 4)).Select(_ => (char)('A' + c.Random.Next(26)))])),
        Version = Text("version", "version release tag", c => $"{c.Random.Between(0, 9)}.{c.Random.Between(0, 20)}"),
        Count = Whole("count", "count number quantity amount", 1, 30),
        People = Whole("number of people", "people guests persons party_size", 1, 12, "for {0} people"),
        Minutes = Whole("minutes", "minutes duration length duration_minutes", 1, 120, "for {0} minutes"),
        Hours = Whole("hours", "hours duration_hours length", 1, 24, "for {0} hours"),
        Nights = Whole("nights", "nights stay number_of_nights", 1, 14, "for {0} nights"),
        Days = Whole("days", "days number_of_days duration_days", 1, 30, "for {0} days"),
        Amount = Whole("amount", "amount sum value total", 1, 999),
        Percent = Whole("percent", "percent level percentage volume", 1, 100, "at {0} percent"),
        Degrees = Whole("temperature", "temperature degrees temp", 5, 35),
        Page = Whole("page", "page page_number position", 1, 300),
        Limit = Whole("limit", "limit max max_results top", 1, 50),
        Age = Whole("age", "age years", 1, 99),
        Year = Whole("year", "year", 1950, 2029),
        Floor = Whole("floor", "floor level", 1, 20),
        Rating = Whole("rating", "rating stars score", 1, 5),
        Speed = Whole("speed", "speed rate", 1, 200),
        First = Whole("first number", "a x first left", 1, 999),
        Second = Whole("second number", "b y second right", 1, 999),
        Price = Fraction("price", "price cost fee max_price budget"),
        Weight = Fraction("weight", "weight mass kg"),
        Distance = Fraction("distance", "distance km radius"),
        Value = Fraction("value", "value number input x"),
        Power = Choice("state", "state power switch", "on", "off"),
        Size = Choice("size", "size format", "small", "medium", "large"),
        Priority = Choice("priority", "priority urgency importance", "low", "medium", "high"),
        Status = Choice("status", "status state", "open", "closed", "waiting", "done"),
        Unit = Choice("unit", "unit units scale", "celsius", "fahrenheit"),
        Class = Choice("class", "class travel_class category", "economy", "business", "first"),
        Mode = Choice("mode", "mode setting", "eco", "normal", "turbo"),
        Order = Choice("order", "order sort sort_by", "newest", "oldest", "cheapest"),
        Kind = Choice("type", "type kind category", "private", "public", "shared"),
        Method = Choice("method", "method pay_with payment", "card", "cash", "invoice"),
        Direction = Choice("direction", "direction way", "up", "down", "left", "right"),
        Frequency = Choice("frequency", "frequency repeat interval", "daily", "weekly", "monthly"),
        Tags = List("tags", "tags labels keywords"),
        Items = List("items", "items products ingredients things");

    /// <summary>Truth values: the key is all there is to say.</summary>
    public static readonly ValueKind[] Flags =
    [
        .. "gift_wrap insurance breakfast backup reminder sound subtitles heating parking delivery captions shuffle encryption notification express_shipping window_seat"
            .Split(' ').Select(key => new ValueKind("boolean", NameStyle.Spoken(key), [key], [], Values.From("true", "true", "false"))),
    ];

    /// <summary>What tells one object from another.</summary>
    public static readonly ValueKind[] Identities = [Id, Id, Title, Title, Person, Word, FilePath];

    /// <summary>What any tool may take besides.</summary>
    public static readonly ValueKind[] Details =
    [
        City, Person, Recipient, Date, Date, Day, Time, Mail, Message, Note, Subject, Title, Query, Item, FilePath, Folder, Code, Address, Phone, Site, Language, Room, Place,
        Author, Owner, Color, Material, Team, Company, Project, Account, Currency, Version, Count, People, Minutes, Hours, Nights, Days, Amount, Percent, Page, Limit,
        Age, Year, Floor, Rating, Speed, Price, Weight, Distance, Power, Size, Priority, Status, Class, Mode, Order, Kind, Method, Direction, Frequency, Tags, Items, .. Flags,
    ];

    private static ValueKind Text(string noun, string keys, Func<TaskContext, string> draw, params string[] phrases) => new("string", noun, keys.Split(' '), phrases, draw);

    private static ValueKind Whole(string noun, string keys, int low, int high, params string[] phrases) => new("integer", noun, keys.Split(' '), phrases, Number(low, high));

    private static ValueKind Fraction(string noun, string keys) => new("number", noun, keys.Split(' '), [], Values.Decimal);

    private static ValueKind Choice(string noun, string keys, params string[] choices) => new("string", noun, keys.Split(' '), [], Values.From(choices), choices);

    private static ValueKind List(string noun, string keys) => new("array", noun, keys.Split(' '), [], Values.List);

    private static ValueKind Free(string noun, string keys, params string[] phrases) => new("string", noun, keys.Split(' '), phrases, Values.Text, Quoted: true);
}
