#!/bin/sh
# The comparison: muster against the sqlite3 shell on generated files. `sh benches/run.sh [PEOPLE ...]`
set -eu
cd "$(dirname "$0")/.."
command -v sqlite3 >/dev/null || { echo "install sqlite3 first: apt-get install sqlite3" >&2; exit 1; }
cargo build --release --quiet --bin muster --bin compare
exec ./target/release/compare ./target/release/muster benches/engine-sqlite.sql ${@:-10000 100000}
