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
            Assert.Equal(2, row.GetProperty("runs").GetArrayLength());
            Assert.Contains(rate, row.GetProperty("runs").EnumerateArray().Select(r => r.GetDouble()));
            if (row.GetProperty("prompt").GetBoolean()) Assert.Equal(JsonValueKind.Null, row.GetProperty("share_of_read").ValueKind);
            else
            {
                var bytes = root.GetProperty("weight_bytes_per_token").GetInt64() + root.GetProperty("state_bytes_per_token").GetInt64() + root.GetProperty("key_value_bytes_per_position").GetInt64() * (row.GetProperty("depth").GetInt32() + 4);
                Assert.Equal(rate * bytes / root.GetProperty("read_bytes_per_second").GetDouble(), row.GetProperty("share_of_read").GetDouble(), 1e-9);
            }
        }
        Assert.Matches(@"tg8 +[0-9.]+ ", Nemotron.Run("bench", "-p", "0", "-n", "8", "-r", "1").Output);
    }

    [Fact]
    public void Numbers_that_are_none_are_named()
    {
        Nemotron.AssertFails(Nemotron.Run("bench", "-p", "16,x"), "'x'");
        Nemotron.AssertFails(Nemotron.Run("bench", "-d", "-5"), "-5");
        Nemotron.AssertFails(Nemotron.Run("bench", "-n", "-1"), "-1");
    }
}
