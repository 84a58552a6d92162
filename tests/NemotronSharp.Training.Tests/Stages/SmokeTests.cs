using System.Text.Json.Nodes;
using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Tests.Stages;

/// <summary>From a few paragraphs of text to an answer: all stages in miniature, as a user runs them.</summary>
[Collection(SmokeTestCollection.Name)]
public sealed class SmokeTests(SmokeRun run)
{
    [Fact]
    public void Each_stage_learns_and_the_second_goes_on_where_the_first_ended()
    {
        var pretrain = StepReport.ReadLog(Path.Combine(run.Root, "pretrain", "log.jsonl"));
        var sft = StepReport.ReadLog(Path.Combine(run.Root, "sft", "log.jsonl"));
        Assert.Equal(Enumerable.Range(1, 24), pretrain.Select(r => r.Step));
        Assert.Equal(Enumerable.Range(1, 12), sft.Select(r => r.Step));
        Assert.Equal(Math.Log(640), pretrain[0].Loss, 0.2); // random weights know nothing
        Assert.InRange(sft[0].Loss, 0, pretrain[0].Loss - 1.5);
        Assert.True(sft[^1].ValidationLoss < pretrain[^1].ValidationLoss, $"held out {sft[^1].ValidationLoss} after {pretrain[^1].ValidationLoss}");
    }

