"""Roles and schemas: what a database administrator does once for each service.

Each service gets a schema, an owner role that runs its migrations and an app role that can only read and
write its tables. Neither role sees another service's schema (invariant 5).
"""

import re
from dataclasses import dataclass

import asyncpg

from shared.db import driver_dsn

_NAME = re.compile(r"[a-z]{2,30}")


@dataclass(frozen=True, slots=True)
class Passwords:
    """The passwords of a service's two roles."""

    owner: str
    app: str


async def provision(admin_url: str, service: str, passwords: Passwords) -> None:
    """Create or refresh the roles and the schema of `service`; safe to repeat."""
    if not _NAME.fullmatch(service):
        message = f"not a service name: {service!r}"
        raise ValueError(message)
    connection = await asyncpg.connect(driver_dsn(admin_url), timeout=10)
    try:
        async with connection.transaction():
            # Services that start together would otherwise change the database's rights at the same moment.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('chumchon provision'))")
            await _roles(connection, service, passwords)
            await _schema(connection, service)
    finally:
        await connection.close()


async def create_database(admin_url: str, name: str, *, template: str = "template0") -> None:
    """Create a UTF-8 database that sorts by code point, unless it is there."""
    connection = await asyncpg.connect(driver_dsn(admin_url), timeout=10)
    try:
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            return
        options = "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' " if template == "template0" else ""
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {options}')
    finally:
        await connection.close()


async def _roles(connection: asyncpg.Connection, service: str, passwords: Passwords) -> None:
    for kind, password in (("owner", passwords.owner), ("app", passwords.app)):
        role = f"{service}_{kind}"
        if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
            await connection.execute(f"CREATE ROLE {role} LOGIN")
        literal = await connection.fetchval("SELECT quote_literal($1::text)", password)
        await connection.execute(
            f"ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT PASSWORD {literal}"
        )
        await connection.execute(f"ALTER ROLE {role} SET search_path = {service}")


async def _schema(connection: asyncpg.Connection, service: str) -> None:
    owner, app = f"{service}_owner", f"{service}_app"
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    defaults = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {service}"
    # A role may create a schema for another only as its member; an administrator who is none becomes one.
    await connection.execute(f"GRANT {owner} TO CURRENT_USER")
    for statement in (
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {owner}, {app}",
        f"CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {owner}",
        f"REVOKE ALL ON SCHEMA {service} FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA {service} TO {app}",
        f"{defaults} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        f"{defaults} GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    ):
        await connection.execute(statement)
