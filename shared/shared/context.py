"""What a request or a consumed event carries along, down to the events it causes.

Set by the web middleware and by the consumers; read by the outbox, the log and the audit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the HTTP request being answered."""

correlation_id: ContextVar[str | None] = ContextVar("correlation_id", default=None)
"""The id of the whole story: the first request or event, handed on unchanged."""

causation_id: ContextVar[UUID | None] = ContextVar("causation_id", default=None)
"""The id of the event being handled; it becomes the cause of the events its handler adds."""

traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""The W3C trace context of the work in hand."""


@contextmanager
def caused_by(*, event_id: UUID | None, correlation: str | None, trace: str | None) -> Iterator[None]:
    """Let the events added inside have `event_id` as their cause and share its correlation and trace."""
    tokens = (causation_id.set(event_id), correlation_id.set(correlation), traceparent.set(trace))
    try:
        yield
    finally:
        causation_id.reset(tokens[0])
        correlation_id.reset(tokens[1])
        traceparent.reset(tokens[2])
