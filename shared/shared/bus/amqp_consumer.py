"""One consumer over AMQP: messages in batches to the inbox, failed ones to delay or dead, then one ack.

Nothing but this loop settles messages, and it always does: a batch is acknowledged after its effects are
committed and its failures are confirmed in their queues. Whatever happens in between, the broker delivers
again and the inbox knows what was done. Messages are taken from the channel below aio-pika's, whose message
objects would cost as much again as reading the event.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from aiormq.abc import DeliveredMessage

from shared import event_metrics, inbox
from shared.bus import topology
from shared.consumers import BATCH, Consumer
from shared.db import Database
from shared.events import CONTENT_TYPE, Envelope, InvalidEnvelope, decode

ATTEMPT: Final = "chumchon-attempt"
ERROR: Final = "chumchon-error"

_PREFETCH = 2 * BATCH
_LETTER_SECONDS = 10.0
_SETUP_SECONDS = 10.0
_LIVENESS_SECONDS = 30.0
_FIRST_PAUSE, _LAST_PAUSE = 0.2, 5.0
_LINGER_SECONDS = 0.002

log = structlog.get_logger(__name__)

Connect = Callable[[str], AbstractAsyncContextManager[AbstractConnection]]


class _Lost(Exception):  # noqa: N818  # named after the fact
    """The channel is closed, or the broker has cancelled our consumer."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A consumer, its database and the way to get a connection."""

    connect: Connect
    consumer: Consumer
    database: Database

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set, on a new connection whenever one is lost."""
        pause = _FIRST_PAUSE
        while not stop.is_set():
            loop = asyncio.get_running_loop()
            began = loop.time()
            try:
                await self._connected(stop)
            except (TimeoutError, _Lost, *CONNECTION_EXCEPTIONS) as error:
                reason = f"{type(error).__qualname__}: {error}"  # the broker's words
                log.warning("consumer_lost", queue=self.consumer.queue, reason=reason)
                pause = _FIRST_PAUSE if loop.time() - began > _LAST_PAUSE else min(pause * 2, _LAST_PAUSE)
                await _wait(stop, pause)

    async def _connected(self, stop: asyncio.Event) -> None:
        async with self.connect(self.consumer.queue) as connection:
            async with asyncio.timeout(_SETUP_SECONDS):  # a broker that is still starting may never answer
                channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
                await channel.set_qos(prefetch_count=_PREFETCH)
                await topology.declare(channel, topology.of(self.consumer))
                letters = await channel.get_exchange(topology.letters(self.consumer), ensure=False)
                arrivals: asyncio.Queue[DeliveredMessage | None] = asyncio.Queue()
                below = await channel.get_underlay_channel()
                _wake_when_lost(channel, below, arrivals)
                consuming = await below.basic_consume(self.consumer.queue, arrivals.put)
            log.info("consuming", queue=self.consumer.queue)
            waker = asyncio.create_task(_wake_on_stop(stop, arrivals))
            try:
                while not stop.is_set():
                    batch = await _next(arrivals)
                    if batch:
                        await self._settle(batch, letters, stop)
                    else:
                        await self._check(connection)
            except _Lost:
                if not stop.is_set():
                    raise
                # What has arrived and was not begun goes back when the connection closes.
                await below.basic_cancel(str(consuming.consumer_tag))
            finally:
                waker.cancel()

    async def _check(self, connection: AbstractConnection) -> None:
        """Make sure that the broker still sees a consumer on the queue."""
        channel = await connection.channel()
        queue = await channel.declare_queue(self.consumer.queue, passive=True)
        if not queue.declaration_result.consumer_count:
            raise _Lost(self.consumer.queue)
        await channel.close()

    async def _settle(
        self, batch: Sequence[DeliveredMessage], letters: AbstractExchange, stop: asyncio.Event
    ) -> None:
        envelopes: list[Envelope] = []
        source: dict[int, DeliveredMessage] = {}
        parked = []
        for message in batch:
            try:
                envelope = decode(message.body)
            except InvalidEnvelope:
                parked.append(self._park(letters, message, "InvalidEnvelope", permanent=True))
                continue
            source[id(envelope)] = message
            envelopes.append(envelope)
        for failure in await self._apply(envelopes, stop):
            message = source[id(failure.envelope)]
            parked.append(self._park(letters, message, failure.error, permanent=failure.permanent))
        await asyncio.gather(*parked)
        last = batch[-1]
        if last.delivery_tag is None:  # never so for a delivery; 0 would acknowledge what is not done yet
            raise _Lost("a delivery without a tag")
        await last.channel.basic_ack(last.delivery_tag, multiple=True)

    async def _apply(self, envelopes: Sequence[Envelope], stop: asyncio.Event) -> list[inbox.Failure]:
        """Apply the batch, waiting for a database that is away: that counts as no attempt."""
        pause = _FIRST_PAUSE
        while True:
            try:
                return await inbox.apply(self.database, self.consumer, envelopes)
            except inbox.Unavailable as error:
                log.warning("database_away", consumer=self.consumer.name, error=str(error))
                await _wait(stop, pause)
                pause = min(pause * 2, _LAST_PAUSE)
                if stop.is_set():
                    raise _Lost("stopped while the database was away") from error

    async def _park(
        self, letters: AbstractExchange, message: DeliveredMessage, error: str, *, permanent: bool
    ) -> None:
        """Put a failed message into the delay queue or, when its attempts are used up, the dead one."""
        properties = message.header.properties
        counted = (properties.headers or {}).get(ATTEMPT)
        attempt = (counted if isinstance(counted, int) else 0) + 1
        dead = permanent or attempt >= self.consumer.retry.deliveries
        letter = aio_pika.Message(
            message.body,
            content_type=CONTENT_TYPE,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=properties.message_id,
            type=properties.message_type,
            headers={ATTEMPT: attempt, ERROR: error},
        )
        name = topology.dead_queue if dead else topology.delay_queue
        await letters.publish(letter, name(self.consumer), mandatory=True, timeout=_LETTER_SECONDS)
        event_metrics.handled(self.consumer.name, "dead" if dead else "delayed", 1)


async def _next(arrivals: asyncio.Queue[DeliveredMessage | None]) -> list[DeliveredMessage]:
    """Return what has arrived, at most a batch; nothing after a while without arrivals. Raises `_Lost`."""
    try:
        async with asyncio.timeout(_LIVENESS_SECONDS):
            first = await arrivals.get()
    except TimeoutError:
        return []
    await asyncio.sleep(_LINGER_SECONDS)  # what was published together arrives one by one
    batch: list[DeliveredMessage] = []
    message = first
    while message is not None:
        batch.append(message)
        if len(batch) == BATCH or arrivals.empty():
            return batch
        message = arrivals.get_nowait()
    raise _Lost


def _wake_when_lost(
    channel: AbstractChannel, underlay: Any, arrivals: asyncio.Queue[DeliveredMessage | None]
) -> None:
    def lost(*_: object) -> None:
        arrivals.put_nowait(None)

    channel.close_callbacks.add(lost)
    underlay.on_consumer_cancel_callbacks.add(lost)


async def _wake_on_stop(stop: asyncio.Event, arrivals: asyncio.Queue[DeliveredMessage | None]) -> None:
    await stop.wait()
    arrivals.put_nowait(None)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
