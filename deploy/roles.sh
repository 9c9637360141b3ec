#!/bin/sh
# Runs once, when the database's volume is new: five roles for five duties, each with its own password. The owner makes
# the others, so that the migrations may set their time-outs.
set -eu

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner="$TIDINGS_OWNER_PASSWORD" --set app="$TIDINGS_APP_PASSWORD" \
  --set worker="$TIDINGS_WORKER_PASSWORD" --set auditor="$TIDINGS_AUDITOR_PASSWORD" \
  --set retention="$TIDINGS_RETENTION_PASSWORD" <<'SQL'
CREATE ROLE tidings_owner LOGIN CREATEROLE PASSWORD :'owner';
CREATE DATABASE tidings OWNER tidings_owner;
SET ROLE tidings_owner;
CREATE ROLE tidings_app LOGIN PASSWORD :'app';
CREATE ROLE tidings_worker LOGIN PASSWORD :'worker';
CREATE ROLE tidings_auditor LOGIN PASSWORD :'auditor';
CREATE ROLE tidings_retention LOGIN PASSWORD :'retention';
SQL
