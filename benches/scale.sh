#!/bin/sh
# Integrations that are due in the same minute: sh benches/scale.sh [INTEGRATIONS] [PORTS]
# Each reads 500 employees from an SSH server on this machine. The first slot loads them; the second one, in which nothing has
# changed, is measured. Needs openssh-server, sqlite3 and root. MUSTER names the program; default: a release build.
set -eu
integrations=${1:-100}
ports=${2:-10}
employees=500
root=$(cd "$(dirname "$0")/.." && pwd)
if [ -z "${MUSTER:-}" ]; then
    cargo build --release --locked --quiet --manifest-path "$root/Cargo.toml" --package muster
    MUSTER=$root/target/release/muster
fi
folder=$(mktemp -d)
service=""
trap 'exit 1' INT TERM
trap 'for id in $service $(cat "$folder"/ssh/*.pid 2>/dev/null); do kill "$id" 2>/dev/null || true; done; rm -rf "$folder"' EXIT
mkdir -p "$folder/ssh" "$folder/files" /run/sshd
cd "$folder"

ssh-keygen -q -t ed25519 -N "" -f ssh/host
ssh-keygen -q -t ed25519 -N "" -f ssh/client
cp ssh/client.pub ssh/authorized
fingerprint=$(ssh-keygen -lf ssh/host.pub | cut -d " " -f 2)
port=42000
while [ $port -lt $((42000 + ports)) ]; do
    cat > "ssh/$port" <<END
Port $port
ListenAddress 127.0.0.1
HostKey $folder/ssh/host
PidFile $folder/ssh/$port.pid
AuthorizedKeysFile $folder/ssh/authorized
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
MaxStartups 100
Subsystem sftp internal-sftp
END
    /usr/sbin/sshd -f "$folder/ssh/$port" -E "$folder/ssh/$port.log"
    port=$((port + 1))
done

# Slots: the first when all integrations are stored, the second when the first loads have ended.
now=$(date +%s)
first=$(((now / 60 + 2 + integrations / 50) * 60))
second=$((first + 240 + integrations / 5 / 60 * 60))
clock() { date -u -d "@$1" +%H:%M; }
awk -v n=$employees 'BEGIN { print "id,mail,first,last,department"
    for (i = 1; i <= n; i++) print "E-" i ",p" i "@acme.example,First" i ",Last" i ",Sales" }' > files/employees.csv
number=0
while [ $number -lt "$integrations" ]; do
    mkdir -p "conf/w$number"
    cat > "conf/w$number/people.toml" <<END
workspace = "w$number"
name = "people"
schedule = ["$(clock $first) UTC", "$(clock $second) UTC"]
[source]
url = "sftp://127.0.0.1:$((42000 + number % ports))$folder/files"
pattern = "*.csv"
settle = "0s"
host_key = "$fingerprint"
[credentials]
user = "$(id -un)"
private_key = { file = "$folder/ssh/client" }
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

"$MUSTER" serve --listen 127.0.0.1:0 --jobs 64 --backups off > serve.out 2> serve.log &
service=$!
ended() {
    sqlite3 -cmd ".timeout 5000" muster.db \
        "SELECT count(*) FROM job_history WHERE kind = 'sync' AND slot = $1 * 1000000 AND result = 'done'"
}
for slot in $first $second; do
    while [ "$(ended $slot)" -lt "$integrations" ]; do
        sleep 1
        if [ "$(date +%s)" -gt $((slot + 900)) ]; then
            echo "only $(ended $slot) of $integrations runs of the slot have ended"
            exit 1
        fi
    done
done
seconds() {
    sqlite3 -cmd ".timeout 5000" muster.db "SELECT round((finished_at - slot) / 1000000.0, 1) FROM job_history \
        WHERE kind = 'sync' AND slot = $second * 1000000 ORDER BY finished_at LIMIT 1 OFFSET $1"
}
memory=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$service/status")
echo "$integrations integrations of $employees employees on $ports ports, unchanged"
echo "median run done $(seconds $((integrations / 2))) s after the slot, p99 $(seconds $((integrations * 99 / 100))) s, last $(seconds $((integrations - 1))) s"
echo "(a run starts up to 60 s after its slot, always after the same time)"
echo "memory of the service at most: $memory MiB"
