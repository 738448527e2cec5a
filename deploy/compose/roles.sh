#!/bin/sh
# The two roles and their database, made when the server's volume is new: the owner migrates, the application is bound by
# row-level security. An office's own PostgreSQL is prepared with the same statements.
set -eu
psql --no-psqlrc --set=ON_ERROR_STOP=1 --set=app="$APP_PASSWORD" --set=owner="$OWNER_PASSWORD" --username=postgres <<'SQL'
CREATE ROLE sipingtai_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE sipingtai_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app';
CREATE DATABASE sipingtai OWNER sipingtai_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE sipingtai FROM PUBLIC;
GRANT CONNECT ON DATABASE sipingtai TO sipingtai_app;
SQL
