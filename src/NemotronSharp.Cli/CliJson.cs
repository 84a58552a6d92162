using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NemotronSharp.Cli;

/// <summary>How the commands write JSON: letters of every script as they are.</summary>
internal static class CliJson
{
    public static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly JsonSerializerOptions Indented = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    public static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
