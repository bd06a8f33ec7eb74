#!/bin/sh
# Many runs in one process: sh benches/many.sh [RUNS] [INTEGRATIONS]
# Each integration reads 500 employees from a folder, in which nothing changes after the first load. Prints the memory of the
# service and the rows of every table after the first tenth of the runs and at the end. Needs sqlite3. MUSTER names the program;
# default: a release build.
set -eu
runs=${1:-10000}
integrations=${2:-100}
employees=500
root=$(cd "$(dirname "$0")/.." && pwd)
if [ -z "${MUSTER:-}" ]; then
    cargo build --release --locked --quiet --manifest-path "$root/Cargo.toml" --package muster
    MUSTER=$root/target/release/muster
fi
folder=$(mktemp -d)
service=""
trap 'exit 1' INT TERM
trap '[ -z "$service" ] || kill "$service" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
sql() { sqlite3 -cmd ".timeout 30000" muster.db "$1"; }

mkdir -p files conf
awk -v n=$employees 'BEGIN { print "id,mail,first,last,department"
    for (i = 1; i <= n; i++) print "E-" i ",p" i "@acme.example,First" i ",Last" i ",Sales" }' > files/employees.csv
number=0
while [ $number -lt "$integrations" ]; do
    mkdir -p "conf/w$number"
    cat > "conf/w$number/people.toml" <<END
workspace = "w$number"
name = "people"
[source]
url = "file:$folder/files"
pattern = "*.csv"
settle = "0s"
[policy]
approve = "never"
[mapping]
external_id = "id"
email = "mail"
first_name = "first"
last_name = "last"
department = "department"
END
    "$MUSTER" apply "conf/w$number" > /dev/null 2>&1
    number=$((number + 1))
done
"$MUSTER" serve --listen 127.0.0.1:0 --backups off > serve.out 2> serve.log &
service=$!

# The service numbers integrations when it first reads their settings.
until [ "$(sql "SELECT count(*) FROM integration")" -eq "$integrations" ]; do sleep 1; done
round() {
    sql "BEGIN IMMEDIATE;
        INSERT INTO job (id, kind, workspace_id, integration_id, priority, run_at, created_at, attempt, max_attempts, is_canceled, fence)
        SELECT next_job - 1 + row_number() OVER (ORDER BY workspace_id), 'sync', workspace_id, integration.id, 10, 0, 0, 0, 4, 0, 0
            FROM integration, job_number;
        UPDATE job_number SET next_job = next_job + $integrations;
        COMMIT;"
    until [ "$(sql "SELECT count(*) FROM job WHERE kind = 'sync'")" -eq 0 ]; do sleep 0.2; done
}
memory() { awk '/VmRSS/ { print int($2 / 1024) " MiB" }' "/proc/$service/status"; }
rows() {
    for table in $(sql "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"); do
        printf '%s %s\n' "$table" "$(sql "SELECT count(*) FROM $table")"
    done
}
began=$(date +%s)
done=0
measured=""
while [ $done -lt "$runs" ]; do
    round
    done=$((done + integrations))
    if [ -z "$measured" ] && [ $done -ge $((runs / 10)) ]; then
        measured="after $done runs: $(memory)"
        rows > before
        size=$(sql "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        since=$done
    fi
done
rows > after
failed=$(sql "SELECT count(*) FROM job_history WHERE kind = 'sync' AND result <> 'done'")
grown=$(sql "SELECT (page_count * page_size - $size) / ($done - $since) FROM pragma_page_count, pragma_page_size")
echo "$measured; after $done runs: $(memory); $failed failed; $(((done) / ($(date +%s) - began))) runs a second"
echo "the database grew by $grown bytes a run; tables that grew:"
join before after | awk '$2 != $3 { print "  " $1 ": " $2 " -> " $3 }'
