using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using NemotronSharp.Training.Model;
using NemotronSharp.Training.Pretraining;

namespace NemotronSharp.Training.Tests.Pretraining;

public sealed class TrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nemotron-trainer").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("float32")]
    [InlineData("bfloat16")]
    public void Resumed_run_has_bitwise_the_weights_of_an_unbroken_one(string precision)
    {
        var recipe = Recipe(steps: 6) with { Precision = precision };
        using var unbroken = Start(recipe);
        for (var i = 0; i < 6; i++) unbroken.Step();

        using (var first = Start(recipe))
        {
            for (var i = 0; i < 3; i++) first.Step();
            first.Save(_folder);
        }
        using var second = Start(recipe with { Seed = recipe.Seed });
        second.Resume(_folder);
        Assert.Equal(3, second.StepsDone);
        while (!second.Finished) second.Step();

        foreach (var (a, b) in unbroken.Model.Parameters.All.Zip(second.Model.Parameters.All))
            Assert.True(a.Tensor.bytes.SequenceEqual(b.Tensor.bytes), $"{a.Name} differs after the resume");
    }

    [Fact]
    public void A_run_resumed_at_a_step_without_drafts_has_bitwise_the_weights_of_an_unbroken_one()
    {
        // Rows that are too long for the MTP head come as batches without its targets.
        List<PackedBatch> Long(int step) => [TinyModel.Batch(TinyModel.Config() with { MtpDepth = 0 }, 2, TinyModel.Ids(64, 100 + step), new int[64])];
        List<PackedBatch> Mixed(int step) => step == 2 ? Long(step) : Batches(step);
        using var unbroken = Start(Recipe(steps: 4), Mixed);
        while (!unbroken.Finished) unbroken.Step();

        using (var first = Start(Recipe(steps: 4), Mixed))
        {
            for (var i = 0; i < 2; i++) first.Step();
            first.Save(_folder);
        }
        using var second = Start(Recipe(steps: 4), Mixed);
        second.Resume(_folder);
        while (!second.Finished) second.Step();

        foreach (var (a, b) in unbroken.Model.Parameters.All.Zip(second.Model.Parameters.All))
            Assert.True(a.Tensor.bytes.SequenceEqual(b.Tensor.bytes), $"{a.Name} differs after the resume");
    }

    [Fact]
    public void Training_learns_a_sequence_by_heart()
    {
        var recipe = Recipe(steps: 60) with { PeakRate = 1e-2, MinimumRate = 1e-3 };
        using var trainer = Start(recipe, _ => [TinyModel.Batch(TinyModel.Config(), 1, TinyModel.Ids(32, 1), new int[32])]);
        var first = trainer.Step();
        var last = first;
        while (!trainer.Finished) last = trainer.Step();

        Assert.InRange(first.Loss, 3, 20);
        Assert.True(last.Loss < 0.3, $"loss {last.Loss} after 60 steps on one sequence");
        Assert.True(last.MtpLoss < 1.5, $"MTP loss {last.MtpLoss}");
    }

    [Fact]
    public void Micro_batches_do_not_change_the_gradients()
    {
        int[] one = TinyModel.Ids(16, 1), two = TinyModel.Ids(16, 2);
        var config = TinyModel.Config();
        // No balance loss: that one is defined per row and only its mean over micro-batches is kept.
        var recipe = Recipe(steps: 1) with { Precision = "float32" };
        using var together = Start(recipe, _ => [TinyModel.Batch(config, 2, [.. one, .. two], new int[32])]);
        using var apart = Start(recipe, _ => [TinyModel.Batch(config, 1, one, new int[16]), TinyModel.Batch(config, 1, two, new int[16])]);

        StepReport a = together.Step(), b = apart.Step();
        Assert.Equal(a.Loss, b.Loss, 1e-4);
        Assert.Equal(a.GradientNorm, b.GradientNorm, 1e-3 * a.GradientNorm);
    }

    [Fact]
    public void Router_bias_moves_against_the_load()
    {
        var config = TinyModel.Config();
        using var trainer = Start(Recipe(steps: 1), _ => [TinyModel.Batch(config, 1, TinyModel.Ids(64, 1), new int[64])]);
        trainer.Step();
        foreach (var router in trainer.Model.Routers)
        {
            var bias = MemoryMarshal.Cast<byte, float>(router.CorrectionBias.bytes);
            var load = router.Load.Singles();
            Assert.Equal(64 * config.ExpertsPerToken, load.Sum());
            for (var e = 0; e < load.Length; e++) Assert.Equal(1e-3 * Math.Sign(load.Average() - load[e]), bias[e], 1e-9);
        }
    }

    [Fact]
    public void Checkpoint_of_another_shape_is_refused()
    {
        using (var trainer = Start(Recipe(steps: 1))) trainer.Save(_folder);
        using var other = new Trainer(Recipe(steps: 1), TinyModel.Config("MM"), Batches);
        Assert.Contains("another model shape", Assert.Throws<InvalidDataException>(() => other.Resume(_folder)).Message);
    }

    [Fact]
    public void A_config_spelled_otherwise_is_the_same_shape()
    {
        using var trainer = Start(Recipe(steps: 2));
        trainer.Step();
        trainer.Save(_folder);
        var state = Directory.GetFiles(_folder, "state.json", SearchOption.AllDirectories).Single();
        var json = JsonNode.Parse(File.ReadAllText(state))!;
        var config = JsonNode.Parse(json["Model"]!.GetValue<string>())!.AsObject();
        config["transformers_version"] = "another"; // a key that means nothing to the shape
        json["Model"] = config.ToJsonString();
        File.WriteAllText(state, json.ToJsonString());

        using var resumed = Start(Recipe(steps: 2));
        resumed.Resume(_folder);
        Assert.Equal(1, resumed.StepsDone);
    }

    [Fact]
    public void Export_comes_back_as_the_same_model()
    {
        using var trainer = Start(Recipe(steps: 2));
        trainer.Step();
        ModelFolder.Write(trainer.Model, Path.Combine(_folder, "model"), [], Numerics.TensorType.F32);
        using var back = ModelFolder.Read(Path.Combine(_folder, "model"));
        foreach (var (a, b) in trainer.Model.Parameters.All.Zip(back.Parameters.All))
        {
            Assert.Equal(a.Name, b.Name);
            Assert.True(a.Tensor.bytes.SequenceEqual(b.Tensor.bytes), $"{a.Name} differs");
        }
    }

    [Fact]
    public void A_stage_for_drafts_changes_the_mtp_head_and_nothing_else()
    {
        using var trainer = Start(Recipe(steps: 20) with { Train = "mtp" });
        var before = trainer.Model.Parameters.All.ToDictionary(p => p.Name, p => p.Tensor.bytes.ToArray());
        double first = trainer.Step().MtpLoss, last = first;
        for (var i = 0; i < 19; i++) last = trainer.Step().MtpLoss;
        Assert.True(last < first - 0.1, $"MTP loss from {first} to {last}");
        foreach (var parameter in trainer.Model.Parameters.All)
            Assert.Equal(!parameter.Name.StartsWith("mtp.", StringComparison.Ordinal), parameter.Tensor.bytes.SequenceEqual(before[parameter.Name]));
    }

    private static Recipe Recipe(int steps) => new()
    {
        Model = new System.Text.Json.Nodes.JsonObject(),
        Data = "",
        Phases = [],
        Steps = steps,
        TokensPerStep = 64,
        TokensAtOnce = 64,
        PeakRate = 3e-3,
        MinimumRate = 3e-5,
        WarmupSteps = 2,
        InitialStd = 0.25,
    };

    private static Trainer Start(Recipe recipe, Func<int, List<PackedBatch>>? batches = null) => new(recipe, TinyModel.Config(), batches ?? Batches);

    private static List<PackedBatch> Batches(int step) =>
        [TinyModel.Batch(TinyModel.Config(), 2, TinyModel.Ids(64, 100 + step), [.. Enumerable.Range(0, 64).Select(i => i / 20)])];
}
