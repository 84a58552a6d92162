using System.Reflection;
using NemotronSharp.Training.Data;
using NemotronSharp.Training.Native;
using NemotronSharp.Training.Pretraining;
using NemotronSharp.Training.Tests.Data;
using NemotronSharp.Training.Tests.Stages;

namespace NemotronSharp.Training.Tests.Pretraining;

/// <summary>The command as a user runs it: files in, a model folder out that the engine opens.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Trains_stops_refuses_to_overwrite_and_resumes()
    {
        var recipe = WriteRun();
        var output = _folder.File("out/stage");
        Assert.Equal(0, Train(recipe, "--out", _folder.File("out"), "--steps", "4", "--threads", "1"));
        Assert.Equal([1, 2, 3, 4], StepReport.ReadLog(Path.Combine(output, "log.jsonl")).Select(r => r.Step));
        Assert.Equal("attached", File.ReadAllText(Path.Combine(output, "model", "tokenizer.json")));
        using (var engine = NemotronEngine.Load(Path.Combine(output, "model")))
        {
            var logits = new float[TinyModel.Vocabulary];
            using var state = engine.NewSequence();
            engine.Forward(state, [1, 2, 3], logits);
            Assert.All(logits, l => Assert.True(float.IsFinite(l)));
        }

        Assert.Equal(1, Train(recipe, "--out", _folder.File("out"), "--steps", "6")); // a finished run is not silently overwritten
        Assert.Equal(0, Train(recipe, "--out", _folder.File("out"), "--steps", "6", "--resume", "--threads", "1"));
        var log = StepReport.ReadLog(Path.Combine(output, "log.jsonl"));
        Assert.Equal([1, 2, 3, 4, 5, 6], log.Select(r => r.Step));
        Assert.NotNull(log[^1].ValidationLoss);
        Assert.Single(Directory.GetDirectories(Path.Combine(output, "checkpoints"), "*6"));
    }

    [Fact]
    public void A_resumed_run_refuses_what_would_make_it_another_run()
    {
        string recipe = WriteRun(), output = _folder.File("out/stage");
        Assert.Equal(0, Train(recipe, "--out", _folder.File("out"), "--until", "1", "--threads", "1"));
        Assert.Equal([1], StepReport.ReadLog(Path.Combine(output, "log.jsonl")).Select(r => r.Step));
        Assert.Equal(1, Train(recipe, "--out", _folder.File("out"), "--resume", "--threads", "2"));

        var data = File.ReadAllBytes(_folder.File("data.bin"));
        File.WriteAllBytes(_folder.File("data.bin"), [.. data[..^1], (byte)(data[^1] ^ 1)]);
        Assert.Equal(1, Train(recipe, "--out", _folder.File("out"), "--resume"));
        Assert.False(File.Exists(Path.Combine(output, "lineage.json")));

        File.WriteAllBytes(_folder.File("data.bin"), data);
        Assert.Equal(0, Train(recipe, "--out", _folder.File("out"), "--resume")); // on the threads it began with
        Assert.True(File.Exists(Path.Combine(output, "lineage.json")));
    }

    [Fact]
    public void A_folder_that_another_run_writes_to_is_left_alone()
    {
        var output = Directory.CreateDirectory(_folder.File("out/stage")).FullName;
        using var other = new FileStream(Path.Combine(output, "running"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(1, Train(WriteRun(), "--out", _folder.File("out"), "--steps", "4", "--threads", "1"));
        Assert.False(Directory.Exists(Path.Combine(output, "checkpoints")));
    }

    [Fact]
    public void Missing_data_is_an_error_message_not_a_crash()
    {
        var recipe = WriteRun();
        File.Delete(_folder.File("data.bin"));
        Assert.Equal(1, Train(recipe, "--out", _folder.File("out")));
        Assert.False(Directory.Exists(_folder.File("out/stage/model")));
    }

    [Fact]
    public void Without_a_CUDA_device_the_message_says_what_is_needed()
    {
        // The package's libtorch is for the CPU.
        var (code, _, error) = TrainProgram.Run("train", WriteRun(), "--out", _folder.File("out"), "--device", "cuda");
        Assert.Equal(1, code);
        Assert.Contains("--device cuda", error);
        Assert.Contains("NEMOTRON_LIBTORCH", error);
    }

    [Fact]
    public void Another_libtorch_is_loaded_from_where_it_lies()
    {
        var package = typeof(TorchNative).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "LibTorchPackage").Value!;
        string recipe = WriteRun(), other = Path.Combine(package, "runtimes", "linux-x64", "native");
        var (code, _, error) = TrainProgram.RunWith([("NEMOTRON_LIBTORCH", other)], "train", recipe, "--out", _folder.File("other"), "--threads", "1");
        Assert.True(code == 0, error);
        Assert.Contains("another than the package's", File.ReadAllText(_folder.File("other/stage/lineage.json")));
        Assert.Equal(0, Train(recipe, "--out", _folder.File("out"), "--threads", "1"));
        Assert.Equal(File.ReadAllBytes(_folder.File("out/stage/model/model.safetensors")), File.ReadAllBytes(_folder.File("other/stage/model/model.safetensors")));

        (code, _, error) = TrainProgram.RunWith([("NEMOTRON_LIBTORCH", _folder.File("nowhere"))], "train", recipe, "--out", _folder.File("third"));
        Assert.Equal(1, code);
        Assert.Contains(_folder.File("nowhere"), error);
        Assert.Contains("libtorch_cpu.so", error);
    }

    private static int Train(params string[] arguments) => TrainCommand.Create().Parse(arguments).Invoke();

    private string WriteRun()
    {
        using (var writer = new PackedDatasetWriter(_folder.File("data.bin"), rowLength: 32, TinyModel.Vocabulary))
        {
            for (var i = 0; i < 40; i++) writer.AddText(TinyModel.Ids(20 + i % 7, i));
            writer.Complete();
        }
        File.WriteAllText(_folder.File("tokenizer.json"), "attached");
        File.WriteAllText(_folder.File("stage.jsonc"), $$"""
            {
              "model": {{TinyModel.Config().ToJson()}},
              "data": ".", "validation": "data.bin", "validate_every": 3, "validation_rows": 4, "attach": ["tokenizer.json"],
              "phases": [{ "from_step": 0, "blend": [{ "file": "data.bin", "weight": 1 }] }],
              "steps": 4, "tokens_per_step": 128, "tokens_at_once": 64, "warmup_steps": 1,
              "peak_rate": 1e-3, "minimum_rate": 1e-5
            }
            """);
        return _folder.File("stage.jsonc");
    }
}
