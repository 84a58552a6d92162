using System.CommandLine;
using NemotronSharp.Training.Pretraining;

var root = new RootCommand("Trains Nemotron-3 models: data, pretraining, export.") { TrainCommand.Create() };
return root.Parse(args).Invoke();
