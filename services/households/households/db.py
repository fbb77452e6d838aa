"""The tables' common base: metadata of this service alone; and one-row writes on the driver's connection."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from shared.db import driver, new_registry


class Base(SQLModel, registry=new_registry()):
    """Base of every table of this service."""


async def insert_row(session: AsyncSession, table: Table, **values: Any) -> None:
    """Insert one row into the session's transaction; its columns are the names of the values.

    A registration writes eight rows: without building a statement for each it costs half as much.
    """
    await (await driver(session)).execute(_insert(table.name, tuple(values)), *values.values())


async def update_row(session: AsyncSession, table: Table, row_id: UUID, **values: Any) -> None:
    """Change one row by its `id` in the session's transaction."""
    await (await driver(session)).execute(_update(table.name, tuple(values)), row_id, *values.values())


@lru_cache(maxsize=256)
def _insert(table: str, columns: tuple[str, ...]) -> str:
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608  # a table's own names


@lru_cache(maxsize=256)
def _update(table: str, columns: tuple[str, ...]) -> str:
    changes = ", ".join(f"{column} = ${place}" for place, column in enumerate(columns, 2))
    return f"UPDATE {table} SET {changes} WHERE id = $1"  # noqa: S608  # a table's own names
