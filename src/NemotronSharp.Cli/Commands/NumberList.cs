using System.CommandLine;
using System.Globalization;

namespace NemotronSharp.Cli.Commands;

/// <summary>Options that take whole numbers separated by commas.</summary>
internal static class NumberList
{
    public static Option<int[]> Option(string name, string alias, int[] fallback, string description, int least) => new(name, alias)
    {
        Description = description,
        HelpName = "N,N",
        DefaultValueFactory = _ => fallback,
        CustomParser = result =>
        {
            var words = string.Join(',', result.Tokens.Select(t => t.Value)).Split(',');
            var numbers = new int[words.Length];
            for (var i = 0; i < words.Length; i++)
                if (!int.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]) || numbers[i] < least)
                {
                    result.AddError($"{name}: found '{words[i]}', expected whole numbers of at least {least}, separated by commas");
                    break;
                }
            return numbers;
        },
    };
}
