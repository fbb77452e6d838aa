"""Statements over sets with named values (`:edition`), run on the driver's connection."""

import re
from functools import cache
from typing import Any, Final

import asyncpg

_NAMED: Final = re.compile(r"(?<!:):([a-z_]+)")


@cache
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    names = tuple(dict.fromkeys(_NAMED.findall(statement)))
    return _NAMED.sub(lambda found: f"${names.index(found[1]) + 1}", statement), names


async def run(connection: asyncpg.Connection, statement: str, **values: Any) -> int:
    """Run a statement and return how many rows it wrote."""
    text, names = _numbered(statement)
    status: str = await connection.execute(text, *(values[name] for name in names))
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0


async def rows(connection: asyncpg.Connection, statement: str, **values: Any) -> list[asyncpg.Record]:
    """Run a statement and return its rows."""
    text, names = _numbered(statement)
    return list(await connection.fetch(text, *(values[name] for name in names)))
