"""What a test looks at behind the API's back."""

from typing import Any

import asyncpg

from shared.db import Database, driver


async def rows(database: Database, query: str, *arguments: Any) -> list[asyncpg.Record]:
    """Return what is committed in the database."""
    async with database.read() as session:
        return list(await (await driver(session)).fetch(query, *arguments))
