using System.CommandLine;
using NemotronSharp.Numerics;

namespace NemotronSharp.Cli.Writing;

/// <summary><c>--type</c>: one type for all matrices.</summary>
internal static class TypeOption
{
    public static Option<string?> Create(string fallback)
    {
        var option = new Option<string?>("--type", "-t") { Description = $"Type of the matrices: {TypeNames.Writable} [default: {fallback}]", HelpName = "TYPE" };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } name && TypeNames.Find(name) is null) result.AddError($"--type {name}: expected one of {TypeNames.Writable}");
        });
        return option;
    }

    public static TensorType? Of(ParseResult result, Option<string?> option) => result.GetValue(option) is { } name ? TypeNames.Find(name) : null;
}
