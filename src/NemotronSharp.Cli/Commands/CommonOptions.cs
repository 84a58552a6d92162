using System.CommandLine;

namespace NemotronSharp.Cli.Commands;

/// <summary>Options that several commands share. Each command has its own instances: System.CommandLine binds by instance.</summary>
internal static class CommonOptions
{
    public static Option<string?> Model() => new("--model", "-m")
    {
        Description = "Model folder as Hugging Face lays it out [default: the model that ships]",
        HelpName = "FOLDER",
    };

    public static Option<bool> Json(string what) => new("--json") { Description = $"Print {what} as JSON" };

    public static Option<int> Threads()
    {
        var option = new Option<int>("--threads", "-t")
        {
            Description = "Threads that compute; results are the same for any number",
            DefaultValueFactory = _ => Environment.ProcessorCount,
            HelpName = "N",
        };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any()) return;
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--threads: expected at least 1");
        });
        return option;
    }
}
