# Sourced by ./nemotron and ./test. Finds the .NET SDK that global.json asks for, or says how to get it.

# The place where dotnet-install.sh puts it counts too, although it is on nobody's PATH.
find_dotnet() {
    if command -v dotnet > /dev/null; then return; fi
    if [ -x "$HOME/.dotnet/dotnet" ]; then PATH="$HOME/.dotnet:$PATH"; fi
}

# The programs look for the runtime in DOTNET_ROOT and in the system's own place, not on the PATH.
export_dotnet_root() {
    if [ -n "${DOTNET_ROOT:-}" ]; then return; fi
    find_dotnet
    local dotnet
    if dotnet=$(command -v dotnet); then
        dotnet=$(readlink -f "$dotnet")
        export DOTNET_ROOT="${dotnet%/*}"
    fi
}

require_sdk() {
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
    find_dotnet
    local found
    if ! command -v dotnet > /dev/null; then
        found="no dotnet command was found"
    elif (cd "$root" && dotnet --version) > /dev/null 2>&1; then
        return
    else
        found=$(dotnet --list-sdks 2> /dev/null | cut -d ' ' -f 1 | tr '\n' ' ') || found=""
        found="found ${found:-only a runtime}"
    fi
    cat >&2 <<EOF
NemotronSharp is built from source and needs the .NET 10 SDK; $found.
Get it in one of these ways, then run this command again:
    curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0
    sudo apt-get install dotnet-sdk-10.0        (Debian, Ubuntu)
    brew install dotnet                         (macOS)
    https://dotnet.microsoft.com/download/dotnet/10.0
EOF
    exit 1
}
