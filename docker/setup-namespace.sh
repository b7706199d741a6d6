#!/bin/sh
# Creates the namespace, keeps closed jobs for 90 days, and registers the search attributes by which jobs are found. Safe to run again.
# TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE say where.
set -eu
namespace=${TEMPORAL_NAMESPACE:-default}
retention=${RETENTION:-90d}

if temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1
then temporal operator namespace update --namespace "$namespace" --retention "$retention"
else temporal operator namespace create --namespace "$namespace" --retention "$retention"
fi

register() {
  temporal operator search-attribute create --namespace "$namespace" \
    --name JobStatus --type Keyword --name JobSource --type Keyword --name JobDestination --type Keyword --name JobRun --type Int
}

# All of the server's services know a new namespace some seconds later.
tries=0
until register >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 30 ] || break
  sleep 1
done
register
