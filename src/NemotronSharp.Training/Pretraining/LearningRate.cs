namespace NemotronSharp.Training.Pretraining;

/// <summary>Warmup-stable-decay: linear warmup, a plateau, then <c>min + (peak − min)·(1 − sqrt(u))</c> over the last steps.</summary>
/// <param name="Peak">Rate of the plateau.</param>
/// <param name="Minimum">Rate at the very end.</param>
/// <param name="WarmupSteps">Steps of the rise.</param>
/// <param name="DecaySteps">Steps of the fall.</param>
/// <param name="Steps">All steps. While a run is on its plateau this may change without any trace in the weights.</param>
internal sealed record LearningRate(double Peak, double Minimum, int WarmupSteps, int DecaySteps, int Steps)
{
    /// <summary>First step of the fall.</summary>
    public int DecayStart => Steps - DecaySteps;

    /// <param name="step">0-based.</param>
    public double At(int step)
    {
        if (step < WarmupSteps) return Peak * (step + 1) / WarmupSteps;
        if (step < DecayStart) return Peak;
        var done = Math.Min(1.0, (step - DecayStart + 1) / (double)DecaySteps);
        return Minimum + (Peak - Minimum) * (1 - Math.Sqrt(done));
    }
}
