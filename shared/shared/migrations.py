"""Per-service migrations: Alembic without an `env.py` in every member.

python -m shared.migrations sql households     the SQL of all migrations, for review and linting
"""

import asyncio
import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

import alembic.operations
import asyncpg
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.schema import CreateIndex, CreateTable

from shared import clock
from shared.db import Database, asyncpg_url, driver_dsn

_LOCK = 0x6368756D  # one migration at a time per database, whichever process asks


def scripts(member: str) -> ScriptDirectory:
    """Return the migrations of a member: beside its package in a checkout, inside it in a wheel."""
    spec = importlib.util.find_spec(member)
    if spec is None or spec.origin is None:
        message = f"no package {member!r} is installed"
        raise LookupError(message)
    package = Path(spec.origin).parent
    folder = package / "_migrations"
    if not folder.exists():
        folder = package.parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def create_plumbing(op: alembic.operations.Operations) -> None:
    """Create the tables that every service needs: outbox, inbox, jobs, idempotency keys, audit.

    Called by each service's `0001`. A later change of these tables is a function of its own here, called
    by each service's next migration.
    """
    from shared.tables import APPEND_ONLY, metadata  # noqa: PLC0415  # tables import much; most callers only ask heads

    for table in metadata.sorted_tables:
        op.execute(CreateTable(table))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            op.execute(CreateIndex(index))
    for name in APPEND_ONLY:
        append_only(op, name)


def append_only(op: alembic.operations.Operations, table: str) -> None:
    """Take from the app role the right to change or remove rows of `table`."""
    op.execute(
        "DO $$ BEGIN EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM %I', "
        f"'{table}', replace(current_user, '_owner', '_app')); END $$"
    )


async def pending(member: str, owner_url: str) -> bool:
    """Tell whether `member` has migrations that this database lacks; quick, for every start."""
    connection = await asyncpg.connect(driver_dsn(owner_url), timeout=10)
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return True
        rows = await connection.fetch("SELECT version_num FROM alembic_version")
    finally:
        await connection.close()
    return {row["version_num"] for row in rows} != set(scripts(member).get_heads())


async def upgrade(member: str, owner_url: str) -> None:
    """Bring `member`'s schema to its newest migration, as its owner role, in one transaction.

    Then its module `shipped`, if it has one, writes the rows that the member ships (reference data), so that
    they are there before the first request.
    """
    engine = create_async_engine(asyncpg_url(owner_url), pool_size=1)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            await connection.execute(text("SET lock_timeout = '5s'"))
            await connection.commit()
            await connection.run_sync(_run, scripts(member))
    finally:
        await engine.dispose()
    if importlib.util.find_spec(f"{member}.shipped") is not None:
        await _load_shipped(member, owner_url)


async def _load_shipped(member: str, owner_url: str) -> None:
    database = Database(owner_url, application_name=f"{member}-migrate", pool_size=1)
    try:
        async with database.transaction() as session:
            await importlib.import_module(f"{member}.shipped").load(session, now=clock.now())
    finally:
        await database.close()


def sql(member: str) -> str:
    """Return the SQL of all of `member`'s migrations without running them."""
    import io  # noqa: PLC0415

    buffer = io.StringIO()
    _run(None, scripts(member), as_sql=True, output_buffer=buffer, dialect_name="postgresql")
    return buffer.getvalue()


def _run(connection: Connection | None, /, directory: ScriptDirectory, **options: Any) -> None:
    def steps(revision: Any, _context: MigrationContext) -> list[RevisionStep]:
        return directory._upgrade_revs("head", revision)  # noqa: SLF001  # what alembic's own command does

    with EnvironmentContext(Config(), directory, fn=steps, destination_rev="head", **options) as environment:
        environment.configure(connection=connection, transaction_per_migration=False, **options)
        with environment.begin_transaction():
            environment.run_migrations()


def main(arguments: list[str]) -> None:
    """Print the SQL of a member's migrations, or upgrade it: `sql MEMBER`, `upgrade MEMBER URL`."""
    match arguments:
        case ["sql", member]:
            sys.stdout.write(sql(member))
        case ["upgrade", member, url]:
            asyncio.run(upgrade(member, url))
        case _:
            sys.exit("usage: python -m shared.migrations sql MEMBER | upgrade MEMBER URL")


if __name__ == "__main__":
    main(sys.argv[1:])
