namespace NemotronSharp.Kernels;

/// <summary>y = x for long runs of float32, by all threads.</summary>
internal static unsafe class Copying
{
    private const int Block = 1 << 13;

    public static void Apply(float* x, float* y, long count, Workers workers) => workers.Run(new Job(x, y, count), checked((int)((count + Block - 1) / Block)), 4);

    private readonly struct Job(float* x, float* y, long count) : IJob
    {
        public void Run(int begin, int end)
        {
            var (first, last) = ((long)begin * Block, Math.Min((long)end * Block, count));
            Buffer.MemoryCopy(x + first, y + first, (last - first) * sizeof(float), (last - first) * sizeof(float));
        }
    }
}