    [Fact]
    public async Task The_engine_opens_the_result_and_answers()
    {
        using var model = ChatModel.Load(Path.Combine(run.Root, "sft", "model"));
        var messages = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "What is 3 + 4?" });
        ChatCompleted? completed = null;
        await foreach (var delta in model.StreamAsync(messages, new ChatOptions { MaxTokens = 24, Thinking = false }, TestContext.Current.CancellationToken)) completed = delta as ChatCompleted ?? completed;
        Assert.InRange(completed!.Statistics.GeneratedTokens, 1, 24);
        Assert.NotEqual("", $"{completed.Message.Content}{completed.Message.Reasoning}".Trim());
    }

    [Fact]
    public void The_average_of_checkpoints_is_another_model_of_the_same_shape()
    {
        using var final = ModelFolder.Read(Path.Combine(run.Root, "pretrain", "model"));
        using var merged = ModelFolder.Read(Path.Combine(run.Root, "pretrain", "merged"));
        Assert.Equal(final.Config.ToJson(), merged.Config.ToJson());
        Assert.Contains(final.Parameters.All.Zip(merged.Parameters.All), p => !p.First.Tensor.bytes.SequenceEqual(p.Second.Tensor.bytes));
    }

    [Fact]
    public void Lineage_leads_from_the_result_back_to_the_text()
    {
        var json = JsonNode.Parse(TrainProgram.Succeed("lineage", Path.Combine(run.Root, "sft"), "--json"))!;
        var sft = json["chain"]!;
        var pretrain = Parent(sft, "pretrain");
        var data = Parent(pretrain, "data");
        Assert.Equal(data.ToJsonString(), Parent(sft, "data").ToJsonString());
        Assert.Contains("recipes/smoke/stories.txt", data["inputs"]!.AsArray().Select(i => (string)i!["path"]!).Single(p => p.EndsWith(".txt", StringComparison.Ordinal)));
        foreach (var stage in new[] { sft, pretrain, data })
            Assert.All(stage["inputs"]!.AsArray().Concat(stage["outputs"]!.AsArray()), f => Assert.Equal("same", (string?)f!["status"]));
        // The weights that went in are those that came out.
        Assert.Equal(Hash(pretrain, "outputs", "model/model.safetensors"), Hash(sft, "inputs", "../pretrain/model/model.safetensors"));
    }

    [Fact]
    public void A_stage_before_the_one_it_begins_with_says_what_to_run()
    {
        var (code, _, error) = TrainProgram.Run(run.Arguments("sft", run.Folder("alone")));
        Assert.Equal(1, code);
        Assert.Contains("run ./nemotron train", error);
        Assert.Contains("pretrain.jsonc first", error);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public void What_is_published_leads_back_to_the_text_without_the_runs()
    {
        var published = run.Folder("published");
        TrainProgram.Succeed("lineage", Path.Combine(run.Root, "sft"), "--publish", published);
        var alone = run.Folder("elsewhere");
        Directory.Move(published, alone);
        var chain = JsonNode.Parse(TrainProgram.Succeed("lineage", alone, "--json"))!["chain"]!;
        Assert.All(chain["outputs"]!.AsArray(), f => Assert.Equal("same", (string?)f!["status"]));
        Assert.Equal("same", (string?)Parent(Parent(Parent(chain, "sft"), "pretrain"), "data")["status"]);
        Assert.Equal(Hash(Parent(chain, "sft"), "outputs", "model/model.safetensors"), Hash(chain, "outputs", "model.safetensors"));
        Assert.Equal(Hash(Parent(chain, "pretrain"), "outputs", "model/model.safetensors"), Hash(chain, "outputs", "base/model.safetensors"));

        File.AppendAllText(Path.Combine(alone, "base", "config.json"), " ");
        var (code, _, error) = TrainProgram.Run("lineage", alone);
        Assert.Equal(1, code);
        Assert.Contains("base/config.json", Assert.Single(error.Trim().Split('\n')));
    }

    [Fact]
    public void Data_and_first_steps_come_out_the_same_from_published_weights_and_a_difference_is_told()
    {
        string expected = run.Folder("first-steps.json"), smoke = RepoPaths.InRepo("recipes", "smoke");
        string[] arguments = ["reproduce", "--recipe", smoke, "--source-root", smoke, "--expected", expected, "--base", Path.Combine(run.Root, "pretrain", "model"), "--out", run.Folder("reproduced")];
        TrainProgram.Succeed([.. arguments, "--record", "3"]);
        var recorded = JsonNode.Parse(File.ReadAllText(expected))!;
        Assert.Equal(["pretrain", "sft"], recorded["weights"]!.AsObject().Select(w => w.Key));
        recorded["weights"]!["sft"] = "0";
        File.WriteAllText(expected, recorded.ToJsonString());

        var (code, _, error) = TrainProgram.Run(arguments);
        Assert.Equal(1, code);
        Assert.Contains("weights after 3 steps: sft", Assert.Single(error.Trim().Split('\n'))); // and nothing else
    }

    [Fact]
    public void Losses_of_first_steps_are_held_to_the_published_log()
    {
        var published = run.Folder("with-logs");
        TrainProgram.Succeed("lineage", Path.Combine(run.Root, "sft"), "--publish", published);
        string expected = Path.Combine(published, "first-steps.json"), smoke = RepoPaths.InRepo("recipes", "smoke");
        string[] arguments = ["reproduce", "--recipe", smoke, "--source-root", smoke, "--expected", expected, "--base", Path.Combine(published, "base"), "--out", run.Folder("reproduced-losses")];
        TrainProgram.Succeed([.. arguments, "--record", "3"]);
        Assert.Contains("losses of pretrain: 3 steps within 0.0E+000", TrainProgram.Succeed(arguments));

        // Every stage's log and curves were published; a loss that is another is told.
        var log = Directory.GetFiles(Path.Combine(published, "lineage"), "log.jsonl", SearchOption.AllDirectories).Single(f => f.Contains("pretrain"));
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(log)!, "curves.svg")));
        var lines = File.ReadAllLines(log);
        var second = JsonNode.Parse(lines[1])!;
        second["loss"] = 1.5;
        lines[1] = second.ToJsonString();
        File.WriteAllLines(log, lines);
        var (code, _, error) = TrainProgram.Run(arguments);
        Assert.Equal(1, code);
        Assert.Contains("losses of pretrain: step 2", Assert.Single(error.Trim().Split('\n')));
    }

    private static JsonNode Parent(JsonNode stage, string name) => stage["parents"]!.AsArray().Single(p => (string?)p!["stage"] == name)!;

    private static string Hash(JsonNode stage, string side, string path) => (string)stage[side]!.AsArray().Single(f => (string?)f!["path"] == path)!["sha256"]!;
}
