"""The database session: one transaction a request or an event, and the one place that commits."""

import asyncio
from collections.abc import AsyncIterator, Mapping, MutableMapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, cast

import asyncpg
import orjson
from fastapi import Depends
from sqlalchemy import URL, Executable, MetaData, Select, event, exc, func, make_url, select, tuple_
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import registry
from sqlalchemy.sql.elements import ClauseElement, ColumnElement
from sqlalchemy.util import LRUCache, greenlet_spawn
from starlette.requests import HTTPConnection

from shared.sessions import ReadingSession, WritingSession

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name that follows from its columns, so that refusals can be mapped from it."""


def new_registry() -> registry:
    """Return a registry with a metadata of its own: a service's tables never meet another's.

    Use: `class Base(SQLModel, registry=new_registry()): ...`. Tables are unqualified; the database
    role's `search_path` is the service's schema.
    """
    return registry(metadata=MetaData(naming_convention=NAMING))


def asyncpg_url(url: str | URL) -> URL:
    """Return `url` with SQLAlchemy's asyncpg driver named, whatever driver it named before."""
    return make_url(url).set(drivername="postgresql+asyncpg")


def driver_dsn(url: str | URL) -> str:
    """Return `url` as plain asyncpg takes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class Database:
    """One service's connections, shared by everything in its process.

    `pool_size` is the hard limit of connections (no overflow; the budget is in docs/architecture.md);
    callers wait for one in the order they came. `statement_timeout` is in milliseconds, 0 is none:
    request handlers run under one, jobs do not.
    """

    def __init__(
        self, url: str | URL, *, application_name: str, pool_size: int = 8, statement_timeout: int = 0
    ) -> None:
        self.url = asyncpg_url(url)
        self.engine = create_async_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_recycle=1800,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={
                "async_creator_fn": _connect,
                "timeout": 10,
                "server_settings": {
                    "application_name": application_name,
                    "statement_timeout": str(statement_timeout),
                    "timezone": "UTC",
                    "jit": "off",  # plans here are short; compiling them costs more than it saves
                },
            },
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        self._sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, sync_session_class=WritingSession
        )
        reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._readers = async_sessionmaker(reading, expire_on_commit=False, sync_session_class=ReadingSession)
        self._turns = asyncio.Semaphore(pool_size)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Yield a session in one transaction: committed at the end, rolled back when anything raises."""
        async with self._turns:
            session = self._sessions()
            try:
                yield session
                used = session.in_transaction()  # most use the driver alone
                if used:
                    await session.commit()
                await cast("WritingSession", session.sync_session).finish()
            except BaseException:
                await asyncio.shield(session.close())  # rolls back, also when it is we who are cancelled
                raise
            if used:
                await session.close()  # waits for nothing: the transaction is over

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Yield a session that reads in autocommit, without BEGIN and COMMIT.

        For reads that leave no audit row. Each statement sees its own snapshot.
        """
        async with self._turns:
            session = self._readers()
            try:
                yield session
            finally:
                cast("ReadingSession", session.sync_session).give_back()
                if session.in_transaction():  # most use the driver alone: closing would cost 35 µs
                    await asyncio.shield(session.close())

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


async def _connect(*arguments: Any, **options: Any) -> asyncpg.Connection:
    """Connect; a socket that is not there belongs to a server that is away, like one that refuses."""
    try:
        return await asyncpg.connect(*arguments, **options)
    except FileNotFoundError as error:
        raise ConnectionRefusedError(error.errno, "no server at the socket") from error


def _refuse_closed(adapted: Any, *_: Any) -> None:
    """Let the pool make a new connection in place of one that the server has closed.

    SQLAlchemy learns of it only from statements of its own; what works through the driver alone would be
    given the dead connection again and again after a restart of the database.
    """
    if adapted.driver_connection.is_closed():
        raise exc.DisconnectionError


async def get_session(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    """Yield the request's session; the commit comes before the response leaves (scope "function")."""
    database: Database = connection.app.state.database
    async with database.transaction() as session:
        yield session


