using NemotronSharp.State;

namespace NemotronSharp;

/// <summary>What one sequence brings to a step of several: <see cref="NemotronEngine.Forward(ReadOnlySpan{SequenceInput})"/>.</summary>
/// <param name="State">The state to move; once in a step.</param>
/// <param name="Ids">Token ids [T ≥ 1] to move it by.</param>
/// <param name="Logits">Room for the logits [V] behind the last of them; empty when nobody asks for them.</param>
public readonly record struct SequenceInput(SequenceState State, ReadOnlyMemory<int> Ids, Memory<float> Logits);
