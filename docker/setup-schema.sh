#!/bin/sh
# Creates Temporal's two databases and brings their schemas up to date. Safe to run again, after an upgrade too.
# SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD say where. SQL_TOOL names the program where it is not an admin-tools image.
set -eu
export SQL_PLUGIN=postgres12
tool=${SQL_TOOL:-temporal-sql-tool}

setup() {
  database=$1 schema=$2
  if ! "$tool" --db "$database" update-schema --schema-name "$schema" 2>/dev/null; then
    "$tool" --db "$database" create-database || true
    "$tool" --db "$database" setup-schema -v 0.0
    "$tool" --db "$database" update-schema --schema-name "$schema"
  fi
}

setup temporal postgresql/v12/temporal
setup temporal_visibility postgresql/v12/visibility
