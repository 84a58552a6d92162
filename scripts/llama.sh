# Sourced by the scripts that run this engine beside llama.cpp: installs llama.cpp and builds the program, $root being the repository.
. "$root/scripts/sdk.sh"
race="$root/artifacts/bin/NemotronSharp.LlamaCpp/release/NemotronSharp.LlamaCpp"

build_race() {
    require_sdk
    export_dotnet_root
    local peers="$root/tests/peers" output
    if [ "$peers/package-lock.json" -nt "$peers/node_modules/.package-lock.json" ]; then
        npm ci --prefix "$peers" --omit=optional --no-audit --no-fund >&2
    fi
    mkdir -p "$root/artifacts/nemotron"
    exec 9> "$root/artifacts/nemotron/lock"
    if command -v flock > /dev/null; then flock 9; fi
    if ! output=$(dotnet build "$root/bench/NemotronSharp.LlamaCpp" -c Release --nologo -v minimal --disable-build-servers 2>&1 9>&-); then
        echo "$output" >&2
        exit 1
    fi
    exec 9>&-
}
