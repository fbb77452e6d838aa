"""Invariant 5: a service's database role sees only its own schema."""

import asyncpg
import pytest

from embedded.layout import MEMBERS
from embedded.trial import Trial
from shared.db import driver_dsn

PAIRS = [(member, other) for member in MEMBERS for other in MEMBERS if member != other]

REFUSED = ("CREATE TABLE mine (id int)", "DROP TABLE outbox", "DELETE FROM audit", "CREATE SCHEMA mine")


@pytest.mark.parametrize(("member", "other"), PAIRS)
async def test_a_role_is_refused_another_schema(running: Trial, member: str, other: str) -> None:
    connection = await asyncpg.connect(driver_dsn(running.database_url(member)))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(f"SELECT * FROM {other}.outbox")
    finally:
        await connection.close()


@pytest.mark.parametrize("member", MEMBERS)
async def test_an_app_role_changes_no_table(running: Trial, member: str) -> None:
    connection = await asyncpg.connect(driver_dsn(running.database_url(member)))
    try:
        for statement in (
            "CREATE TABLE mine (id int)",
            "DROP TABLE outbox",
            "DELETE FROM audit",
            "CREATE SCHEMA mine",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()
