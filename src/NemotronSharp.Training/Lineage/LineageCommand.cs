using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace NemotronSharp.Training.Lineage;

/// <summary><c>nemotron-train lineage PATH</c>.</summary>
internal static class LineageCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var path = new Argument<string>("path") { Description = "a stage's output folder, or its lineage.json" };
        var json = new Option<bool>("--json") { Description = "print the tree as JSON" };
        var publish = new Option<string?>("--publish") { Description = "copy the model, the one it began with, and the chain's manifests into this folder" };
        var command = new Command("lineage", "Show what a stage's output was made from, and check every hash. Example: ./nemotron lineage runs/pico/sft") { path, json, publish };
        command.SetAction(parsed =>
        {
            try
            {
                var check = new LineageCheck();
                var stage = check.Walk(parsed.GetValue(path)!);
                if (parsed.GetValue(json))
                    Console.WriteLine(new JsonObject { ["chain"] = stage.ToJson(), ["problems"] = new JsonArray([.. check.Problems.Select(p => (JsonNode)p)]) }.ToJsonString(Indented));
                else
                    Draw(stage);
                foreach (var problem in check.Problems) Console.Error.WriteLine($"nemotron-train: {problem}");
                if (check.Problems.Count > 0) return 1;
                if (parsed.GetValue(publish) is { } folder) Publication.Write(stage, folder);
                return 0;
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine($"nemotron-train: {e.Message}");
                return 1;
            }
        });
        return command;
    }

    private static void Draw(CheckedStage stage)
    {
        var tree = new Tree(new Markup(Title(stage)));
        var shown = new HashSet<CheckedStage>(ReferenceEqualityComparer.Instance);
        Fill(tree, stage, shown);
        AnsiConsole.Write(tree);
        var files = shown.SelectMany(s => s.Inputs.Concat(s.Outputs)).ToList();
        AnsiConsole.MarkupLineInterpolated($"{files.Count(f => f.Status == CheckedFile.Same)} files as recorded, {files.Count(f => f.Status == CheckedFile.Absent)} not on this disk, {files.Count(f => f.Status == CheckedFile.Differs)} different");
    }

    private static void Fill(IHasTreeNodes node, CheckedStage stage, HashSet<CheckedStage> shown)
    {
        shown.Add(stage);
        Files(node, "made", stage.Outputs);
        Files(node, "read", stage.Inputs);
        foreach (var parent in stage.Parents)
        {
            var again = shown.Contains(parent);
            var child = node.AddNode(new Markup($"from {Title(parent)}{(again ? " [grey](see above)[/]" : "")}"));
            if (!again) Fill(child, parent, shown);
        }
    }

    private static void Files(IHasTreeNodes node, string title, IReadOnlyList<CheckedFile> files)
    {
        if (files.Count == 0) return;
        var list = node.AddNode(title);
        foreach (var (fact, status) in files)
        {
            var mark = status switch { CheckedFile.Same => "[green]✓[/]", CheckedFile.Absent => "[grey]·[/]", _ => "[red]✗[/]" };
            var note = status switch { CheckedFile.Same => "", CheckedFile.Absent => " [grey]not on this disk[/]", _ => " [red]differs[/]" };
            list.AddNode(new Markup($"{mark} {Markup.Escape(fact.Path)}  [grey]{fact.Bytes:N0} bytes  {Markup.Escape(fact.Sha256[..Math.Min(12, fact.Sha256.Length)])}[/]{note}"));
        }
    }

    private static string Title(CheckedStage stage)
    {
        if (stage.Manifest is not { } manifest) return $"[bold]{Markup.Escape(stage.Name)}[/] [grey]its manifest is not on this disk[/]";
        var metrics = manifest.Metrics.Where(m => m.Value is not null).Select(m => $"{m.Key.Replace('_', ' ')} {Number(m.Value!)}");
        return $"[bold]{Markup.Escape(stage.Name)}[/]  {Markup.Escape($"{manifest.Recipe.FirstOrDefault()?.Path}, seed {manifest.Seed}; {string.Join(", ", metrics)}; {manifest.Produced["created"]}")}";
    }

    private static string Number(JsonNode value) =>
        double.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var number) ? number.ToString(number == Math.Floor(number) ? "N0" : "F4", CultureInfo.InvariantCulture) : value.ToString();
}
