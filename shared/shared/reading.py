"""Sessions that only read: in autocommit, and for the driver a connection straight from the pool.

Measured per request with one `SELECT 1`: 190 µs of processor through SQLAlchemy's connection and the closing
of its session, 60 µs so, 79 µs through asyncpg's own pool (which resets a connection with a round trip).
"""

from typing import Any, Final, cast

import asyncpg
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import greenlet_spawn

_POOLED: Final = "pooled"


class ReadingSession(Session):
    """What `Database.read` yields sessions of; it adds nothing but a name to be known by."""


async def pooled(session: ReadingSession) -> asyncpg.Connection:
    """Return the driver's connection that the session holds; takes one from the pool the first time."""
    held: PoolProxiedConnection | None = session.info.get(_POOLED)
    if held is None:
        engine = cast("Any", session.bind)
        held = session.info[_POOLED] = await greenlet_spawn(engine.pool.connect)
    return cast("asyncpg.Connection", held.driver_connection)


def give_back(session: ReadingSession) -> None:
    """Give the connection that the session holds back to the pool, if it holds one."""
    held: PoolProxiedConnection | None = session.info.pop(_POOLED, None)
    if held is not None:
        held.close()


@event.listens_for(ReadingSession, "after_transaction_create")
def _never_two_connections(session: ReadingSession, _: Any) -> None:
    """Give the driver's back before SQLAlchemy takes one: who held one and waited would block the others."""
    give_back(session)
