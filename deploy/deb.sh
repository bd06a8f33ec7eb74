#!/bin/sh
# Builds a Debian package: sh deploy/deb.sh. It needs cargo-deb (cargo install cargo-deb).
set -eu
cd "$(dirname "$0")/.."
cargo build --release --locked --package muster
muster=target/release/muster
mkdir -p target/deb/completions
"$muster" man-pages target/deb/man
"$muster" completions bash > target/deb/completions/muster.bash
"$muster" completions zsh > target/deb/completions/_muster
"$muster" completions fish > target/deb/completions/muster.fish
cargo deb --no-build --package muster
