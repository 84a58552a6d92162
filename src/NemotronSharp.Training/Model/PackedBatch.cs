using static TorchSharp.torch;

namespace NemotronSharp.Training.Model;

/// <summary>
/// B rows of T positions, each row holding one or more documents that must not see each other, with every mask
/// the mixers need, built once. Owns its tensors, which no dispose scope does.
/// </summary>
internal sealed class PackedBatch : IDisposable
{
    /// <summary>Token ids, int64 [B, T].</summary>
    public Tensor Ids { get; private set; }

    /// <summary>Lengths of all documents, row after row; they add up to B · T.</summary>
    public long[] DocumentLengths { get; }

    /// <summary>1 where a position is of the document that its chunk ends in, [B, C, Q, 1].</summary>
    public Tensor ReachesChunkEnd { get; private set; }

    /// <summary>1 where a position is of the document that the chunk before ended in, [B, C, Q, 1]; 0 in the first chunk.</summary>
    public Tensor ReachesChunkStart { get; private set; }

    /// <summary>Additive mask [B, 1, C, C] at (c, e): 0 where the state at the end of chunk e still lives when chunk c begins.</summary>
    public Tensor CarryMask { get; private set; }

    /// <summary>Positions since the document's (or row's) start, [B · T].</summary>
    public int[] Age { get; }

    public int Rows { get; }

    /// <summary>How many of the recipe's micro-batches are in it.</summary>
    public int MicroBatches { get; init; } = 1;

    /// <summary>
    /// Stretches of the flattened [B · T] by the length of the rows that they were read in: no document reaches over the rows of its stretch, so attention
    /// can work on shorter rows than the batch's. One stretch of the batch's own rows unless set.
    /// </summary>
    public IReadOnlyList<RowStretch> Stretches { get; init; }

    public int Length { get; }

    public int ChunkSize { get; }

    /// <summary>Targets per prediction distance: index 0 is the next token, index d the MTP head at depth d.</summary>
    public IReadOnlyList<Targets> Targets { get; private set; }

    /// <param name="rows">Number of rows B.</param>
    /// <param name="ids">Token ids [B · T].</param>
    /// <param name="learned">1 where the token is a learned one (a target), [B · T].</param>
    /// <param name="documents">A number that changes where a new document begins, [B · T].</param>
    /// <param name="chunkSize">Chunk length Q of the SSD; T must be a multiple of it.</param>
    /// <param name="mtpDepth">Number of MTP depths to build targets for.</param>
    /// <exception cref="ArgumentException">Lengths disagree, or T is not a multiple of Q.</exception>
    public PackedBatch(int rows, ReadOnlySpan<int> ids, ReadOnlySpan<byte> learned, ReadOnlySpan<int> documents, int chunkSize, int mtpDepth)
    {
        if (rows <= 0 || ids.Length % rows != 0 || learned.Length != ids.Length || documents.Length != ids.Length)
            throw new ArgumentException($"{rows} rows do not fit {ids.Length} ids, {learned.Length} mask bytes, {documents.Length} document numbers");
        Rows = rows;
        Length = ids.Length / rows;
        ChunkSize = chunkSize;
        if (Length % chunkSize != 0) throw new ArgumentException($"row length {Length} is not a multiple of the chunk size {chunkSize}");

        Age = new int[ids.Length];
        var segments = new int[ids.Length];
        for (var row = 0; row < rows; row++)
            for (var t = 1; t < Length; t++)
            {
                var i = row * Length + t;
                var same = documents[i] == documents[i - 1];
                Age[i] = same ? Age[i - 1] + 1 : 0;
                segments[i] = segments[i - 1] + (same ? 0 : 1);
            }

        var starts = Enumerable.Range(0, ids.Length).Where(i => Age[i] == 0).Append(ids.Length).ToArray();
        Stretches = [new RowStretch(0, rows, Length)];
        DocumentLengths = [.. starts.Zip(starts.Skip(1), (from, to) => (long)(to - from))];

        var chunks = Length / chunkSize;
        Ids = Keep(tensor(Array.ConvertAll(ids.ToArray(), i => (long)i), [rows, Length]));
        using var scope = NewDisposeScope();
        var segment = tensor(segments, [rows, Length]);
        var chunked = segment.view(rows, chunks, chunkSize);
        var last = chunked[TensorIndex.Ellipsis, TensorIndex.Slice(chunkSize - 1)];       // [B, C, 1]
        ReachesChunkEnd = Keep(chunked.eq(last).to(float32).unsqueeze(-1));
        var before = cat([full_like(last[TensorIndex.Colon, TensorIndex.Slice(0, 1)], -1), last[TensorIndex.Colon, TensorIndex.Slice(0, chunks - 1)]], 1);
        ReachesChunkStart = Keep(chunked.eq(before).to(float32).unsqueeze(-1));
        var lives = before.eq(last.transpose(1, 2)) & ones(chunks, chunks, dtype: @bool).tril(-1);
        CarryMask = Keep(Additive(lives).unsqueeze(1));

        var targets = new List<Targets>();
        for (var depth = 0; depth <= mtpDepth; depth++) targets.Add(TargetsAt(depth + 1, ids, learned));
        Targets = targets;
    }

    /// <summary>Moves all tensors to a device.</summary>
    public void MoveTo(Device device)
    {
        Tensor Move(Tensor from)
        {
            if (from.device_type == device.type) return from;
            var to = from.to(device).DetachFromDisposeScope();
            from.Dispose();
            return to;
        }
        (Ids, ReachesChunkEnd, ReachesChunkStart, CarryMask) = (Move(Ids), Move(ReachesChunkEnd), Move(ReachesChunkStart), Move(CarryMask));
        Targets = [.. Targets.Select(t => new Targets(Move(t.Positions), Move(t.Ids)))];
    }

    private static Tensor Additive(Tensor allowed) =>
        zeros(allowed.shape).masked_fill(allowed.logical_not(), float.NegativeInfinity);

    private static Tensor Keep(Tensor tensor) => tensor.contiguous().DetachFromDisposeScope();

    private Targets TargetsAt(int distance, ReadOnlySpan<int> ids, ReadOnlySpan<byte> learned)
    {
        var positions = new List<long>();
        var targets = new List<long>();
        for (var row = 0; row < Rows; row++)
            for (var t = 0; t + distance < Length; t++)
            {
                var target = row * Length + t + distance;
                // The document of the target must reach back to the position that predicts it.
                if (learned[target] == 0 || Age[target] < distance) continue;
                positions.Add(row * Length + t);
                targets.Add(ids[target]);
            }
        return new Targets(Keep(tensor(positions.ToArray())), Keep(tensor(targets.ToArray())));
    }

    public void Dispose()
    {
        Tensor[] owned = [Ids, ReachesChunkEnd, ReachesChunkStart, CarryMask, .. Targets.SelectMany(t => new[] { t.Positions, t.Ids })];
        foreach (var tensor in owned) tensor.Dispose();
    }
}
