using System.Diagnostics;
using Spectre.Console;

namespace NemotronSharp.Cli.Evaluation;

/// <summary>Runs the parts of an evaluation one after the other, each spread over the copies of the model.</summary>
/// <param name="pool">The model.</param>
/// <param name="selection">Which parts.</param>
/// <param name="data">Where the sources lie; null: what needs them is reported as not measured.</param>
/// <param name="heldOut">What the sources are and which of their documents training has never seen.</param>
/// <param name="progress">Shows how far each part is.</param>
internal sealed class EvaluationRun(ModelPool pool, CaseSelection selection, DataFolder? data, HeldOutText heldOut, ProgressContext progress)
{
    // Drafts are measured behind every token of an answer, so few answers give many.
    private const int DraftCasesOfEach = 20, TextsOfSource = 100;

    public async Task<EvaluationReport> RunAsync(IReadOnlyList<EvaluationCase> all, ModelPair? pair, CancellationToken cancellation)
    {
        var chosen = selection.Of(all);
        var ready = WithDocuments([.. chosen.Where(IsReadable)]);
        var clock = Stopwatch.StartNew();
        var answers = await Each("cases", ready, (model, one, stop) => CaseAnswer.GetAsync(model, one, stop), cancellation);
        var seconds = clock.Elapsed.TotalSeconds;
        return new EvaluationReport
        {
            Skills = SkillResult.Of(chosen, answers),
            Texts = selection.Has(CaseSelection.BitsPerByte) ? await TextsAsync(cancellation) : [],
            Drafts = selection.Has(CaseSelection.Mtp) && pool.First.Engine.HasMtp ? await DraftsAsync(all, cancellation) : [],
            Pair = selection.Skills.Count == 0 ? pair : null,
            Answers = answers,
            AnswerSeconds = seconds,
        };
    }

    private bool IsReadable(EvaluationCase one) => one.Document is not { } document || data?.Has(heldOut.Source(document.Source)) == true;

    private EvaluationCase[] WithDocuments(IReadOnlyList<EvaluationCase> cases)
    {
        var documents = cases.Where(c => c.Document is not null).GroupBy(c => c.Document!.Source)
            .ToDictionary(group => group.Key, group => data!.Documents(heldOut.Source(group.Key), group.Select(c => c.Document!.Line)));
        return [.. cases.Select(c => c.Document is { } document ? SourceExcerpt.Expand(c, documents[document.Source][document.Line]) : c)];
    }

    private async Task<List<TextResult>> TextsAsync(CancellationToken cancellation)
    {
        var results = new List<TextResult>();
        foreach (var source in heldOut.Sources)
        {
            RatioEstimate? bits = null;
            if (data?.Has(source) == true)
            {
                var texts = data.Documents(source, source.Documents.Take(Math.Min(TextsOfSource, selection.Limit)));
                var measured = await Each(source.Name, [.. texts.OrderBy(t => t.Key).Select(t => t.Value)], (model, text, stop) => Task.FromResult(BitsPerByte.Measure(model, text, stop)), cancellation);
                bits = RatioEstimate.Of(measured.Select(m => (m.Bits, (double)m.Bytes)));
            }
            results.Add(new TextResult(source.Name, bits));
        }
        return results;
    }

    private async Task<List<DraftResult>> DraftsAsync(IReadOnlyList<EvaluationCase> all, CancellationToken cancellation)
    {
        var cases = CaseSelection.FirstOfEach([.. all.Where(c => c.Document is null)], Math.Min(DraftCasesOfEach, selection.Limit));
        var measured = await Each("drafts", cases, (model, one, stop) => Task.FromResult(DraftAcceptance.Measure(model, one, stop)), cancellation);
        return DraftResult.Of(measured);
    }

    private async Task<TResult[]> Each<T, TResult>(string name, IReadOnlyList<T> items, Func<ChatModel, T, CancellationToken, Task<TResult>> work, CancellationToken cancellation)
    {
        if (items.Count == 0) return [];
        var bar = progress.AddTask(name, maxValue: items.Count);
        return await pool.MapAsync(
            items, async (model, item, stop) =>
            {
                var result = await work(model, item, stop);
                bar.Increment(1);
                return result;
            }, cancellation);
    }
}
