using System.CommandLine;
using NemotronSharp.Generation;

namespace NemotronSharp.Cli.Commands;

/// <summary>The model and how it generates: what <c>run</c> and <c>chat</c> have in common. What is not given stays as the model's folder has it.</summary>
internal sealed class GenerationArguments
{
    private readonly Option<string?> _model = CommonOptions.Model();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string> _activations = CommonOptions.Activations();
    private readonly Option<string> _keyValues = CommonOptions.KeyValues();
    private readonly Option<string?> _system = new("--system", "-s") { Description = "System prompt", HelpName = "TEXT" };
    private readonly Option<string> _thinking = CommonOptions.Thinking();
    private readonly Option<int> _maxTokens = CommonOptions.AtLeastOne(new("--max-tokens", "-n")
    {
        Description = "Most tokens of an answer, reasoning included",
        DefaultValueFactory = _ => new ChatOptions().MaxTokens,
        HelpName = "N",
    });

    private readonly Option<float?> _temperature = new("--temperature") { Description = "0 takes the likeliest token each time [default: the model's generation_config.json]", HelpName = "T" };
    private readonly Option<float?> _topP = new("--top-p") { Description = "Keep the likeliest tokens up to this much probability", HelpName = "P" };
    private readonly Option<int?> _topK = new("--top-k") { Description = "Keep this many of the likeliest tokens; 0 keeps all", HelpName = "K" };
    private readonly Option<float?> _minP = new("--min-p") { Description = "Keep tokens at least this fraction as likely as the likeliest", HelpName = "P" };
    private readonly Option<ulong?> _seed = new("--seed") { Description = "Same seed, same text", HelpName = "N" };
    private readonly Option<int> _drafts = CommonOptions.Drafts();

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_model, _system, _thinking, _maxTokens, _temperature, _topP, _topK, _minP, _seed, _threads, _activations, _keyValues]) command.Add(option);
        command.Add(_drafts);
    }

    public ChatModel LoadModel(ParseResult result) =>
        ChatModel.Load(ModelFolder.Find(result.GetValue(_model)), CommonOptions.Engine(result.GetValue(_threads), result.GetRequiredValue(_activations), result.GetRequiredValue(_keyValues)));

    public string? System(ParseResult result) => result.GetValue(_system);

    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public ChatOptions Options(ParseResult result, SamplingOptions defaults) => new()
    {
        Thinking = CommonOptions.IsOn(result.GetRequiredValue(_thinking)),
        MaxTokens = result.GetValue(_maxTokens),
        MostDrafts = result.GetValue(_drafts),
        Sampling = (defaults with
        {
            Temperature = result.GetValue(_temperature) ?? defaults.Temperature,
            TopP = result.GetValue(_topP) ?? defaults.TopP,
            TopK = result.GetValue(_topK) ?? defaults.TopK,
            MinP = result.GetValue(_minP) ?? defaults.MinP,
            Seed = result.GetValue(_seed) ?? defaults.Seed,
        }).Validate(),
    };
}