async def get_read_session(connection: HTTPConnection) -> AsyncIterator[AsyncSession]:
    """Yield a reading session for a request that leaves no audit row."""
    database: Database = connection.app.state.database
    async with database.read() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session, scope="function")]
ReadSession = Annotated[AsyncSession, Depends(get_read_session, scope="function")]


async def driver(session: AsyncSession) -> asyncpg.Connection:
    """Return the asyncpg connection of this very transaction, for COPY and for hot reads.

    SQLAlchemy begins its transaction with its first statement; this begins it when none has run yet, so
    what is done on the driver's connection is committed and rolled back with the session, and a savepoint
    (`session.begin_nested()`) likewise.
    """
    sync = session.sync_session
    if isinstance(sync, ReadingSession | WritingSession) and not sync.in_transaction():
        return await sync.driver()
    known = sync.info.get(_DRIVER)
    present = sync.get_nested_transaction() or sync.get_transaction()
    if known is not None and known[0] is present and present is not None:
        _, adapted, connection = known  # the same transaction: the same connection
    else:
        raw = (await greenlet_spawn(sync.connection)).connection
        adapted = cast("AsyncAdapt_asyncpg_connection", raw.dbapi_connection)
        connection = cast("asyncpg.Connection", raw.driver_connection)
        present = sync.get_nested_transaction() or sync.get_transaction()
        sync.info[_DRIVER] = (present, adapted, connection)
    if adapted._transaction is None:  # noqa: SLF001  # no public way; tests/test_db.py guards it
        await adapted._start_transaction()  # noqa: SLF001
    return connection


_DRIVER = "driver"
_compiled: MutableMapping[Any, Any] = LRUCache(500)


async def fetch(
    session: AsyncSession, statement: Executable, values: Mapping[str, Any] | None = None
) -> list[asyncpg.Record]:
    """Run a Core statement on the driver's connection and return asyncpg's own rows.

    For hot lists: no result objects between the driver and the encoder. The compiled text is cached by
    the statement's structure. `IN` with a list of changing length is not supported: use `= ANY(...)`.
    `values` are for the statement's own `bindparam`s: a statement that is built once and only given values
    costs 3 µs here, one that is built for each call 50 to 150.
    """
    connection = await driver(session)
    element = cast("ClauseElement", statement)
    compiled, extracted, _, _ = element._compile_w_cache(  # noqa: SLF001  # no public way to the cache
        cast("AsyncEngine", session.bind).dialect, compiled_cache=_compiled, column_keys=[]
    )
    values = compiled.construct_params(values, extracted_parameters=extracted) or {}
    processors = compiled._bind_processors  # type: ignore[attr-defined]  # noqa: SLF001
    arguments = [
        processors[name](values[name]) if name in processors else values[name]
        for name in compiled.positiontup or ()  # type: ignore[attr-defined]
    ]
    return cast("list[asyncpg.Record]", await connection.fetch(compiled.string, *arguments))


async def counted(session: AsyncSession, statement: Select[Any]) -> int:
    """Return how many rows a list's statement finds."""
    return int(
        (await fetch(session, select(func.count().label("n")).select_from(statement.subquery())))[0]["n"]
    )


def seek(
    statement: Select[Any],
    key: ColumnElement[Any] | Sequence[ColumnElement[Any]],
    after: Any,
    *,
    limit: int,
    descending: bool = False,
) -> Select[Any]:
    """Return `statement` sorted by `key`: up to `limit` rows behind the one at `after`, None for the first.

    `key` is a column or several, `after` a value or a tuple likewise.
    """
    columns = tuple(key) if isinstance(key, Sequence) else (key,)
    place = tuple_(*columns) if isinstance(key, Sequence) else key
    if after is not None:
        statement = statement.where(place < after if descending else place > after)
    return statement.order_by(*(column.desc() if descending else column for column in columns)).limit(limit)
