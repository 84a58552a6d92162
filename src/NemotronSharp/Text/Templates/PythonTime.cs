using System.Globalization;
using System.Text;

namespace NemotronSharp.Text.Templates;

/// <summary>Python's strftime in the C locale.</summary>
internal static class PythonTime
{
    public static string Format(RenderContext context, string format, DateTimeOffset time)
    {
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                result.Append(format[i]);
                continue;
            }
            // "%-d" is glibc's form of a number without padding.
            var unpadded = format[i + 1] == '-' && i + 2 < format.Length;
            if (unpadded) i++;
            var text = Directive(format[++i], time) ?? throw context.Error($"strftime_now was given the directive '%{format[i]}', which is not supported");
            result.Append(unpadded && text.TrimStart('0', ' ') is var bare ? bare.Length == 0 ? "0" : bare : text);
        }
        return result.ToString();
    }

    private static string? Directive(char directive, DateTimeOffset time)
    {
        string With(string format) => time.ToString(format, CultureInfo.InvariantCulture);
        return directive switch
        {
            'Y' => With("yyyy"),
            'y' => With("yy"),
            'm' => With("MM"),
            'B' => With("MMMM"),
            'b' or 'h' => With("MMM"),
            'd' => With("dd"),
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'A' => With("dddd"),
            'a' => With("ddd"),
            'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'H' => With("HH"),
            'I' => With("hh"),
            'M' => With("mm"),
            'S' => With("ss"),
            'f' => With("ffffff"),
            'p' => With("tt"),
            'F' => With("yyyy-MM-dd"),
            'T' => With("HH:mm:ss"),
            'R' => With("HH:mm"),
            'D' => With("MM/dd/yy"),
            'x' => With("MM/dd/yy"),
            'X' => With("HH:mm:ss"),
            'c' => $"{With("ddd MMM")} {time.Day,2} {With("HH:mm:ss yyyy")}",
            // The time is naive in Python, as datetime.now() is: no zone.
            'z' or 'Z' => "",
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => null,
        };
    }
}
