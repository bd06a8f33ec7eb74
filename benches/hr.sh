#!/bin/sh
# The whole job against the emulators of HR systems: time and peak of memory of a first sync and of one that changes
# nothing. `sh benches/hr.sh [PEOPLE]`; pacing is part of the times, and the emulators count limits at their real speed
# unless SPEED says otherwise.
set -eu
cd "$(dirname "$0")/.."
people=${1:-500}
cargo build --release --quiet --bin muster --bin muster-emulate
muster=$PWD/target/release/muster
folder=$(mktemp -d)
emulator=
trap 'test -z "$emulator" || kill "$emulator"; rm -rf "$folder"' EXIT
umask 077

# A value of the emulator's credentials, which are one line of JSON without nested values.
credential() {
    sed -n 2p "$folder/emulator" | sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"
}

# Starts an emulator and waits until it has said where it is.
start() {
    : >"$folder/emulator"
    ./target/release/muster-emulate "$1" --people "$people" --today 2026-11-02 --speed "${SPEED:-1}" >"$folder/emulator" &
    emulator=$!
    while test "$(wc -l <"$folder/emulator")" -lt 2; do sleep 0.1; done
}

# Runs a sync and prints what it took: the peak is asked for until the process has ended.
run() {
    begin=$(date +%s%N)
    "$muster" --database "sqlite:$folder/$1.db" --now 2026-11-02T08:00:00Z --any-host sync "$folder/$1.toml" $3 >/dev/null 2>"$folder/error" &
    process=$!
    peak=0
    while line=$(grep VmHWM "/proc/$process/status" 2>/dev/null); do
        peak=$(echo "$line" | tr -dc 0-9)
        sleep 0.02
    done
    wait "$process" || { cat "$folder/error" >&2; exit 1; }
    end=$(date +%s%N)
    printf '%-10s %-9s %6d people %7d ms %5d MiB\n' "$1" "$2" "$people" $(((end - begin) / 1000000)) $((peak / 1024))
}

measure() {
    start "$1"
    {
        printf 'workspace = "acme"\nname = "%s"\n[source]\nconnector = "%s"\n' "$1" "$1"
        printf 'base_url = "%s"\n' "$(sed -n 1p "$folder/emulator")"
        case $1 in
        bamboohr) printf 'company_domain = "acme"\napi_key = { file = "secret" }\n' ;;
        *) printf 'client_id = "%s"\nclient_secret = { file = "secret" }\n' "$(credential client_id)" ;;
        esac
    } >"$folder/$1.toml"
    case $1 in
    bamboohr) credential api_key >"$folder/secret" ;;
    *) credential client_secret >"$folder/secret" ;;
    esac
    run "$1" first --approve
    run "$1" again ''
    kill "$emulator"
    wait "$emulator" 2>/dev/null || true
    emulator=
}

for product in ${PRODUCTS:-personio bamboohr youserve}; do
    measure "$product"
done
