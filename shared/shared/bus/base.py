"""What a transport promises, whichever it is; one behavioural suite runs against both adapters."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shared.consumers import Consumer
from shared.db import Database
from shared.events import Envelope


class NotPublished(Exception):  # noqa: N818  # named after the fact
    """Some events of a publish were not taken over; they stay in the outbox and are published later."""

    def __init__(self, failures: Mapping[UUID, BaseException]) -> None:
        kinds = sorted(
            {type(failure).__qualname__ for failure in failures.values()}
        )  # a text might hold data
        super().__init__(f"{len(failures)} events not published: {', '.join(kinds)}")
        self.failures = dict(failures)


class Unroutable(Exception):  # noqa: N818  # named after the fact
    """An event that reaches no queue and no consumer: the topology is not (or no longer) there."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that its consumer could not apply; `event_id` and `type` are None when it is unreadable."""

    consumer: str
    event_id: UUID | None
    type: str | None
    attempts: int
    error: str
    body: bytes


class Publisher(Protocol):
    """The side of a transport that the relay uses."""

    poll: float
    """Seconds between two looks of the relay into an outbox that was empty just now."""

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Hand events over; returning means each is safe with every consumer. Raises `NotPublished`."""


class Bus(Publisher, Protocol):
    """A transport of events between services."""

    async def consume(
        self, consumers: Sequence[Consumer], database: Database, *, stop: asyncio.Event
    ) -> None:
        """Apply what comes in for `consumers` until `stop` is set; lost connections come back."""

    async def dead_letters(self, consumer: Consumer, *, limit: int = 100) -> list[DeadLetter]:
        """Return the oldest dead letters of a consumer."""

    async def replay(self, consumer: Consumer, *, event_id: UUID | None = None) -> int:
        """Deliver dead letters again under their own ids (one, or all); returns how many."""

    async def close(self) -> None:
        """Give the connections back."""
