"""The two roles and the database they share: the owner migrates, the application works under row-level security."""

import psycopg
from psycopg import sql

from sipingtai.ops.postgres.layout import APP, DATABASE, OWNER, PORT, SUPERUSER, Layout


def ensure_roles_and_database(layout: Layout) -> None:
    """Create what is missing; a second call changes nothing."""
    with psycopg.connect(
        host=str(layout.socket_folder), port=PORT, user=SUPERUSER, password=layout.password(SUPERUSER),
        dbname="postgres", autocommit=True,
    ) as connection:  # fmt: skip
        for role in (OWNER, APP):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(
                    sql.SQL(
                        "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}"
                    ).format(sql.Identifier(role), sql.Literal(layout.password(role)))
                )
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
        # Nobody but the two may connect; only the owner creates tables (PUBLIC has no CREATE since PostgreSQL 15).
        name = sql.Identifier(DATABASE)
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(APP)))
