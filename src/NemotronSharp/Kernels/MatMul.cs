using NemotronSharp.Kernels.Jit;
using NemotronSharp.Numerics;

namespace NemotronSharp.Kernels;

/// <summary>
/// Matrix products y = x·wᵀ over weights in their file's type. Products that do not wait for each other are done together: the experts of a layer, or
/// query, key and value. A value has the same bits for any number of tokens, in any company, on any number of threads.
/// </summary>
internal static unsafe class MatMul
{
    // Multiply-adds of a part of a product: enough to be worth waking a thread, few enough to share well.
    private const long LeastWork = 1 << 16;
    private const long BytesPerPart = 1 << 17, FloatBytesPerPart = 1 << 19;
    private const int DirectRowTile = 4;

    /// <summary>One product.</summary>
    public static void Apply(WeightMatrix w, Rows x, Rows y, KernelContext context)
    {
        if (x.Count != y.Count) throw new ArgumentException($"found {x.Count} rows of x and {y.Count} of y");
        var product = new Product(w, x, y);
        Apply([product], context);
    }

    /// <summary>Several products that do not depend on each other.</summary>
    public static void Apply(ReadOnlySpan<Product> products, KernelContext context)
    {
        using var frame = context.Scratch.Enter();
        var tasks = (Work*)context.Scratch.TakeBytes((long)products.Length * sizeof(Work));
        var latest = stackalloc int[] { -1, -1, -1, -1 }; // by form
        int parts = 0, rows = 0;
        long work = 0;
        for (var i = 0; i < products.Length; i++)
        {
            ref readonly var p = ref products[i];
            var w = p.Weights;
            if (p.X.Width != w.Columns || p.Y.Width != w.Rows) throw new ArgumentException($"found x [*, {p.X.Width}] and y [*, {p.Y.Width}], expected widths {w.Columns} and {w.Rows} for the weight matrix");
            var integer = context.WholeNumbers && IntegerProduct.Applies(w);
            tasks[i] = new Work { Product = p, IsInteger = integer, RowsPerPart = RowsPerPart(p, integer), FirstPart = parts, FirstRow = rows };
            if (integer) rows += Place(tasks, i, latest, context);
            else if (SinglePrecisionProduct.IsPanel(p)) PackFloats(tasks, i, context);
            parts += (w.Rows + tasks[i].RowsPerPart - 1) / tasks[i].RowsPerPart;
            work += (long)w.Rows * w.Columns * p.Count;
        }

        if (rows > 0) context.Workers.Run(new PackJob(tasks, products.Length, context), rows, Math.Max(2, Workers.RowGrain(2 * products[0].Weights.Columns)));
        var job = new Job(tasks, products.Length, context);
        if (work <= LeastWork) job.Run(0, parts);
        else context.Workers.Run(job, parts, 1);
    }

    /// <summary>The formula, one double-precision sum per value.</summary>
    public static void Reference(WeightMatrix w, Rows x, Rows y)
    {
        var row = new float[w.Columns];
        for (var r = 0; r < w.Rows; r++)
        {
            w.CopyRow(r, row);
            for (var t = 0; t < x.Count; t++)
            {
                var sum = 0.0;
                for (var k = 0; k < row.Length; k++) sum += (double)row[k] * x[t][k];
                y[t][r] = (float)sum;
            }
        }
    }

    private static int RowsPerPart(in Product p, bool integer)
    {
        var least = LeastWork / Math.Max(1, (long)p.Weights.Columns * p.Count);
        var panel = !integer && SinglePrecisionProduct.IsPanel(p);
        if (integer ? p.Count == 1 : !panel) least = Math.Max(least, (integer ? BytesPerPart : FloatBytesPerPart) / Math.Max(1, p.Weights.RowBytes));
        var tile = integer ? IntegerProduct.RowsAtOnce : panel ? PanelProduct.PanelRows : DirectRowTile;
        return (int)((Math.Clamp(least, 1, p.Weights.Rows) + tile - 1) / tile * tile);
    }

