using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using NemotronSharp.Generation;
using NemotronSharp.Text;

namespace NemotronSharp;

/// <summary>
/// A model folder or GGUF file ready to talk: engine, tokenizer, chat template and defaults, all from the model itself.
/// Owns the engine; several streams may run at once and take turns step by step.
/// </summary>
public sealed class ChatModel : IDisposable
{
    private readonly TimeProvider _time;

    private ChatModel(string path, NemotronEngine engine, ChatFiles files, TimeProvider time)
    {
        ModelPath = path;
        Engine = engine;
        _time = time;
        (Tokenizer, Template, StopIds, DefaultSampling) = (files.Tokenizer, files.Template, files.Defaults.StopIds, files.Defaults.Sampling);
        if (Tokenizer.VocabularySize > engine.Config.VocabSize)
            throw new InvalidDataException($"{path}: tokenizer: found {Tokenizer.VocabularySize} token ids, expected at most vocab_size = {engine.Config.VocabSize}");
    }

    /// <summary>The folder or file it came from.</summary>
    public string ModelPath { get; }

    /// <summary>Token ids in, logits out.</summary>
    public NemotronEngine Engine { get; }

    /// <summary>The model's shape.</summary>
    public NemotronConfig Config => Engine.Config;

    /// <summary>The model's tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The model's chat template.</summary>
    public ChatTemplate Template { get; }

    /// <summary>Ids that end the model's turn.</summary>
    public ImmutableArray<int> StopIds { get; }

    /// <summary>The model's sampling defaults.</summary>
    public SamplingOptions DefaultSampling { get; }

    /// <summary>Opens a Hugging Face folder with weights, tokenizer.json and a chat template, or a GGUF file that holds all of these.</summary>
    /// <exception cref="DirectoryNotFoundException">There is neither.</exception>
    /// <exception cref="InvalidDataException">A file is missing or malformed; the message names it.</exception>
    public static ChatModel Load(string path, EngineOptions? options = null, TimeProvider? time = null)
    {
        var engine = NemotronEngine.Load(path, options);
        try
        {
            return new ChatModel(path, engine, ChatFiles.Of(engine.Checkpoint), time ?? TimeProvider.System);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>The prompt of a request; what came from the caller's data cannot become a control token.</summary>
    /// <exception cref="ChatTemplateException">The template refuses the messages.</exception>
    public PromptText Render(JsonArray messages, ChatOptions options)
    {
        var variables = new Dictionary<string, JsonNode?>(options.TemplateVariables ?? ImmutableDictionary<string, JsonNode?>.Empty);
        variables.TryAdd("enable_thinking", options.Thinking);
        return Template.Render(messages, options.Tools, addGenerationPrompt: true, variables);
    }

    /// <summary>
    /// Answers a conversation (OpenAI's message form). Yields the message as it grows; the last item is <see cref="ChatCompleted"/>.
    /// The model computes on a thread of its own.
    /// </summary>
    /// <exception cref="ChatTemplateException">The template refuses the messages.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the generation ends within one step.</exception>
    public async IAsyncEnumerable<MessageDelta> StreamAsync(JsonArray messages, ChatOptions options, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var prompt = Render(messages, options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var channel = Channel.CreateBounded<MessageDelta>(64);
        var work = Task.Run(() => GenerateAsync(prompt, options, channel.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var delta in channel.Reader.ReadAllAsync(cancellation)) yield return delta;
        }
        finally
        {
            // A reader that leaves early stops the work; its cancellation is then nobody's concern.
            await stop.CancelAsync();
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Frees the engine.</summary>
    public void Dispose() => Engine.Dispose();

    private async Task GenerateAsync(PromptText prompt, ChatOptions options, ChannelWriter<MessageDelta> writer, CancellationToken cancellation)
    {
        try
        {
            var ids = Tokenizer.Encode(prompt);
            var generation = new GenerationOptions { MaxTokens = options.MaxTokens, StopIds = StopIds, Sampling = options.Sampling ?? DefaultSampling, MostDrafts = options.MostDrafts };
            var parser = new MessageParser(options.Tools, startsInReasoning: EndsInsideReasoning(prompt.Value), new MessageParserOptions { ForceNonEmptyContent = !options.Thinking });
            var decoder = new StreamingDecoder(Tokenizer, skipSpecial: true);
            using var state = Engine.NewSequence();
            long start = _time.GetTimestamp(), first = start;
            int generated = 0, last = -1;
            var tokens = Engine.Generate(state, ids, generation, cancellation);
            foreach (var id in tokens)
            {
                if (generated++ == 0) first = _time.GetTimestamp();
                last = id;
                if (StopIds.Contains(id)) break;
                foreach (var delta in parser.Append(decoder.Append(id))) await writer.WriteAsync(delta, cancellation);
            }

            var end = _time.GetTimestamp();
            foreach (var delta in parser.Append(decoder.Flush()).Concat(parser.Complete())) await writer.WriteAsync(delta, cancellation);
            var reason = !StopIds.Contains(last) ? FinishReason.Length : parser.Message.ToolCalls.Count > 0 ? FinishReason.ToolCalls : FinishReason.Stop;
            var statistics = new ChatStatistics(ids.Length, generated, _time.GetElapsedTime(start, first), _time.GetElapsedTime(first, end)) { Speculation = tokens.Speculation };
            await writer.WriteAsync(new ChatCompleted(parser.Message, reason, statistics), cancellation);
            writer.Complete();
        }
        catch (Exception e)
        {
            writer.Complete(e);
        }
    }

    // The generation prompt of a thinking turn opens the tag and leaves it open.
    private static bool EndsInsideReasoning(string prompt) => prompt.AsSpan().TrimEnd().EndsWith("<think>", StringComparison.Ordinal);
}
