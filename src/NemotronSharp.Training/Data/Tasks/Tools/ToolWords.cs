namespace NemotronSharp.Training.Data.Tasks.Tools;

/// <summary>Verbs that mean the same for a tool.</summary>
/// <param name="Family">Verbs of one family are too close to be told apart on the same object.</param>
/// <param name="Reports">Whether the tool answers with what it found.</param>
/// <param name="Makes">Whether the object is new, so that nothing tells which one is meant.</param>
internal sealed record Verb(string Family, string[] Names, bool Reports, bool Makes);

/// <summary>An object of tools, and the field it belongs to.</summary>
internal sealed record Noun(string Domain, string[] Names);

/// <summary>The verbs and objects that composed tools are made of.</summary>
internal static class ToolWords
{
    /// <summary>family: synonyms / synonyms; "?" reports what it finds, "+" makes a new object.</summary>
    public static Verb[] Verbs { get; } = [.. """
        ?look: get fetch show read / find search locate / list / check inspect verify test / count / track follow / view / describe
        +make: create make / add / register enter / generate build / draft
        remove: delete remove erase / drop / clear empty / discard
        change: update change edit modify / rename / adjust / correct
        send: send / forward / deliver / share / mail
        open: open / unlock
        close: close shut / lock
        start: start launch run / resume continue / activate enable
        stop: stop end halt / pause / deactivate disable / cancel
        book: book reserve / order buy purchase / rent hire
        sell: sell / auction
        fix: repair fix / replace / restore recover / reset
        clean: clean wash / polish
        move: move shift / transfer
        copy: copy duplicate clone / back_up
        print: print
        rate: rate review / bookmark
        approve: approve accept confirm
        reject: reject decline deny
        archive: archive store
        upload: upload / import
        download: download / export
        install: install
        measure: measure weigh
        paint: paint color / decorate
        pack: pack wrap / load fill
        unload: unpack unload
        pay: pay settle / refund
        plan: plan schedule / postpone delay
        assign: assign / invite
        block: block ban
        publish: publish
        hide: hide
        sign: sign
        renew: renew extend
        sort: sort / merge join / split
        translate: translate
        compare: compare
        convert: convert
        feed: feed / water
        cut: cut trim
        heat: heat warm / cool
        turn: turn rotate / raise lift / lower
        mark: mark flag / highlight
        mute: mute silence
        scan: scan
        charge: charge
        subscribe: subscribe / unsubscribe
        """.Split('\n').SelectMany(Verbs0)];

    public static Noun[] Nouns { get; } = [.. """
        shop: order / product article / invoice bill / cart / coupon voucher / receipt / package parcel / gift / customer client / supplier / price
        travel: flight / train / bus / taxi cab / hotel / trip journey / ticket / passport / visa / seat / suitcase / cruise / ferry / tour
        home: light lamp / door / window / heater / oven / fridge / curtain / alarm / camera / robot / vacuum / garage / sprinkler / fan / television
        office: meeting / task / project / report / contract / employee worker / team / desk / printer / badge / shift / deadline / folder / letter
        media: song track / playlist / movie film / photo picture / video / album / podcast / book / magazine / channel / episode / poster
        health: patient / doctor / appointment / medicine / prescription / vaccine / bed / diet / test_result / workout
        school: student pupil / teacher / course class / exam / lesson / grade / homework / library_card / quiz
        bank: account / card / loan / payment / balance / deposit / currency / stock share / budget / salary
        garden: plant / tree / flower / lawn / pond / greenhouse / seed / fence / tool_shed
        farm: cow / horse / field / tractor / harvest / barn / chicken
        city: street / bridge / park / museum / school / station / parking_spot / library / building / market
        server: server / database / backup / log / job / container / website page / password / user / user_group / certificate / file document / cluster / queue
        car: car vehicle / engine / tire / battery / garage_visit / licence / bike / truck / fuel_card
        kitchen: recipe / menu / table / kitchen / shopping_list / coffee_machine / dinner
        sport: match game / player / stadium / race / medal / league / ball / training_plan
        post: message / email / stamp / address / newsletter / comment / note memo / reminder / event / invitation
        factory: machine / pump / valve / sensor / drone / pallet / warehouse / crane / conveyor / blueprint / sample
        science: star / planet / experiment / rocket / telescope / island / river / mountain / storm_warning
        """.Split('\n').SelectMany(Nouns0)];

    public static string[] Domains { get; } = [.. Nouns.Select(n => n.Domain).Distinct()];

    /// <summary>"a ticket", "an order".</summary>
    public static string A(string noun) => ("aeio".Contains(noun[0]) ? "an " : "a ") + noun;

    private static IEnumerable<Verb> Verbs0(string line)
    {
        string[] parts = line.Split(':');
        string family = parts[0].Trim('?', '+', ' ');
        return Classes(parts[1]).Select(names => new Verb(family, names, parts[0].Contains('?'), parts[0].Contains('+')));
    }

    private static IEnumerable<Noun> Nouns0(string line)
    {
        string[] parts = line.Split(':');
        return Classes(parts[1]).Select(names => new Noun(parts[0].Trim(), names));
    }

    private static IEnumerable<string[]> Classes(string text) =>
        text.Split('/').Select(c => c.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => w.Replace('_', ' ')).ToArray());
}
