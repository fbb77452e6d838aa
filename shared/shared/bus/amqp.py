"""The AMQP transport over RabbitMQ: publisher confirms out, acknowledged batches in."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final
from uuid import UUID

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage, AbstractQueue
from aio_pika.connection import make_url
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, ChannelClosed

from shared.bus import topology
from shared.bus.amqp_consumer import ATTEMPT, ERROR, Incoming
from shared.bus.amqp_publisher import Publisher
from shared.bus.base import DeadLetter, NotPublished, Unroutable
from shared.consumers import Consumer
from shared.db import Database
from shared.events import CONTENT_TYPE, Envelope, InvalidEnvelope, decode

CONNECT_SECONDS: Final = 10.0
PUBLISH_SECONDS: Final = 10.0
_CLOSE_SECONDS: Final = 5.0
_BACK_ROUNDS: Final = 100

log = structlog.get_logger(__name__)


class AmqpBus:
    """The transport between processes. `url` is amqp(s)://user:password@host/; `name` shows at the broker."""

    poll = 0.02

    def __init__(self, url: str, *, name: str = "chumchon") -> None:
        self._url = url
        self._name = name
        self._turn = asyncio.Lock()
        self._connection: AbstractConnection | None = None
        self._publisher: Publisher | None = None

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Publish events, persistent and mandatory, and wait for every confirm. Raises `NotPublished`.

        After a failure of the connection or of time the next publish begins on a new connection.
        """
        async with self._turn:
            try:
                if self._publisher is None or self._publisher.is_closed:
                    await self._connect()
                assert self._publisher is not None  # noqa: S101  # just made
                async with asyncio.timeout(PUBLISH_SECONDS):
                    failures = await self._publisher.publish(envelopes)
            except (TimeoutError, *CONNECTION_EXCEPTIONS) as error:
                await self._drop()
                raise NotPublished(dict.fromkeys((envelope.id for envelope in envelopes), error)) from error
            if failures:
                if not all(isinstance(error, Unroutable) for error in failures.values()):
                    await self._drop()
                raise NotPublished(failures)

    async def consume(
        self, consumers: Sequence[Consumer], database: Database, *, stop: asyncio.Event
    ) -> None:
        """Consume each queue on a connection of its own until `stop` is set."""
        async with asyncio.TaskGroup() as group:
            for consumer in consumers:
                incoming = Incoming(self.connection, consumer, database)
                group.create_task(incoming.run(stop), name=consumer.queue)

    async def dead_letters(self, consumer: Consumer, *, limit: int = 100) -> list[DeadLetter]:
        """Return the oldest dead letters; they stay where they are."""
        async with self._dead(consumer) as (_, messages):
            return [_dead_letter(consumer, message) async for message in _at_most(messages, limit)]

    async def replay(self, consumer: Consumer, *, event_id: UUID | None = None) -> int:
        """Move dead letters (one, or all that are there now) back to their queue under their own ids."""
        count = 0
        async with self._dead(consumer) as (channel, messages):
            letters = await channel.get_exchange(topology.letters(consumer), ensure=False)
            async for message in messages:
                if event_id is not None and _event_id(message) != event_id:
                    continue
                fresh = aio_pika.Message(
                    message.body,
                    content_type=CONTENT_TYPE,
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                    message_id=message.message_id,
                    type=message.type,
                )
                await letters.publish(fresh, consumer.queue, mandatory=True, timeout=PUBLISH_SECONDS)
                await message.ack()
                count += 1
        return count

    async def close(self) -> None:
        """Close the publishing connection."""
        async with self._turn:
            await self._drop()

    @asynccontextmanager
    async def connection(self, purpose: str) -> AsyncIterator[AbstractConnection]:
        """Yield a new connection and close it in the end."""
        connection = await _open(self._url, f"{self._name} {purpose}")
        try:
            yield connection
        finally:
            await _close(connection)

    @asynccontextmanager
    async def _dead(
        self, consumer: Consumer
    ) -> AsyncIterator[tuple[AbstractChannel, AsyncIterator[AbstractIncomingMessage]]]:
        """Yield a channel and the messages now in the dead queue; the unacknowledged go back to it.

        The broker takes them back at its own time after the channel has closed. They are awaited here: the
        next look would find fewer than there are, and a replay would leave some behind.
        """
        taken: list[AbstractIncomingMessage] = []
        async with self.connection("dead letters") as connection:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            await topology.declare(channel, topology.of(consumer))
            queue, ready = await _dead_queue(channel, consumer)

            async def messages() -> AsyncIterator[AbstractIncomingMessage]:
                for _ in range(ready):
                    message = await queue.get(fail=False)
                    if message is None:
                        return
                    taken.append(message)
                    yield message

            yield channel, messages()
            await channel.close()
            ready -= sum(message.processed for message in taken)
            channel = await connection.channel()
            for _ in range(_BACK_ROUNDS):  # not for ever: somebody else may have replayed some meanwhile
                if (await _dead_queue(channel, consumer))[1] >= ready:
                    break
                await asyncio.sleep(self.poll)

    async def _connect(self) -> None:
        await self._drop()
        async with asyncio.timeout(CONNECT_SECONDS):
            self._connection = await _open(self._url, f"{self._name} relay")
            await declare_shared(self._connection)
            channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
            self._publisher = Publisher(await channel.get_underlay_channel())

    async def _drop(self) -> None:
        connection, self._connection, self._publisher = self._connection, None, None
        if connection is not None:
            await _close(connection)


async def declare_shared(connection: AbstractConnection) -> None:
    """Declare the exchange `events` and where unwanted events go, if this user may.

    A service's own user may not: an administrator has done it (deploy/rabbitmq).
    """
    channel = await connection.channel()
    try:
        await topology.declare(channel, topology.SHARED)
        await channel.close()
    except ChannelClosed as error:
        if "ACCESS_REFUSED" not in str(error):
            raise
        log.debug("shared_topology_not_ours")


async def declare_all(url: str, consumers: Sequence[Consumer]) -> None:
    """Declare everything that `consumers` need, as an administrator.

    Done before any service starts: an event published while its consumer's queue is not there yet would
    go to the unrouted events.
    """
    async with await _open(url, "chumchon topology") as connection:
        await declare_shared(connection)
        channel = await connection.channel()
        for consumer in consumers:
            await topology.declare(channel, topology.of(consumer))


async def _open(url: str, name: str) -> AbstractConnection:
    """Return a new connection, named at the broker; one that fails is closed.

    Left open, its finaliser would start closing it wherever it is collected, without a loop in a thread.
    """
    connection = aio_pika.Connection(make_url(url), client_properties={"connection_name": name})
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await connection.connect()
    except BaseException:
        await connection.close()
        raise
    return connection


async def _close(connection: AbstractConnection) -> None:
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await connection.close()
    except (TimeoutError, *CONNECTION_EXCEPTIONS):
        log.debug("connection_was_gone")


async def _at_most(
    messages: AsyncIterator[AbstractIncomingMessage], limit: int
) -> AsyncIterator[AbstractIncomingMessage]:
    count = 0
    async for message in messages:
        yield message
        count += 1
        if count >= limit:
            return


async def _dead_queue(channel: AbstractChannel, consumer: Consumer) -> tuple[AbstractQueue, int]:
    """Return the queue of the consumer's dead letters and how many are ready in it."""
    queue = await channel.declare_queue(topology.dead_queue(consumer), passive=True)
    return queue, queue.declaration_result.message_count or 0


def _event_id(message: AbstractIncomingMessage) -> UUID | None:
    try:
        return decode(message.body).id
    except InvalidEnvelope:
        return None


def _dead_letter(consumer: Consumer, message: AbstractIncomingMessage) -> DeadLetter:
    attempts = message.headers.get(ATTEMPT)
    return DeadLetter(
        consumer=consumer.name,
        event_id=_event_id(message),
        type=message.type,
        attempts=attempts if isinstance(attempts, int) else 0,
        error=str(message.headers.get(ERROR, "delivery limit")),
        body=message.body,
    )
