"""What a service consumes: handlers by event type, and how often a failing event is tried again.

A handler is an ordinary function `async def on_loan_repaid(session, events, *, now)` in a capability's
`consumers.py`. It is called inside a transaction whose inbox rows are already inserted, with up to 200
events of one type in the order they came; it neither commits nor acknowledges.
"""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events import Received

M = TypeVar("M", bound=BaseModel)

BATCH = 200
"""Events applied in one transaction, at most."""


class Apply(Protocol[M]):
    """The signature of a handler function."""

    def __call__(
        self, session: AsyncSession, events: Sequence[Received[M]], *, now: datetime
    ) -> Awaitable[None]:
        """Apply `events`, all of one type, in the session's transaction."""


@dataclass(frozen=True, slots=True)
class Handler(Generic[M]):
    """A consumer's own small model of an event and the function that applies it.

    A handler that adds events itself says `emits=True`: it then gets one event at a time, which becomes
    the cause of what it adds.
    """

    model: type[M]
    apply: Apply[M]
    emits: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """How a transient failure is treated before the event is dead.

    Each delivery is tried `tries` times, `pause` seconds apart and doubling; then the event waits `delay`
    and is delivered again, `deliveries` times in all.
    """

    tries: int = 3
    pause: float = 0.1
    delay: timedelta = timedelta(seconds=15)
    deliveries: int = 8


@dataclass(frozen=True, slots=True)
class Consumer:
    """One queue of a service: `name` is `<service>.<capability>`.

    Raise `version` when a type is dropped or the queue's arguments change: the new queue stands beside
    the old one, which an operator deletes when it is empty (docs/runbooks/messaging.md).
    """

    name: str
    handlers: Mapping[str, Handler[Any]]
    version: int = 1
    retry: Retry = field(default_factory=Retry)

    @property
    def service(self) -> str:
        """Return the name of the service that consumes."""
        return self.name.partition(".")[0]

    @property
    def queue(self) -> str:
        """Return the name of its queue."""
        return f"{self.name}.v{self.version}"
