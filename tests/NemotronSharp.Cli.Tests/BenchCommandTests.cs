using System.Text.Json;

namespace NemotronSharp.Cli.Tests;

/// <summary>Measuring a model's speed.</summary>
public class BenchCommandTests
{
    [Fact]
    public void Every_row_is_there_with_its_shares()
    {
        var (code, output, error) = Nemotron.Run("bench", "-p", "16,40", "-n", "8", "-d", "0,70", "-r", "2", "--json");
        Assert.Equal((0, ""), (code, error));
        var root = JsonDocument.Parse(output).RootElement;
        Assert.Equal(["pp16", "pp40", "tg8", "pp16 @ d70", "pp40 @ d70", "tg8 @ d70"], root.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("test").GetString()));
        foreach (var row in root.GetProperty("rows").EnumerateArray())
        {
            var rate = row.GetProperty("tokens_per_second").GetDouble();
            var runs = row.GetProperty("runs").EnumerateArray().Select(r => (Rate: r.GetProperty("tokens_per_second").GetDouble(), Machine: r.GetProperty("machine"))).ToArray();
            Assert.Equal(2, runs.Length);
            Assert.Contains(rate, runs.Select(r => r.Rate));
            if (row.GetProperty("prompt").GetBoolean())
            {
                Assert.Equal(JsonValueKind.Null, row.GetProperty("share_of_read").ValueKind);
                Assert.InRange(row.GetProperty("share_of_peak").GetDouble(), 1e-6, row.GetProperty("peak_busy").GetDouble());
            }
            else
            {
                var bytes = root.GetProperty("weight_bytes_per_token").GetInt64() + root.GetProperty("state_bytes_per_token").GetInt64() + root.GetProperty("key_value_bytes_per_position").GetInt64() * (row.GetProperty("depth").GetInt32() + 4);
                Assert.Contains(row.GetProperty("share_of_read").GetDouble(), runs.Select(r => r.Rate * bytes / r.Machine.GetProperty("read_bytes_per_second").GetDouble()));
            }
        }
        foreach (var memory in root.GetProperty("sequence_memory").EnumerateArray())
            Assert.InRange(memory.GetProperty("bytes").GetInt64(), 1, long.MaxValue);
        Assert.Matches(@"tg8 +[0-9.]+ ", Nemotron.Run("bench", "-p", "0", "-n", "8", "-r", "1").Output);
    }

    [Fact]
    public void Threads_are_measured_in_turn_more_than_cores_as_well()
    {
        var root = JsonDocument.Parse(Nemotron.Run("bench", "-p", "0", "-n", "4", "-r", "1", "-t", "1,3", "--json").Output).RootElement;
        Assert.Equal([1, 3], root.GetProperty("rows").EnumerateArray().Select(r => r.GetProperty("threads").GetInt32()));
        Assert.Equal([1, 3], root.GetProperty("machine").EnumerateArray().Select(r => r.GetProperty("threads").GetInt32()));
        Nemotron.AssertFails(Nemotron.Run("bench", "-t", "0"), "'0'");
    }

    [Fact]
    public void Sequences_decode_together()
    {
        var root = JsonDocument.Parse(Nemotron.Run("bench", "-p", "0", "-n", "4", "-d", "0,70", "-r", "1", "--sequences", "2,3", "--json").Output).RootElement;
        var rows = root.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(["tg4", "tg4 x2", "tg4 x3", "tg4 @ d70", "tg4 x2 @ d70", "tg4 x3 @ d70"], rows.Select(r => r.GetProperty("test").GetString()));
        foreach (var row in rows)
        {
            var single = rows.Single(r => r.GetProperty("sequences").GetInt32() == 1 && r.GetProperty("depth").GetInt32() == row.GetProperty("depth").GetInt32());
            if (row.GetProperty("sequences").GetInt32() == 1) Assert.Equal(JsonValueKind.Null, row.GetProperty("over_one_sequence").ValueKind);
            else Assert.Equal(row.GetProperty("tokens_per_second").GetDouble() / single.GetProperty("tokens_per_second").GetDouble(), row.GetProperty("over_one_sequence").GetDouble(), 1e-9);
        }
        Nemotron.AssertFails(Nemotron.Run("bench", "--sequences", "1"), "'1'");
    }

    [Fact]
    public void Numbers_that_are_none_are_named()
    {
        Nemotron.AssertFails(Nemotron.Run("bench", "-p", "16,x"), "'x'");
        Nemotron.AssertFails(Nemotron.Run("bench", "-d", "-5"), "-5");
        Nemotron.AssertFails(Nemotron.Run("bench", "-n", "-1"), "-1");
    }
}
