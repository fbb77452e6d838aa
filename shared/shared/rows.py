"""Writes of rows on the driver's connection, inside the session's transaction.

No statement is built for a call, and rows of several tables go in one: what a registration costs is mostly
its ways to the database and back, and the facts, the change, the event and the audit row need only one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver

_Shape = tuple[str, tuple[str, ...], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """A row to be inserted; the columns are the names of its values."""

    table: str
    values: Mapping[str, Any]
    unless_known: bool = False
    """Leave it out where the table has a row with its key already."""


async def insert(session: AsyncSession, *rows: Row) -> None:
    """Insert rows of one or more tables in one statement; what the first breaks is told first."""
    groups: dict[_Shape, list[Any]] = {}
    for row in rows:
        groups.setdefault((row.table, tuple(row.values), row.unless_known), []).extend(row.values.values())
    shape = tuple((*group, len(values) // len(group[1])) for group, values in groups.items())
    arguments = [value for values in groups.values() for value in values]
    await (await driver(session)).execute(_inserts(shape), *arguments)


async def insert_row(session: AsyncSession, table: Table, **values: Any) -> None:
    """Insert one row; its columns are the names of the values."""
    await insert(session, Row(table.name, values))


async def update_row(session: AsyncSession, table: Table, row_id: UUID, **values: Any) -> None:
    """Change one row by its `id`."""
    await (await driver(session)).execute(_update(table.name, tuple(values)), row_id, *values.values())


@lru_cache(maxsize=512)
def _inserts(shape: tuple[tuple[str, tuple[str, ...], bool, int], ...]) -> str:
    """Build the statement; PostgreSQL runs its main part first, then the others from last to first."""
    parts, place = list[str](), 0
    for table, columns, unless_known, count in shape:
        width = len(columns)
        rows = (
            ", ".join(f"${at}" for at in range(begin + 1, begin + width + 1))
            for begin in range(place, place + width * count, width)
        )
        place += width * count
        part = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({'), ('.join(rows)})"  # noqa: S608  # own names
        parts.append(f"{part} ON CONFLICT DO NOTHING" if unless_known else part)
    main, *others = parts
    beside = ", ".join(f"also_{at} AS ({part})" for at, part in enumerate(reversed(others)))
    return f"WITH {beside} {main}" if beside else main


@lru_cache(maxsize=512)
def _update(table: str, columns: tuple[str, ...]) -> str:
    changes = ", ".join(f"{column} = ${place}" for place, column in enumerate(columns, 2))
    return f"UPDATE {table} SET {changes} WHERE id = $1"  # noqa: S608  # a table's own names
