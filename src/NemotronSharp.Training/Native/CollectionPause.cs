using System.Runtime;

namespace NemotronSharp.Training.Native;

/// <summary>
/// Garbage collections at chosen moments only. TorchSharp's finalizers free a scalar that a native call is still reading if a collection
/// falls into that call: rare, but long runs make a thousand million calls. For any thread.
/// </summary>
internal static class CollectionPause
{
    // Far above what a step allocates; if one does allocate more, the collector comes when it likes, as without this.
    private const long Bytes = 256L << 20;
    private static readonly Lock Turn = new();

    /// <summary>Collects now, when no other thread is in a native call, and not again before the next pause or <see cref="End"/>.</summary>
    public static void Take()
    {
        lock (Turn)
        {
            End();
            try
            {
                GC.TryStartNoGCRegion(Bytes);
            }
            catch (InvalidOperationException)
            {
                // The runtime still counts the last region, although it no longer shows its mode (seen once, on a crowded machine): there is a pause, or the
                // collector comes when it likes until the next one.
            }
        }
    }

    /// <summary>Lets the collector come when it likes.</summary>
    public static void End()
    {
        lock (Turn)
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion) GC.EndNoGCRegion();
        }
    }
}
