"""Sessions that keep to the driver: a connection straight from the pool, SQLAlchemy's half only on demand.

Measured per request with one `SELECT 1`: 190 µs of processor through SQLAlchemy's connection and the closing
of its session, 60 µs so (102 with BEGIN and COMMIT), 79 µs through asyncpg's own pool (which resets a
connection with a round trip).
"""

from collections.abc import Callable
from typing import Any, Final, cast

import asyncpg
from sqlalchemy import Connection, event
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import greenlet_spawn

_POOLED: Final = "pooled"
_JOINED: Final = "joined"
_TOLD: Final = "told after the commit"


class ReadingSession(Session):
    """What `Database.read` yields sessions of: in autocommit, without BEGIN and COMMIT."""

    async def driver(self) -> asyncpg.Connection:
        """Return the driver's connection that the session holds; takes one the first time."""
        return cast("asyncpg.Connection", (await _pooled(self)).driver_connection)

    def give_back(self) -> None:
        """Give the connection that the session holds back to the pool, if it holds one."""
        held: PoolProxiedConnection | None = self.info.pop(_POOLED, None)
        if held is not None:
            held.close()


@event.listens_for(ReadingSession, "after_transaction_create")
def _never_two_connections(session: ReadingSession, _: Any) -> None:
    """Give the driver's back before SQLAlchemy takes one: who held one and waited would block the others."""
    session.give_back()


class WritingSession(Session):
    """What `Database.transaction` yields sessions of: one transaction, the driver's and SQLAlchemy's.

    It begins with the driver's first statement or with SQLAlchemy's, whichever comes first; the other joins.
    """

    async def driver(self) -> asyncpg.Connection:
        """Return the driver's connection inside the transaction, which begins here the first time."""
        held = await _pooled(self)
        adapted = _adapted(held)
        if adapted._transaction is None:  # noqa: SLF001  # no public way; tests/test_db.py guards it
            await adapted._start_transaction()  # type: ignore[no-untyped-call]  # noqa: SLF001
        return cast("asyncpg.Connection", held.driver_connection)

    def get_bind(self, *arguments: Any, **options: Any) -> Any:
        """Return the connection that the driver holds, so that SQLAlchemy joins its transaction."""
        held: PoolProxiedConnection | None = self.info.get(_POOLED)
        if held is None:
            return super().get_bind(*arguments, **options)
        if _JOINED not in self.info:
            self.info[_JOINED] = Connection(cast("Any", self.bind), connection=held)
        return self.info[_JOINED]

    async def finish(self) -> None:
        """Commit what the driver has begun, give its connection back, and tell who asked for it.

        SQLAlchemy's half is committed before: what it joined is then committed already.
        """
        held: PoolProxiedConnection | None = self.info.get(_POOLED)
        if held is not None:
            adapted = _adapted(held)
            if adapted._transaction is not None:  # noqa: SLF001
                await adapted._call_and_discard(adapted._transaction.commit)  # noqa: SLF001
            del self.info[_POOLED]
            held.close()
        for tell in self.info.pop(_TOLD, ()):
            tell()

    def close(self) -> None:
        """Roll back what is not committed and give the connection back; a broken one leaves the pool."""
        super().close()
        self.info.pop(_JOINED, None)
        held: PoolProxiedConnection | None = self.info.pop(_POOLED, None)
        if held is None:
            return
        try:
            _adapted(held).rollback()  # type: ignore[no-untyped-call]
        except BaseException:
            held.invalidate()
            raise
        if cast("asyncpg.Connection", held.driver_connection).is_in_transaction():
            held.invalidate()  # cancelled in its very BEGIN: what the adapter does not know of
        held.close()


def after_commit(session: Session, tell: Callable[[], None]) -> None:
    """Call `tell` when the session has committed; never when it is rolled back."""
    session.info.setdefault(_TOLD, []).append(tell)


async def _pooled(session: Session) -> PoolProxiedConnection:
    held: PoolProxiedConnection | None = session.info.get(_POOLED)
    if held is None:
        engine = cast("Any", session.bind)
        held = session.info[_POOLED] = await greenlet_spawn(engine.pool.connect)
    return held


def _adapted(held: PoolProxiedConnection) -> AsyncAdapt_asyncpg_connection:
    return cast("AsyncAdapt_asyncpg_connection", held.dbapi_connection)
