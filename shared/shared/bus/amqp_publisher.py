"""Publishing many events at once over one channel, with a confirm for each.

aio-pika's `publish` hands every message to the connection's writer and waits for it before it takes the
next: 100 µs of the relay's processor and a system call for each. This gives the channel below it the
frames of a whole batch as one piece of bytes and then waits for all confirms: a third of that. It uses the
channel's own books (delivery tags, confirmations, the writer's queue) just as its `basic_publish` does, so
returned, refused and lost messages come back the same way; the behavioural suite guards it.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from aiormq.abc import ChannelFrame
from aiormq.exceptions import PublishError
from pamqp import frame
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from shared.bus import topology
from shared.bus.base import Unroutable
from shared.events import CONTENT_TYPE, Envelope, encode

_PERSISTENT = 2
_FRAME_BYTES = 100_000  # well below the 131,072 that RabbitMQ allows a frame


class Publisher:
    """A channel of its own in confirm mode."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel
        self._methods: dict[str, bytes] = {}
        self._in_doubt = False

    @property
    def is_closed(self) -> bool:
        """Tell whether the channel is gone, or was left in the middle of a publish."""
        return self._in_doubt or bool(self._channel.is_closed)

    async def publish(self, envelopes: Sequence[Envelope]) -> dict[UUID, BaseException]:
        """Publish persistent and mandatory and wait for the confirms; returns what was not taken, and why."""
        self._in_doubt = True
        channel = self._channel
        bodies = [encode(envelope) for envelope in envelopes]
        async with channel.lock:
            confirms = []
            written = []
            for envelope, body in zip(envelopes, bodies, strict=True):
                message_id = str(envelope.id)
                channel.delivery_tag += 1
                confirm = channel.create_future()
                channel.confirmations[channel.delivery_tag] = confirm
                channel.message_id_delivery_tag[message_id] = channel.delivery_tag
                confirms.append(confirm)
                written.append(self._frames(envelope.type, message_id, body))
            await channel.write_queue.put(ChannelFrame(payload=b"".join(written), should_close=False))
        try:
            outcomes = await asyncio.gather(*confirms, return_exceptions=True)
        finally:
            for envelope in envelopes:
                channel.message_id_delivery_tag.pop(str(envelope.id), None)
        self._in_doubt = False
        return {
            envelope.id: _reason(envelope, outcome)
            for envelope, outcome in zip(envelopes, outcomes, strict=True)
            if isinstance(outcome, BaseException)
        }

    def _frames(self, event_type: str, message_id: str, body: bytes) -> bytes:
        number = self._channel.number
        method = self._methods.get(event_type)
        if method is None:
            publish = Basic.Publish(exchange=topology.EVENTS, routing_key=event_type, mandatory=True)
            method = self._methods[event_type] = frame.marshal(publish, number)
        properties = Basic.Properties(
            content_type=CONTENT_TYPE,
            delivery_mode=_PERSISTENT,
            message_id=message_id,
            message_type=event_type,
        )
        header = frame.marshal(ContentHeader(properties=properties, body_size=len(body)), number)
        parts = [
            frame.marshal(ContentBody(body[start : start + _FRAME_BYTES]), number)
            for start in range(0, len(body), _FRAME_BYTES)
        ]
        return b"".join((method, header, *parts))


def _reason(envelope: Envelope, error: BaseException) -> BaseException:
    return Unroutable(f"no queue takes {envelope.type}") if isinstance(error, PublishError) else error
