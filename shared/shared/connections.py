"""The driver's connection for work that must outlive a restart of the database."""

from typing import cast

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db import driver


async def live(session: AsyncSession) -> asyncpg.Connection:
    """Return `driver(session)`; a connection that the server has closed leaves the pool first.

    SQLAlchemy only learns of a closed connection from its own statements: used through the driver alone
    it would come back from the pool for ever. Raises ConnectionResetError, and the next try gets another.
    """
    connection = await session.connection()
    raw = cast("asyncpg.Connection", (await connection.get_raw_connection()).driver_connection)
    if raw.is_closed():
        await connection.invalidate()
        raise ConnectionResetError("the server closed this connection")
    return await driver(session)
