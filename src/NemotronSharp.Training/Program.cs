using System.CommandLine;
using NemotronSharp.Training.Agreement;
using NemotronSharp.Training.Data;
using NemotronSharp.Training.Lineage;
using NemotronSharp.Training.Pretraining;

var root = new RootCommand("Trains Nemotron-3 models: data, pretraining, export.") { DataCommand.Create(), TrainCommand.Create(), LineageCommand.Create(), ReproduceCommand.Create(), AgreementCommand.Create() };
return root.Parse(args).Invoke();
