using System.Runtime.ExceptionServices;

namespace NemotronSharp.Checkpoints;

/// <summary>Rows of a matrix on all processors, each thread with room for one row's values; the first error comes out as it is.</summary>
internal static class ParallelRows
{
    public static void Run(int count, int columns, Action<int, float[]> body)
    {
        try
        {
            Parallel.For(0, count, () => new float[columns], (row, _, values) =>
            {
                body(row, values);
                return values;
            }, _ => { });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