    // Room for a product's activations, and how many rows are to be packed: none if the latest product in the same form has the same.
    private static int Place(Work* tasks, int i, int* latest, KernelContext context)
    {
        ref var task = ref tasks[i];
        ref readonly var p = ref task.Product;
        task.Layout = context.AssembledFor(p) is null ? new PackedLayout(PackedForm.Plain) : PackedLayout.For(context.Activations, p.Count);
        ref var before = ref latest[(int)task.Layout.Form];
        var shares = before >= 0 && HaveOneInput(tasks[before].Product, p) && HaveOneFormat(tasks[before].Product.Weights, p.Weights);
        var rowBytes = task.Layout.RowBytes(p.Weights.Columns);
        task.Packed = shares ? tasks[before].Packed : new PackedRows(context.Scratch.TakeBytes((long)rowBytes * p.X.Count), rowBytes, task.Layout.ChunkBytes);
        before = i;
        return shares ? 0 : p.X.Count;
    }

    private static bool HaveOneFormat(WeightMatrix a, WeightMatrix b) => a.Type == b.Type && a.BlockScales is null == b.BlockScales is null;

    private static void PackFloats(Work* tasks, int i, KernelContext context)
    {
        ref var task = ref tasks[i];
        ref readonly var p = ref task.Product;
        if (i > 0 && tasks[i - 1].Floats is not null && HaveOneInput(tasks[i - 1].Product, p) && tasks[i - 1].Product.Count == p.Count && tasks[i - 1].Product.Tokens == p.Tokens)
        {
            task.Floats = tasks[i - 1].Floats;
            return;
        }

        task.Floats = (float*)context.Scratch.TakeBytes(PanelProduct.PackedLength(p) * sizeof(float));
        context.Workers.Run(new FloatPackJob(p, task.Floats), (p.Count + RegisterTile.Tokens - 1) / RegisterTile.Tokens, (1 << 14) / (RegisterTile.Tokens * p.X.Width) + 1);
    }

    private static bool HaveOneInput(in Product a, in Product b) => a.X.Data == b.X.Data && a.X.Count == b.X.Count && a.X.Width == b.X.Width && a.X.Stride == b.X.Stride;

    private struct Work
    {
        public Product Product;
        public bool IsInteger;
        public PackedLayout Layout;
        public PackedRows Packed;
        public float* Floats;
        public int RowsPerPart, FirstPart, FirstRow;
    }

    // The last of the products that begin at or before a part, or a row to be packed.
    private static int Find(Work* tasks, int count, int at, bool rows)
    {
        int low = 0, high = count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if ((rows ? tasks[middle].FirstRow : tasks[middle].FirstPart) <= at) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    // The activations of all products, row by row.
    private readonly struct PackJob(Work* tasks, int count, KernelContext context) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var i = Find(tasks, count, begin, rows: true); begin < end; i++)
            {
                var last = i + 1 < count ? Math.Min(end, tasks[i + 1].FirstRow) : end;
                if (begin == last) continue;
                ref readonly var task = ref tasks[i];
                ref readonly var product = ref task.Product;
                var assembled = context.AssembledFor(product);
                for (; begin < last; begin++) IntegerProduct.Pack(product.Weights, task.Layout, context.Activations, assembled, product.X.Row(begin - task.FirstRow), task.Packed.Row(begin - task.FirstRow));
            }
        }
    }

    private readonly struct FloatPackJob(Product product, float* packed) : IJob
    {
        public void Run(int begin, int end)
        {
            for (var tile = begin; tile < end; tile++) PanelProduct.Pack(product, packed, tile);
        }
    }

    private readonly struct Job(Work* tasks, int count, KernelContext context) : IJob
    {
        public void Run(int begin, int end)
        {
            var i = Find(tasks, count, begin, rows: false);
            for (var part = begin; part < end; part++)
            {
                while (i + 1 < count && tasks[i + 1].FirstPart <= part) i++;
                ref readonly var task = ref tasks[i];
                ref readonly var product = ref task.Product;
                var first = (part - task.FirstPart) * task.RowsPerPart;
                var last = Math.Min(first + task.RowsPerPart, product.Weights.Rows);
                if (task.IsInteger) IntegerProduct.Apply(product, context.AssembledFor(product), task.Packed, first, last);
                else SinglePrecisionProduct.Apply(product, task.Floats, first, last);
            }
        }
    }
}
