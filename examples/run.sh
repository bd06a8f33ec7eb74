#!/bin/sh
# The example: builds muster, syncs the file of day one and approves the plan, syncs the file of day two, and asks why a
# value is what it is. It writes only to target/example.
set -eu
cd "$(dirname "$0")/.."
# Bold on a terminal, plain in a file.
if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold="" plain=""; fi
step() { printf '\n%s== %s%s\n' "$bold" "$1" "$plain"; }
# Build into a known folder, whatever the default of this machine is.
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}
export CARGO_TARGET_DIR
program=$CARGO_TARGET_DIR/debug/muster
muster() { printf '$ muster %s\n' "$*"; "$program" "$@"; }

step "Building muster (the first build takes a few minutes)"
cargo build --quiet --bin muster

rm -rf target/example
mkdir -p target/example/inbox
cp examples/acme.toml target/example/acme.toml
MUSTER_DATABASE=sqlite:target/example/muster.db
export MUSTER_DATABASE

step "Day one: the first run of an integration is held for review"
cp examples/day-1/alleo_employees_export.csv target/example/inbox/
muster sync target/example/acme.toml --now 2026-05-04T02:45:00Z || [ $? -eq 3 ]

step "Approve exactly this plan"
plan=$("$program" runs 1 --json | sed -n 's/^ *"plan": "\(.*\)",*$/\1/p' | head -n 1)
muster approve "$plan" --now 2026-05-04T08:00:00Z

step "Day two: new employees, changes, a planned departure and invalid records"
cp examples/day-2/alleo_employees_export.csv target/example/inbox/
muster sync target/example/acme.toml --now 2026-05-05T02:45:00Z || [ $? -eq 3 ]

step "Why does Anna have this address?"
muster explain E-1001 email

step "Why was Rosa's record rejected?"
muster explain E-1018

step "End of the month: employees with an offboarding date of today are deactivated at 23:00 UTC"
muster sweep --now 2026-05-31T23:00:00Z

step "The directory"
muster employees
printf '\nThe database is target/example/muster.db; try: %s --help\n' "$program"
printf 'To see it in a browser: %s serve --database sqlite:target/example/muster.db\n' "$program"
