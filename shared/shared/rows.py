"""Writes of one row on the driver's connection, inside the session's transaction.

Without building a statement for each, a registration of eight rows costs half as much.
"""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver


async def insert_row(session: AsyncSession, table: Table, **values: Any) -> None:
    """Insert one row; its columns are the names of the values."""
    await (await driver(session)).execute(_insert(table.name, tuple(values)), *values.values())


async def update_row(session: AsyncSession, table: Table, row_id: UUID, **values: Any) -> None:
    """Change one row by its `id`."""
    await (await driver(session)).execute(_update(table.name, tuple(values)), row_id, *values.values())


@lru_cache(maxsize=512)
def _insert(table: str, columns: tuple[str, ...]) -> str:
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  # a table's own names


@lru_cache(maxsize=512)
def _update(table: str, columns: tuple[str, ...]) -> str:
    changes = ", ".join(f"{column} = ${place}" for place, column in enumerate(columns, 2))
    return f"UPDATE {table} SET {changes} WHERE id = $1"  # noqa: S608  # a table's own names
