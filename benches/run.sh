#!/bin/sh
# The comparison: muster against the sqlite3 shell, or with --postgresql against psql, on generated files.
# `sh benches/run.sh [--postgresql] [--whole] [PEOPLE ...]`
set -eu
cd "$(dirname "$0")/.."
command -v sqlite3 >/dev/null || { echo "install sqlite3 first: apt-get install sqlite3" >&2; exit 1; }
flags=""
engine=benches/engine-sqlite.sql
while :; do
    case "${1:-}" in
        --postgresql) engine=benches/engine-postgresql.sql ;;
        --whole) ;;
        *) break ;;
    esac
    flags="$flags $1"
    shift
done
cargo build --release --quiet --bin muster --bin compare
# shellcheck disable=SC2086
exec ./target/release/compare $flags ./target/release/muster $engine ${@:-10000 100000}
