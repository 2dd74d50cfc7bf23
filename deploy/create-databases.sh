#!/bin/sh
# Run once by the database's image: two databases, each of a role of its name and closed to others.
set -eu
for name in airflow tieout; do
    case "$name" in
        airflow) password="$AIRFLOW_DATABASE_PASSWORD" ;;
        tieout) password="$TIEOUT_DATABASE_PASSWORD" ;;
    esac
    psql --username postgres --set=name="$name" --set=password="$password" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
