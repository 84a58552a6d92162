using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using NemotronSharp.Bench;

if (args is ["kernels", .. var measured]) return KernelSuite.Measure(measured);
if (args is ["roofline", .. var drawn]) return KernelSuite.Draw(drawn);
if (args is ["speculation", .. var rest]) return SpeculationBenchmark.Run(rest);
if (args is ["products", .. var shape]) return ProductSpeed.Run(shape);

// In process: the engine's internals are visible to this assembly only, and a child process would have another name.
var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
return 0;
