namespace NemotronSharp.Training.Data.Tasks;

/// <summary>A question about a sentence.</summary>
/// <param name="Questions">Ways to ask.</param>
/// <param name="Answer">The whole answer.</param>
/// <param name="Value">The piece of the text that a right answer must contain.</param>
internal sealed record Ask(string[] Questions, string Answer, string Value)
{
    public static Ask Of(string questions, string answer, string value) => new(questions.Split('|'), answer, value);
}

/// <summary>Something a text can say of a person {N}, in several forms, with questions that fit each form.</summary>
internal sealed record Topic(string[] Forms, params Ask[] Asks)
{
    public Topic(string forms, params Ask[] asks) : this(forms.Split('|'), asks) { }

    /// <summary>The number of its first form among all forms.</summary>
    public int First { get; set; }

    public bool AboutPerson { get; } = Forms[0].Contains("{N}", StringComparison.Ordinal);
}

/// <summary>What the paragraphs tell. Every sixth form is only for evaluation.</summary>
internal static class Paragraphs
{
    public static Topic[] Topics { get; } = Number(
    [
        new("{N} lives in {city}.|{N} has a small house in {city}.|The home of {N} is in {city}.|{N} has lived in {city} for many years.|{N} moved to {city} last year.|For a long time {N} has been living in {city}.",
            Ask.Of("Where does {N} live?|In which city does {N} live?|Where is the home of {N}?", "{N} lives in {city}.", "{city}")),
        new("{N} is {a:job}.|{N} works as {a:job}.|By profession {N} is {a:job}.|{N} became {a:job} last spring.|{N} earns money as {a:job}.|Everybody knows that {N} is {a:job}.",
            Ask.Of("What is the job of {N}?|What does {N} do for work?", "{N} is {a:job}.", "{job}")),
        new("{N} has {a:animal} called {pet}.|{N} owns {a:animal} with the name {pet}.|{pet} is the {animal} of {N}.|{N} lives with {a:animal} named {pet}.|The {animal} of {N} is called {pet}.",
            Ask.Of("What is the name of the {animal} of {N}?|What is the {animal} of {N} called?|How is the {animal} of {N} called?", "The {animal} of {N} is called {pet}.", "{pet}"),
            Ask.Of("What animal does {N} have?|What kind of animal does {N} have?|Which animal does {N} have?", "{N} has {a:animal}.", "{animal}")),
        new("On {day} {N} went to the {place} with {M}.|{N} went to the {place} with {M} on {day}.|On {day} {N} and {M} walked to the {place}.|{N} visited the {place} with {M} on {day}.|It was {day}, and {N} went with {M} to the {place}.",
            Ask.Of("When did {N} go to the {place}?|On which day did {N} go to the {place}?", "{N} went to the {place} on {day}.", "{day}"),
            Ask.Of("Where did {N} go on {day}?|To what place did {N} go on {day}?", "{N} went to the {place}.", "{place}"),
            Ask.Of("Who went to the {place} with {N}?|With whom did {N} go to the {place}?|Who was with {N} at the {place}?", "{M} went with {N}.", "{M}")),
        new("{N} bought {num} {things} at the {place}.|At the {place} {N} bought {num} {things}.|{N} came back from the {place} with {num} {things}.|{N} paid for {num} {things} at the {place}.",
            Ask.Of("How many {things} did {N} buy?|What number of {things} did {N} buy?", "{N} bought {num} {things}.", "{num}"),
            Ask.Of("Where did {N} buy the {things}?|Where did {N} get the {things}?", "{N} bought the {things} at the {place}.", "{place}"),
            Ask.Of("What did {N} buy?|What did {N} buy at the {place}?", "{N} bought {num} {things}.", "{things}")),
        new("The favorite food of {N} is {food}.|{N} likes {food} more than any other food.|{N} eats {food} every week.|For dinner {N} likes {food} best.|{N} loves {food}.",
            Ask.Of("What is the favorite food of {N}?|What does {N} like to eat?|Which food does {N} like?", "{N} likes {food}.", "{food}")),
        new("In the morning {N} drinks {drink}.|{N} drinks {drink} every day.|{N} always orders {drink}.|{N} asked for {drink}.",
            Ask.Of("What does {N} drink?|What does {N} like to drink?|Which drink does {N} like?", "{N} drinks {drink}.", "{drink}")),
        new("{N} was late because the {vehicle} was {state}.|Because the {vehicle} was {state}, {N} came late.|{N} came late because the {vehicle} was {state}.",
            Ask.Of("Why was {N} late?|Why did {N} come late?", "{N} was late because the {vehicle} was {state}.", "the {vehicle} was {state}")),
        new("{N} was {mood} because {reason}.|Because {reason}, {N} was {mood}.|{N} felt {mood} because {reason}.|{reason:capital}, and so {N} was {mood}.",
            Ask.Of("Why was {N} {mood}?|Why did {N} feel {mood}?", "{N} was {mood} because {reason}.", "{reason}"),
            Ask.Of("How did {N} feel?|In what mood was {N}?", "{N} was {mood}.", "{mood}")),
        new("{N} lost {a:thing} at the {place}.|At the {place} {N} lost {a:thing}.|{N} forgot {a:thing} at the {place}.",
            Ask.Of("What did {N} lose?|What did {N} lose at the {place}?", "{N} lost {a:thing}.", "{thing}"),
            Ask.Of("Where did {N} lose the {thing}?|In what place did {N} lose the {thing}?", "{N} lost the {thing} at the {place}.", "{place}")),
        new("{N} gave {M} {a:adj} {thing}.|{M} got {a:adj} {thing} from {N}.|{N} had {a:adj} {thing} and gave it to {M}.|As a present {N} gave {M} {a:adj} {thing}.",
            Ask.Of("What did {N} give to {M}?|What did {M} get from {N}?", "{N} gave {M} {a:adj} {thing}.", "{adj} {thing}"),
            Ask.Of("Who got the {thing} from {N}?|To whom did {N} give the {thing}?", "{M} got the {thing}.", "{M}")),
        new("{N} is {num} years old.|{N} turned {num} in {month}.|In {month} {N} will be {num} years old.|Last {month} {N} became {num} years old.",
            Ask.Of("How old is {N}?|What is the age of {N}?", "{N} is {num} years old.", "{num}")),
        new("{N} works for {company}.|{N} has a job at {company}.|The name of the company of {N} is {company}.|{N} started at {company} in {month}.",
            Ask.Of("For whom does {N} work?|Which company does {N} work for?|Where does {N} work?", "{N} works for {company}.", "{company}")),
        new("{N} likes {hobby}.|The hobby of {N} is {hobby}.|On Sundays {N} enjoys {hobby}.|{N} spends the free time on {hobby}.|{N} is very good at {hobby}.",
            Ask.Of("What is the hobby of {N}?|What does {N} like to do?", "{N} likes {hobby}.", "{hobby}")),
        new("{N} goes to work by {vehicle}.|Every day {N} takes the {vehicle} to work.|{N} comes to work by {vehicle}.",
            Ask.Of("How does {N} go to work?|How does {N} get to work?", "{N} goes to work by {vehicle}.", "{vehicle}")),
        new("The {thing} of {N} is {color}.|{N} has a {color} {thing}.|{N} carries a {color} {thing}.|{N} painted the {thing} {color}.",
            Ask.Of("What color is the {thing} of {N}?|Which color has the {thing} of {N}?", "The {thing} of {N} is {color}.", "{color}")),
        new("{N} gets up at {time}.|At {time} {N} gets up.|Every day {N} gets up at {time}.|The clock of {N} rings at {time}, and {N} gets up.",
            Ask.Of("When does {N} get up?|At what time does {N} get up?", "{N} gets up at {time}.", "{time}")),
        new("{N} hid the {thing} in the {room}.|The {thing} of {N} is in the {room}.|{N} put the {thing} in the {room}.|{N} left the {thing} in the {room}.|In the {room} {N} hid the {thing}.",
            Ask.Of("Where is the {thing} of {N}?|In which room is the {thing} of {N}?|Where can {N} find the {thing}?", "The {thing} is in the {room}.", "{room}")),
        new("{N} comes from {country}.|{N} was born in {country}.|{N} grew up in {country}.|The family of {N} is from {country}.",
            Ask.Of("Where does {N} come from?|Which country does {N} come from?|Where is {N} from?", "{N} comes from {country}.", "{country}")),
        new("{N} speaks {language}.|{N} is learning {language}.|At school {N} studied {language}.|{N} can read {language} and write it.",
            Ask.Of("Which language does {N} know?|What language does {N} speak?", "{N} speaks {language}.", "{language}")),
        new("{N} is the {kin} of {M}.|{M} is happy to have {N} as {a:kin}.|The {kin} of {M} is {N}.",
            Ask.Of("Who is the {kin} of {M}?|What is the name of the {kin} of {M}?", "The {kin} of {M} is {N}.", "{N}")),
        new("{N} saw {a:mood} {animal} near the {place}.|Near the {place} {N} saw {a:mood} {animal}.|{N} stopped near the {place}, for there was {a:mood} {animal}.",
            Ask.Of("What did {N} see near the {place}?|Which animal did {N} see?", "{N} saw {a:mood} {animal}.", "{mood} {animal}"),
            Ask.Of("Where did {N} see the {animal}?|In what place did {N} see the {animal}?", "{N} saw the {animal} near the {place}.", "{place}")),
        new("{N} wants to travel to {country} in {month}.|In {month} {N} will travel to {country}.|{N} has a ticket to {country} for {month}.|{N} plans a trip to {country} in {month}.",
            Ask.Of("Where will {N} travel?|To which country will {N} travel?", "{N} will travel to {country}.", "{country}"),
            Ask.Of("When will {N} travel?|When will {N} travel to {country}?|In which month will {N} travel?", "{N} will travel in {month}.", "{month}")),
        new("{N} sold the {adj} {thing} to {M} for {num} dollars.|{M} paid {N} {num} dollars for the {adj} {thing}.|For {num} dollars {M} bought the {adj} {thing} from {N}.",
            Ask.Of("How much did {M} pay for the {thing}?|For how many dollars did {N} sell the {thing}?", "{M} paid {num} dollars.", "{num} dollars"),
            Ask.Of("Who bought the {thing} from {N}?|To whom did {N} sell the {thing}?", "{M} bought the {thing}.", "{M}")),
        new("The {place} opens at {time}.|Every day the {place} opens at {time}.|At {time} the {place} opens its doors.|Nobody can go into the {place} before {time}.",
            Ask.Of("When does the {place} open?|At what time does the {place} open?", "The {place} opens at {time}.", "{time}")),
        new("The weather in {city} was {weather} on {day}.|On {day} it was {weather} in {city}.|{city} was {weather} on {day}.",
            Ask.Of("How was it in {city} on {day}?|How was the weather in {city}?", "It was {weather} in {city}.", "{weather}")),
        new("There are {num} {things} on the table.|On the table there are {num} {things}.|Someone put {num} {things} on the table.",
            Ask.Of("How many {things} are on the table?|What is the number of {things} on the table?", "There are {num} {things} on the table.", "{num}"),
            Ask.Of("What is on the table?|What lies on the table?", "There are {num} {things} on the table.", "{things}")),
    ]);

    public static int FormCount { get; } = Topics.Sum(t => t.Forms.Length);

    private static Topic[] Number(Topic[] topics)
    {
        int number = 0;
        foreach (var topic in topics)
        {
            topic.First = number;
            number += topic.Forms.Length;
        }
        return topics;
    }
}
