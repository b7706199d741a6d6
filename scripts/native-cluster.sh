#!/usr/bin/env bash
# The steps of docker-compose.temporal.yml without containers, once: PostgreSQL from the system's packages, Temporal's server from its
# Go module, the two set-up scripts, two worker hosts, one migration of SOURCE (a folder). Ends everything it started.
# usage: scripts/native-cluster.sh SOURCE
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
source=$(cd "${1:?a folder to migrate}" && pwd)
version=1.31.2
cache=${TRANSHIP_CACHE:-$HOME/.cache/tranship}/bin
work=$(mktemp -d)
pids=()

free_port() { node -e 's = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'; }
say() { printf '\n== %s\n' "$*"; }
as_postgres() { if [ "$(id -u)" = 0 ]; then su postgres -s /bin/sh -c "$1"; else sh -c "$1"; fi; }
finish() {
  for pid in "${pids[@]+"${pids[@]}"}"; do kill -TERM "$pid" 2>/dev/null && wait "$pid" || true; done
  [ ! -d "$work/pg" ] || as_postgres "'$postgres/pg_ctl' -D '$work/pg/data' -m fast stop" >/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
chmod 755 "$work"

postgres=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
[ -n "$postgres" ] || { echo 'PostgreSQL is missing: apt-get install postgresql' >&2; exit 3; }
mkdir -p "$cache"
[ -x "$cache/temporal-server-cluster-$version" ] || {
  say "Building Temporal's server $version (once, minutes)"
  GOBIN=$work/bin go install "go.temporal.io/server/cmd/server@v$version" "go.temporal.io/server/cmd/tools/sql@v$version"
  mv "$work/bin/sql" "$cache/temporal-sql-tool-$version"
  mv "$work/bin/server" "$cache/temporal-server-cluster-$version"
}
mkdir -p "$work/path"
temporal=$(node -e 'import(process.argv[1]).then((m) => m.findTemporal({ onProgress: console.error })).then(console.log)' "$root/embedded/temporal-program.ts")
ln -s "$temporal" "$work/path/temporal"

say 'PostgreSQL'
mkdir "$work/pg"
[ "$(id -u)" != 0 ] || chown postgres "$work/pg"
export SQL_HOST=127.0.0.1 SQL_PORT SQL_USER=temporal SQL_PASSWORD=temporal SQL_TOOL="$cache/temporal-sql-tool-$version"
SQL_PORT=$(free_port)
as_postgres "'$postgres/initdb' -D '$work/pg/data' -U temporal --auth=trust" >/dev/null
as_postgres "'$postgres/pg_ctl' -D '$work/pg/data' -l '$work/pg/log' -w \
  -o '-p $SQL_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=$work/pg -c max_connections=200' start" >/dev/null
"$postgres/postgres" --version

say 'Schema'
"$root/docker/setup-schema.sh" >"$work/schema.log" 2>&1 || { tail -n 5 "$work/schema.log"; exit 1; }
"$postgres/psql" -h 127.0.0.1 -p "$SQL_PORT" -U temporal -d temporal -Atc "select 'temporal ' || curr_version from schema_version"
"$postgres/psql" -h 127.0.0.1 -p "$SQL_PORT" -U temporal -d temporal_visibility -Atc "select 'temporal_visibility ' || curr_version from schema_version"

say "Temporal's server"
export TEMPORAL_ADDRESS TEMPORAL_NAMESPACE=default
port=$(free_port)
TEMPORAL_ADDRESS=127.0.0.1:$port
DB=postgres12 DB_PORT=$SQL_PORT POSTGRES_SEEDS=127.0.0.1 POSTGRES_USER=temporal POSTGRES_PWD=temporal BIND_ON_IP=127.0.0.1 \
  NUM_HISTORY_SHARDS=512 DYNAMIC_CONFIG_FILE_PATH="$root/docker/dynamic-config.yaml" \
  FRONTEND_GRPC_PORT=$port FRONTEND_HTTP_PORT=$(free_port) \
  "$cache/temporal-server-cluster-$version" --allow-no-auth start >"$work/server.log" 2>&1 &
pids=($!)
for _ in $(seq 300); do (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done

say 'Namespace and search attributes'
PATH=$work/path:$PATH "$root/docker/setup-namespace.sh"

say 'Two worker hosts of two copy processes each'
for host in 1 2; do
  mkdir "$work/host-$host"
  (cd "$work/host-$host" && exec node "$root/bin/tranship.js" worker --processes 2) >"$work/worker-$host.log" 2>&1 &
  pids=($! "${pids[@]}")
done
for host in 1 2; do
  for _ in $(seq 600); do grep -q 'Working for' "$work/worker-$host.log" && break; sleep 0.1; done
done
cat "$work"/worker-*.log

say "One migration of $source"
mkdir "$work/destination" "$work/lists"
cd "$work"
began=$SECONDS
node "$root/bin/tranship.js" create native-cluster --from "$source" --to "$work/destination" --wait
printf '%s s\n' $((SECONDS - began))
node "$root/bin/tranship.js" list

say 'What came out'
PATH=$work/path:$PATH temporal workflow show --workflow-id migration/native-cluster --output json |
  node -e 'const text = require("fs").readFileSync(0, "utf8"); const { events } = JSON.parse(text)
    const hosts = new Map()
    for (const { activityTaskStartedEventAttributes: a } of events) if (a) hosts.set(a.identity, (hosts.get(a.identity) ?? 0) + 1)
    console.log(`${events.length} events; activities by worker process:`, Object.fromEntries(hosts))'
diff -r --exclude=aliyun_mgw_import_report "$source" "$work/destination" && echo 'source and destination are equal byte for byte'
ls -l "$work/destination/aliyun_mgw_import_report" | awk 'NR > 1 { print $5, $9 }'
