using System.Text.Json.Nodes;
using NemotronSharp.Training.Data;

namespace NemotronSharp.Training.Lineage;

/// <summary>The manifest of <c>data prepare</c>.</summary>
internal static class DataLineage
{
    /// <param name="recipe">What was made.</param>
    /// <param name="recipePath">The recipe's file.</param>
    /// <param name="sourceRoot">Folder of the text sources.</param>
    /// <param name="output">The filled folder.</param>
    /// <param name="manifest">What <see cref="DataPreparation"/> returned; every object in it with a file and a hash is an output.</param>
    /// <param name="seconds">Time it took.</param>
    public static void Write(DataRecipe recipe, string recipePath, string sourceRoot, string output, JsonObject manifest, double seconds)
    {
        var recipeFolder = Path.GetDirectoryName(Path.GetFullPath(recipePath))!;
        string[] inputs =
        [
            Path.Combine(recipeFolder, recipe.Template),
            .. recipe.Tokenizer.File is { } tokenizer ? [Path.Combine(recipeFolder, tokenizer)] : Array.Empty<string>(),
            .. recipe.SourcePaths(sourceRoot),
        ];
        var outputs = Files(manifest).Append("manifest.json").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        new LineageManifest
        {
            Stage = Path.GetFileNameWithoutExtension(recipePath),
            Seed = recipe.Seed,
            Recipe = [RecipeFact.Of(recipePath)],
            Settings = [],
            Parents = [],
            Inputs = [.. inputs.Select(file => FileFact.Of(file, output))],
            Outputs = [.. outputs.Select(file => FileFact.Of(Path.Combine(output, file), output))],
            Metrics = new JsonObject
            {
                ["vocabulary"] = manifest["vocabulary"]!.DeepClone(),
                ["tokens"] = manifest["parts"]!.AsArray().Sum(p => p!["tokens"]!.GetValue<long>()),
            },
            Produced = Producer.Describe(seconds),
        }.Save(output);
    }

    private static IEnumerable<string> Files(JsonNode? node) => node switch
    {
        JsonObject o => (o["file"] is JsonValue file && o.ContainsKey("sha256") ? [file.GetValue<string>()] : Array.Empty<string>()).Concat(o.SelectMany(p => Files(p.Value))),
        JsonArray a => a.SelectMany(Files),
        _ => [],
    };
}
