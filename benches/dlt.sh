#!/bin/sh
# The comparison with dlt, a Python library that loads and merges: `sh benches/dlt.sh [PEOPLE ...]`. Installs it
# into an environment of its own under target/.
set -eu
cd "$(dirname "$0")/.."
environment=${CARGO_TARGET_DIR:-target}/dlt
if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet 'dlt[sqlalchemy]' pyarrow
fi
cargo build --release --quiet --bin muster --bin compare
release=${CARGO_TARGET_DIR:-target}/release
peer=$environment/peer.sh
printf '#!/bin/sh\nexec "%s" -W ignore "%s"\n' "$(realpath -s "$environment/bin/python")" "$(realpath benches/peer_dlt.py)" >"$peer"
chmod +x "$peer"
RUNTIME__LOG_LEVEL=ERROR RUNTIME__DLTHUB_TELEMETRY=false
export RUNTIME__LOG_LEVEL RUNTIME__DLTHUB_TELEMETRY
exec "$release/compare" "$release/muster" "$peer" ${@:-100000}
