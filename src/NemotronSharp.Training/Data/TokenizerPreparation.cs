using NemotronSharp.Text;
using NemotronSharp.Training.Data.Corpus;

namespace NemotronSharp.Training.Data;

/// <summary>Copies the recipe's tokenizer, or learns one from conversations of every task and the beginning of every text source.</summary>
/// <param name="recipe">What to make.</param>
/// <param name="root">The folder of the sources.</param>
/// <param name="encoder">Renders.</param>
/// <param name="report">Told how far it is, 0 to 1.</param>
internal sealed class TokenizerPreparation(DataRecipe recipe, string root, ChatEncoder encoder, Action<double> report)
{
    public const string File = "tokenizer.json", ConfigFile = "tokenizer_config.json";

    /// <summary>Writes both files into the folder.</summary>
    /// <param name="besideRecipe">From a path in the recipe to the file.</param>
    /// <param name="output">The folder.</param>
    public Tokenizer Make(Func<string, string> besideRecipe, string output)
    {
        string target = Path.Combine(output, File);
        if (recipe.Tokenizer.Learn is { } sample) Learn(sample).Save(output);
        else
        {
            string file = besideRecipe(recipe.Tokenizer.File!);
            SourceFiles.Verify("tokenizer", [file], recipe.Tokenizer.Sha256!);
            System.IO.File.Copy(file, target, overwrite: true);
            System.IO.File.Copy(Path.Combine(Path.GetDirectoryName(file)!, ConfigFile), Path.Combine(output, ConfigFile), overwrite: true);
        }
        report(1);
        return Tokenizer.Load(target);
    }

    private BpeVocabulary Learn(VocabularySample sample)
    {
        var trainer = new BpeTrainer();
        var tasks = recipe.Parts.Where(p => p.Task is not null).DistinctBy(p => p.Task).ToArray();
        for (int t = 0; t < tasks.Length; t++)
        {
            var conversations = TaskCatalog.Generate(tasks[t].Task!, "tokenizer", (ulong)recipe.Seed, heldOut: false, tasks[t].ThinkingPercent).Take(sample.Conversations);
            foreach (var conversation in conversations)
                foreach (var chunk in encoder.Samples(conversation).SelectMany(s => s)) VocabularyText.Count(trainer, chunk.Text.Value, copied: true);
            report(0.5 * (t + 1) / tasks.Length);
        }
        foreach (var source in recipe.Sources)
        {
            int characters = 0;
            foreach (var document in source.Documents(root).Where(d => !d.HeldOut))
            {
                VocabularyText.Count(trainer, document.Text, copied: false);
                if ((characters += document.Text.Length) > sample.TextCharacters) break;
            }
        }
        report(0.7);
        return trainer.Train(sample.Vocabulary, BpeVocabulary.FamilyTokens);
    }
}
