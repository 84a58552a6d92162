using NemotronSharp.Text;

namespace NemotronSharp.Tests.Hostile;

/// <summary>tokenizer.json, and the same tokenizer as GGUF's lists.</summary>
internal sealed class HostileTokenizer : HostileFiles
{
    private static readonly TokenizerLists Lists = TokenizerLists.Of(TokenizerJson.Read(System.Text.Encoding.UTF8.GetBytes(HostileModel.Tokenizer), "seed"), 270);

    private TokenizerLists? _lists;

    public override string Name => "tokenizer";

    public override double Share => 0.12;

    public override void Write(Chance chance)
    {
        Size = 0;
        _lists = null;
        if (!chance.OneIn(3))
        {
            Save("tokenizer.json", HostileText.Json(HostileModel.Tokenizer, chance));
            return;
        }

        var (tokens, types, merges) = (Lists.Tokens.ToList(), Lists.Types.ToList(), Lists.Merges.ToList());
        for (var i = chance.Between(1, 3); i > 0; i--)
        {
            switch (chance.Below(6))
            {
                case 0: tokens[chance.Below(tokens.Count)] = chance.Text(); break;
                case 1: types[chance.Below(types.Count)] = chance.OneIn(2) ? chance.Below(8) : unchecked((int)chance.Integer()); break;
                case 2: merges.Add(chance.OneIn(2) ? $"{tokens[chance.Below(tokens.Count)]} {tokens[chance.Below(tokens.Count)]}" : chance.Text()); break;
                case 3: tokens[chance.Below(tokens.Count)] = tokens[chance.Below(tokens.Count)]; break;
                case 4: types.RemoveAt(chance.Below(types.Count)); break;
                default: merges[chance.Below(merges.Count)] = chance.Of("", " ", "a", "a  b", " a", "a ", "h e", merges[0]); break;
            }
        }
        _lists = new TokenizerLists([.. tokens], [.. types], [.. merges]);
        Size = tokens.Concat(merges).Sum(t => 8L + t.Length) + 4L * types.Count;
    }

    public override void Read(Meter meter) =>
        HostileModel.Use(_lists is null ? ModelText.LoadTokenizer(Folder.File("tokenizer.json")) : new Tokenizer(_lists.ToModel(Folder.File("lists"))));
}
