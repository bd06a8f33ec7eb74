#!/bin/sh
# Our SFTP fetch against OpenSSH's `sftp`, the same server, cipher and file of 256 MiB, on this machine and through round
# trips of so many milliseconds. Needs root and openssh-server. `sh benches/sftp.sh [MILLISECONDS ...]`
set -eu
cd "$(dirname "$0")/.."
cargo build --release --quiet --package muster-connectors --example sftp_speed
exec ./target/release/examples/sftp_speed ${@:-0 20}
