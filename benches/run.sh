#!/bin/sh
# The comparison: muster against the sqlite3 shell on generated files. `sh benches/run.sh [--whole] [PEOPLE ...]`
set -eu
cd "$(dirname "$0")/.."
command -v sqlite3 >/dev/null || { echo "install sqlite3 first: apt-get install sqlite3" >&2; exit 1; }
whole=""
if [ "${1:-}" = --whole ]; then
    whole=$1
    shift
fi
cargo build --release --quiet --bin muster --bin compare
# shellcheck disable=SC2086
exec ./target/release/compare $whole ./target/release/muster benches/engine-sqlite.sql ${@:-10000 100000}
