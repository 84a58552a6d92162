using System.CommandLine;

namespace NemotronSharp.Cli.Commands;

/// <summary>Options of <c>init</c> that change a published shape: what experiments with layers need.</summary>
internal sealed class ShapeChanges
{
    private readonly Option<int?> _vocabulary = AtLeast(64, new("--vocab") { Description = "Token ids, instead of the shape's: a small output matrix lets layers be measured alone", HelpName = "N" });
    private readonly Option<int?> _experts = AtLeast(1, new("--experts") { Description = "Routed experts of a layer, instead of the shape's", HelpName = "N" });
    private readonly Option<int?> _chosen = AtLeast(1, new("--top-k") { Description = "Experts that a token goes to, instead of the shape's", HelpName = "N" });
    private readonly Option<int?> _latent = AtLeast(0, new("--latent") { Description = "Width of the experts' latent space, instead of the shape's; 0 for experts of the full width", HelpName = "N" });
    private readonly Option<bool> _noMtp = new("--no-mtp") { Description = "Without a multi-token-prediction head" };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_vocabulary, _experts, _chosen, _latent, _noMtp]) command.Add(option);
    }

    public NemotronConfig Apply(NemotronConfig shape, ParseResult result)
    {
        var vocabulary = result.GetValue(_vocabulary) ?? shape.VocabSize;
        if (result.GetValue(_noMtp)) shape = shape with { MtpDepth = 0, MtpLayers = [] };
        return shape with
        {
            VocabSize = vocabulary,
            RoutedExperts = result.GetValue(_experts) ?? shape.RoutedExperts,
            ExpertsPerToken = result.GetValue(_chosen) ?? shape.ExpertsPerToken,
            MoeLatentSize = result.GetValue(_latent) ?? shape.MoeLatentSize,
        };
    }

    private static Option<int?> AtLeast(int least, Option<int?> option)
    {
        option.Validators.Add(result =>
        {
            if (!result.Errors.Any() && result.GetValueOrDefault<int?>() is { } found && found < least) result.AddError($"{option.Name}: found {found}, expected at least {least}");
        });
        return option;
    }
}
