using System.Diagnostics;
using NemotronSharp.Generation;
using NemotronSharp.Numerics;
namespace NemotronSharp.Bench;
internal static unsafe class Phases
{
    public static int Run(string[] a)
    {
        var threads = int.Parse(a[1]); var runs = int.Parse(a[2]); var prompt = a.Length > 3 ? int.Parse(a[3]) : 100;
        using var engine = NemotronEngine.Load(a[0], new EngineOptions { Threads = threads });
        var rnd = new Random(1);
        int[] ids = [.. Enumerable.Range(0, prompt).Select(_ => rnd.Next(engine.Config.VocabSize))];
        var logits = new float[engine.Config.VocabSize];
        using var start = engine.NewSequence();
        engine.Forward(start, ids, logits);
        using var hb = new NativeBuffer(64L * engine.Config.HiddenSize);
        using var lb = new NativeBuffer(9L * engine.Config.VocabSize);
        var hidden = new Rows(hb.Data, 64, engine.Config.HiddenSize);
        var lr = new Rows(lb.Data, 9, engine.Config.VocabSize);
        var sampler = new Sampler(SamplingOptions.Greedy);
        void Time(string name, Action<State.SequenceState, int[]> action, int n = 1)
        {
            var times = new List<double>();
            for (var r = 0; r < runs + 20; r++)
            {
                using var s = start.Clone();
                var next = new int[8];
                for (var i = 0; i < 8; i++) next[i] = rnd.Next(engine.Config.VocabSize);
                if (name.StartsWith("replay", StringComparison.Ordinal)) { engine.Move(s, next.AsSpan(0, 4), 3, [], hidden.Slice(0, 4), lr.Slice(0, 4)); s.Rewind(3 - n); }
                var t = Stopwatch.GetTimestamp();
                action(s, next);
                if (r >= 20) times.Add(Stopwatch.GetElapsedTime(t).TotalMicroseconds);
            }
            times.Sort();
            Console.WriteLine($"{name,-30} min {times[0],9:0.0} median {times[times.Count / 2],9:0.0} us");
        }
        if (a.Length > 4) { var n = int.Parse(a[4]); Time($"only {n}", (s, x) => { for (var i = 0; i < 50; i++) engine.Move(s, x.AsSpan(0, n), 0, [], hidden.Slice(0, n), lr.Slice(0, n)); }); return 0; }
        for (var T = 1; T <= 5; T++) { var n = T; Time($"move {n} keep 0 logits all", (s, x) => engine.Move(s, x.AsSpan(0, n), 0, [], hidden.Slice(0, n), lr.Slice(0, n))); }
        for (var T = 1; T <= 5; T++) { var n = T; Time($"move {n} keep 0 no logits", (s, x) => engine.Move(s, x.AsSpan(0, n), 0, [], hidden.Slice(0, n), lr.Slice(0, 0))); }
        for (var T = 2; T <= 5; T++) { var n = T; Time($"move {n} keep {n-1} logits all", (s, x) => engine.Move(s, x.AsSpan(0, n), n - 1, [], hidden.Slice(0, n), lr.Slice(0, n))); }
        for (var T = 0; T <= 3; T++) { var n = T; Time($"replay {n} then move 1", (s, x) => engine.Move(s, x.AsSpan(0, 1), 0, [], hidden.Slice(0, 1), lr.Slice(0, 1)), n); }
        if (engine.HasMtp)
        {
            var drafts = new int[8];
            for (var T = 0; T <= 3; T++) { var n = T; Time($"draft {n} behind 1", (s, x) => engine.Draft(s, hidden.Slice(0, 1), x.AsSpan(0, 1), drafts.AsSpan(0, n), sampler)); }
            Time($"draft 1 behind 2", (s, x) => engine.Draft(s, hidden.Slice(0, 2), x.AsSpan(0, 2), drafts.AsSpan(0, 1), sampler));
            Time($"draft 1 behind 3", (s, x) => engine.Draft(s, hidden.Slice(0, 3), x.AsSpan(0, 3), drafts.AsSpan(0, 1), sampler));
        }
        Time("sample greedy", (s, x) => sampler.TryChoose(logits, 3, out _));
        return 0;
    }
}
