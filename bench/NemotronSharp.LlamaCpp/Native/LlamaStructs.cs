using System.Runtime.InteropServices;

namespace NemotronSharp.LlamaCpp.Native;

// Layouts of llama.h, v0.5.0; a C bool is one byte. Values come from the library's own defaults, so that only what is set here differs.

/// <summary><c>llama_model_params</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ModelParams
{
    public nint Devices, BufferTypeOverrides;
    public int GpuLayers, SplitMode, LoadMode, LazyMode, MainGpu;
    public nint TensorSplit, Progress, ProgressData, MetadataOverrides;
    public byte VocabularyOnly, CheckTensors, UseExtraBuffers, NoHost, NoAlloc, LoadMtp;
}

/// <summary><c>llama_context_params</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ContextParams
{
    public uint Context, BatchTokens, StepTokens, MaxSequences, Snapshots, MaxOutputs, MaxOutputsPerSequence;
    public int Threads, BatchThreads;
    public int ContextType, RopeScaling, Pooling, AttentionType, FlashAttention;
    public float RopeBase, RopeScale, YarnExtension, YarnAttention, YarnBetaFast, YarnBetaSlow;
    public uint YarnOriginalContext;
    public float DefragThreshold;
    public nint Evaluation, EvaluationData;
    public int KeyType, ValueType;
    public nint Abort, AbortData;
    public byte Embeddings, OffloadAttention, NoPerformance, OffloadOperations, SlidingWindowFull, UnifiedCache;
    public nint Samplers;
    public nuint SamplerCount;
    public nint OtherContext;
}

/// <summary><c>llama_batch</c>: tokens with their positions, sequences, and whether logits are wanted.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Batch
{
    public int Count;
    public int* Tokens;
    public float* Embeddings;
    public int* Positions;
    public int* SequenceCounts;
    public int** Sequences;
    public byte* WantLogits;
}

/// <summary><c>ggml_threadpool_params</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ThreadPoolParams
{
    public fixed byte Processors[512];
    public int Threads, Priority;
    public uint Polling;
    public byte StrictPlacement, Paused;
}

/// <summary><c>ggml_type_traits</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GgmlTypeTraits
{
    public byte* Name;
    public long BlockElements, InterleavedBlock;
    public nuint BlockBytes;
    public byte IsQuantized;
    public delegate* unmanaged<byte*, float*, long, void> ToFloat;
    public nint FromFloat;
}
