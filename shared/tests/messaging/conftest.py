"""A publishing service `alpha`, a consuming service `beta`, and one of the two transports between them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import aio_pika
import asyncpg
import pytest
import pytest_asyncio
from pydantic import BaseModel
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.schema import CreateIndex, CreateTable

from shared import outbox, relay
from shared.bus import AmqpBus, InProcessBus, topology
from shared.bus.amqp import declare_all
from shared.consumers import Consumer, Handler, Retry
from shared.db import Database, driver, driver_dsn
from shared.events import Event, PermanentFailure, Received
from shared.ids import uuid7
from shared.provision import Passwords, create_database, provision
from shared.servers.rabbitmq import PrivateRabbit
from shared.tables import deliveries, inbox
from shared.tables import outbox as outbox_table
from shared.testing.cluster import Cluster
from shared.testing.messaging import until

PASSWORDS = Passwords(owner="owner-of-tests", app="app-of-tests")
RETRY = Retry(tries=2, pause=0.01, delay=timedelta(milliseconds=200), deliveries=3)
NUMBERS = count(1)
DIALECT = postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]


class BasketFilled(Event, type="alpha.basket.filled.v1"):
    amount: int


class BasketEmptied(Event, type="alpha.basket.emptied.v1"):
    reason: str


class Filled(BaseModel):
    """What beta reads of a filled basket; baskets hold at most 1,000."""

    amount: int


@dataclass
class Beta:
    """What beta's handlers do with an amount: fail that often, refuse for good; and what they were given."""

    failures: dict[int, int] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)
    batches: list[int] = field(default_factory=list)
    emits: Callable[[AsyncSession, Received[Filled]], Any] | None = None

    async def on_filled(
        self, session: AsyncSession, events: Sequence[Received[Filled]], *, now: datetime
    ) -> None:
        """Record each effect, then fail as told, so that what was written must be taken back."""
        self.batches.append(len(events))
        connection = await driver(session)
        await connection.executemany(
            "INSERT INTO effects VALUES ($1, $2, $3, $4, $5)",
            [(event.id, event.subject, event.sequence, event.data.amount, now) for event in events],
        )
        await connection.executemany(
            "INSERT INTO baskets VALUES ($1, $2, $3) ON CONFLICT (basket) DO UPDATE "
            "SET sequence = excluded.sequence, amount = excluded.amount "
            "WHERE baskets.sequence < excluded.sequence",
            [(event.subject, event.sequence, event.data.amount) for event in events],
        )
        for event in events:
            if event.data.amount in self.refused:
                raise PermanentFailure
            if self.failures.get(event.data.amount, 0) > 0:
                self.failures[event.data.amount] -= 1
                raise ArithmeticError
            if self.emits is not None:
                await self.emits(session, event)


@dataclass
class Rig:
    """Both services, the transport, and the tasks of alpha's relay and beta's consumer."""

    alpha: Database
    beta: Database
    admin_url: str
    consumer: Consumer
    bus: AmqpBus | InProcessBus
    does: Beta
    amqp_url: str | None = None

    async def fill(self, amount: int, *, basket: UUID | None = None, sequence: int = 1) -> UUID:
        """Commit a fact of alpha with its event; return the event's id."""
        async with self.alpha.transaction() as session:
            return await outbox.add(
                session, BasketFilled(amount=amount), subject=basket or uuid7(), sequence=sequence
            )

    async def fill_many(self, amounts: Sequence[int]) -> None:
        """Commit many facts at once."""
        async with self.alpha.transaction() as session:
            await outbox.insert_many(session, [(BasketFilled(amount=one), uuid7(), 1) for one in amounts])

    def attach(self) -> None:
        """In process, tell the bus beta's database (its consumer does too, once it runs)."""
        if isinstance(self.bus, InProcessBus):
            self.bus.attach([self.consumer], self.beta)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run alpha's relay and beta's consumer."""
        self.attach()
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self.bus.consume([self.consumer], self.beta, stop=stop))
            group.create_task(relay.run(self.alpha, self.bus, stop=stop))
            try:
                yield
            finally:
                stop.set()

    async def amounts(self) -> list[int]:
        """Return the amounts whose effect beta has committed, in order."""
        return [row["amount"] for row in await self.rows(self.beta, "SELECT amount FROM effects ORDER BY n")]

    async def applied(self, number: int) -> None:
        """Wait until beta has committed that many effects."""

        async def enough() -> bool:
            rows = await self.rows(self.beta, "SELECT count(*) FROM effects")
            return bool(rows[0][0] >= number)

        await until(enough)

    async def dead(self, number: int) -> None:
        """Wait until beta has that many dead letters."""

        async def enough() -> bool:
            return len(await self.bus.dead_letters(self.consumer)) == number

        await until(enough)

    async def rows(self, database: Database, statement: str, *values: Any) -> list[asyncpg.Record]:
        """Return the rows of a query."""
        connection = await asyncpg.connect(driver_dsn(database.url))  # whatever happens to the pool
        try:
            found: list[asyncpg.Record] = await connection.fetch(statement, *values)
        finally:
            await connection.close()
        return found

    async def unpublished(self) -> int:
        """Return how many events wait in alpha's outbox."""
        rows = await self.rows(self.alpha, "SELECT count(*) FROM outbox WHERE published_at IS NULL")
        return int(rows[0][0])


