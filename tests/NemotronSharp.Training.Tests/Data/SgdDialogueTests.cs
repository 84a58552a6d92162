using System.Text.Json.Nodes;
using NemotronSharp.Training.Data;
using NemotronSharp.Training.Data.ConversationSources;
using NemotronSharp.Training.Data.Tasks;

namespace NemotronSharp.Training.Tests.Data;

public class SgdDialogueTests
{
    private const string Schema = """
        [{"service_name": "Food_1",
          "slots": [
            {"name": "city", "description": "Where", "possible_values": []}, {"name": "outside", "description": "In the open", "possible_values": ["True", "False"]},
            {"name": "seats", "description": "How many", "possible_values": ["1", "2", "3"]}, {"name": "place_name", "description": "Its name", "possible_values": []}],
          "intents": [
            {"name": "FindPlaces", "description": "Find a place to eat", "required_slots": ["city"], "optional_slots": {"outside": "dontcare"}},
            {"name": "BookPlace", "description": "Book a table", "required_slots": ["place_name"], "optional_slots": {"seats": "2"}}]}]
        """;

    private static readonly string _dialogue = $$"""
        {"turns": [
          {{User("I am hungry.", "{}")}}, {{System("In which city?", "")}},
          {{User("In the town of Oslo, in the open.", """{"city": ["Oslo"], "outside": ["True"]}""")}},
          {{System("Two places. The Blue Fox is one.", Offer("place_name", "The Blue Fox"), Call("FindPlaces", """{"city": "OSL", "outside": "True"}""", """[{"place_name": "The Blue Fox", "city": "OSL", "stars": "4"}, {"place_name": "Kale"}]"""), count: true)}},
          {{User("Another?", """{"city": ["Oslo"]}""")}}, {{System("Kale is another.", Offer("place_name", "Kale"))}},
          {{User("Another?", """{"city": ["Oslo"]}""")}}, {{System("Try Mount Rice.", Offer("place_name", "Mount Rice"))}},
          {{User("Fine.", "{}")}}, {{System("Bye.", "")}}]}
        """.ReplaceLineEndings("");

    [Fact]
    public void A_service_call_becomes_a_tool_call_with_the_words_the_user_said()
    {
        var conversation = Assert.Single(Read(_dialogue));
        var call = conversation.Messages.Single(m => m!["tool_calls"] is not null)!["tool_calls"]![0]!["function"]!;
        var tool = conversation.Tools!.Single(t => (string)t!["function"]!["name"]! == (string)call["name"]!)!["function"]!;
        Assert.Equal("Find a place to eat", (string)tool["description"]!);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"city": "Oslo", "outside": true}"""), call["arguments"]), call.ToJsonString());
        Assert.Equal("""["city"]""", tool["parameters"]!["required"]!.ToJsonString());
        Assert.Equal("boolean", (string)tool["parameters"]!["properties"]!["outside"]!["type"]!);

        Assert.All(conversation.Tools!, t => Assert.True(new Split(false).Function((string)t!["function"]!["name"]!)));
        var other = conversation.Tools!.Single(t => (string)t!["function"]!["description"]! == "Book a table")!["function"]!["parameters"]!["properties"]!;
        Assert.Equal("""["1","2","3"]""", other["seats"]!["enum"]!.ToJsonString());
        Assert.Equal("2", (string)other["seats"]!["default"]!);
    }

    [Fact]
    public void The_response_holds_what_the_answers_tell_and_nothing_unsupported_is_answered()
    {
        var conversation = Assert.Single(Read(_dialogue));
        string response = (string)conversation.Messages.Single(m => (string)m!["role"]! == "tool")!["content"]!;
        Assert.Equal("""{"count": 2, "results": [{"place_name": "The Blue Fox"}, {"place_name": "Kale"}]}""", response);
        // Mount Rice came from nowhere: the dialogue ends before it.
        Assert.Equal("Kale is another.", (string)conversation.Messages[^1]!["content"]!);
    }

    [Fact]
    public void A_dialogue_whose_argument_nobody_said_is_left_out() =>
        Assert.Empty(Read(_dialogue.Replace("Oslo", "Bergen", StringComparison.Ordinal).Replace("town of Bergen", "capital", StringComparison.Ordinal)));

    [Theory]
    [InlineData("\"utterance\"", "\"said\"", "turn 0: field 'utterance'")]
    [InlineData("FindPlaces", "FindFood", "field 'turns'")]
    [InlineData("\"actions\"", "\"acts\"", "frame 0: field 'actions'")]
    public void A_wrong_field_is_named_with_its_line(string right, string wrong, string field)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(_dialogue.Replace(right, wrong)));
        Assert.Contains("dialogues.jsonl, line 1", error.Message);
        Assert.Contains(field, error.Message);
    }

    [Fact]
    public void A_schema_that_names_no_slot_of_its_own_is_refused() =>
        Assert.Contains("required_slots", Assert.Throws<InvalidDataException>(() => Read(_dialogue, Schema.Replace("[\"city\"]", "[\"town\"]"))).Message);

    private static List<Conversation> Read(string dialogue, string schema = Schema)
    {
        using var folder = new DataFolder();
        File.WriteAllText(folder.File("dialogues_schema.json"), schema);
        return [.. SgdDialogues.Read(new StringReader(dialogue), folder.File("dialogues.jsonl"), new TaskContext(SeededRandom.For(1, "test"), new Split(false), 0))];
    }

    private static string User(string text, string values) =>
        $$"""{"speaker": "USER", "utterance": "{{text}}", "frames": [{"service": "Food_1", "actions": [], "state": {"slot_values": {{values}} } }]}""";

    private static string System(string text, string actions, string call = "", bool count = false) =>
        $$"""{"speaker": "SYSTEM", "utterance": "{{text}}", "frames": [{"service": "Food_1", "actions": [{{actions}}{{(count ? """, {"act": "INFORM_COUNT", "slot": "count", "values": ["2"]}""" : "")}}]{{call}}}]}""";

    private static string Offer(string slot, string value) => $$"""{"act": "OFFER", "slot": "{{slot}}", "values": ["{{value}}"]}""";

    private static string Call(string method, string parameters, string results) =>
        $$""", "service_call": {"method": "{{method}}", "parameters": {{parameters}}}, "service_results": {{results}}""";
}
