#!/bin/sh
# The main job on two days' files: builds muster, syncs day one, then day two, decides on what is held, and asks
# why a value is what it is. Everything it writes is in target/example.
set -eu
cd "$(dirname "$0")/.."
# Bold on a terminal, plain in a file.
if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold="" plain=""; fi
step() { printf '\n%s== %s%s\n' "$bold" "$1" "$plain"; }
# Wherever this machine puts what cargo builds, this time it is found again.
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}
export CARGO_TARGET_DIR
program=$CARGO_TARGET_DIR/debug/muster
muster() { printf '$ muster %s\n' "$*"; "$program" "$@"; }

step "Building muster (the first time takes some minutes)"
cargo build --quiet --bin muster

rm -rf target/example
mkdir -p target/example/inbox
cp examples/acme.toml target/example/acme.toml
MUSTER_DATABASE=sqlite:target/example/muster.db
export MUSTER_DATABASE

step "Day one: the first run of an integration waits for a person"
cp examples/day-1/alleo_employees_export.csv target/example/inbox/
muster sync target/example/acme.toml --now 2026-05-04T02:45:00Z || [ $? -eq 3 ]

step "It looks right: approve exactly this plan"
plan=$("$program" runs 1 --json | sed -n 's/.*"hash": "\(.*\)",*/1-\1/p' | head -n 1)
muster approve "$plan" --now 2026-05-04T08:00:00Z

step "Day two: joiners, changes, a planned departure, and records that cannot be right"
cp examples/day-2/alleo_employees_export.csv target/example/inbox/
muster sync target/example/acme.toml --now 2026-05-05T02:45:00Z

step "Why does Anna have this address?"
muster explain E-1001 email

step "Why was Rosa's record not used?"
muster explain E-1018

step "The end of the month: people whose offboarding date has come leave at 23:00 UTC"
muster sweep --now 2026-05-31T23:00:00Z

step "The directory"
muster employees
printf '\nThe database is target/example/muster.db; try: %s --help\n' "$program"