@pytest_asyncio.fixture(loop_scope="session")
async def without_topology(rig: Rig) -> AsyncIterator[None]:
    """Take away what leads alpha's events to beta: over AMQP the queues, in process nobody attaches beta."""
    if rig.amqp_url is None:
        yield
        return
    async with await aio_pika.connect(rig.amqp_url) as connection:
        assert isinstance(rig.bus, AmqpBus)
        await rig.bus.publish([])  # a publisher that has declared everything keeps its connection
        channel = await connection.channel()
        queue = await channel.get_queue(rig.consumer.queue, ensure=False)
        await queue.unbind(topology.EVENTS, "alpha.basket.filled.v1")
        unrouted = await channel.get_queue(topology.UNROUTED_QUEUE, ensure=False)
        await unrouted.unbind(topology.UNROUTED, "")
        yield
        await declare_all(rig.amqp_url, [rig.consumer])


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def services_template(cluster: Cluster) -> str:
    """A database with the messaging tables of alpha and beta."""
    name = "template_messaging"
    await create_database(cluster.server.url(), name)
    for service in ("alpha", "beta"):
        await provision(cluster.server.url(database=name), service, PASSWORDS)
        url = cluster.server.url(user=f"{service}_owner", password=PASSWORDS.owner, database=name)
        connection = await asyncpg.connect(url)
        for table in (outbox_table, inbox, deliveries):
            await connection.execute(str(CreateTable(table).compile(dialect=DIALECT)))
            for index in table.indexes:
                await connection.execute(str(CreateIndex(index).compile(dialect=DIALECT)))
        await connection.execute(
            "CREATE TABLE effects (event_id uuid, basket uuid, sequence bigint, amount bigint, "
            "at timestamptz, n bigint GENERATED ALWAYS AS IDENTITY)"
        )
        await connection.execute(
            "CREATE TABLE baskets (basket uuid PRIMARY KEY, sequence bigint, amount bigint)"
        )
        await connection.close()
    return name


@pytest_asyncio.fixture(loop_scope="session")
async def databases(
    cluster: Cluster, services_template: str
) -> AsyncIterator[tuple[Database, Database, str]]:
    """Alpha's and beta's connections to a database of the test's own, and the administrator's address."""
    name = f"messaging_{next(NUMBERS)}"
    await create_database(cluster.server.url(), name, template=services_template)
    address = cluster.server.url

    def connect(service: str) -> Database:
        return Database(
            address(user=f"{service}_app", password=PASSWORDS.app, database=name), application_name=service
        )

    alpha, beta = connect("alpha"), connect("beta")
    yield alpha, beta, address(database=name)
    await alpha.close()
    await beta.close()
    await cluster.drop(name)


@pytest_asyncio.fixture(loop_scope="session")
async def inprocess(databases: tuple[Database, Database, str]) -> AsyncIterator[Rig]:
    """Both services in one process."""
    does = Beta()
    consumer = Consumer(
        "beta.baskets", {"alpha.basket.filled.v1": Handler(Filled, does.on_filled)}, retry=RETRY
    )
    yield Rig(*databases, consumer, InProcessBus([consumer]), does)


@pytest_asyncio.fixture(loop_scope="session")
async def amqp(databases: tuple[Database, Database, str], rabbit: PrivateRabbit) -> AsyncIterator[Rig]:
    """Both services over a real broker, with queues of the test's own."""
    does = Beta()
    consumer = Consumer(
        f"beta.baskets{next(NUMBERS)}",
        {"alpha.basket.filled.v1": Handler(Filled, does.on_filled)},
        retry=RETRY,
    )
    await declare_all(rabbit.url(), [consumer])
    rig = Rig(*databases, consumer, AmqpBus(rabbit.url()), does, amqp_url=rabbit.url())
    yield rig
    await rig.bus.close()
    async with await aio_pika.connect(rabbit.url()) as connection:
        channel = await connection.channel()
        for queue in topology.of(consumer).queues:
            await channel.queue_delete(queue.name)


@pytest.fixture(params=["inprocess", "amqp"])
def rig(request: pytest.FixtureRequest) -> Rig:
    """Both services over one transport, then over the other: what holds must hold over both."""
    found: Rig = request.getfixturevalue(request.param)
    return found
