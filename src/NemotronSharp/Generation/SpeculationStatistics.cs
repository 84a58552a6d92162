namespace NemotronSharp.Generation;

/// <summary>What drafting ahead has brought.</summary>
/// <param name="Steps">Passes of the model behind the prompt: each gives one token of its own.</param>
/// <param name="Drafted">Tokens that the MTP head drafted.</param>
/// <param name="Accepted">Drafts that were what the model chose: tokens without a pass of their own.</param>
public readonly record struct SpeculationStatistics(int Steps, int Drafted, int Accepted)
{
    /// <summary>Share of the drafts that were accepted; 0 when there were none.</summary>
    public double AcceptedShare => Drafted == 0 ? 0 : (double)Accepted / Drafted;

    /// <summary>Both together.</summary>
    public static SpeculationStatistics operator +(SpeculationStatistics a, SpeculationStatistics b) => new(a.Steps + b.Steps, a.Drafted + b.Drafted, a.Accepted + b.Accepted);
}
