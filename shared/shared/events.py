"""Events: the classes a service publishes and the CloudEvents 1.0 envelope they travel in.

An event class names its type, `<service>.<aggregate>.<fact>.v<n>`; the exchange's routing key is the type.
Events carry surrogate ids, area codes, states and amounts, never a citizen id, a name or a phone number.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Generic, TypeVar
from uuid import UUID

import msgspec
import orjson
from pydantic import BaseModel, ConfigDict

CONTENT_TYPE: Final = "application/cloudevents+json"
SOURCE_PREFIX: Final = "urn:chumchon:"
MAX_ENVELOPE_BYTES: Final = 256 * 1024

_TYPE = re.compile(r"[a-z]+(\.[a-z][a-z_]*){2,4}\.v[1-9][0-9]*")
_PERSONAL = re.compile(r"(^|_)(citizen_id|pid|first_name|last_name|full_name|phone|mobile|email)(_|$)")
_SEQUENCE_DIGITS = 19  # a bigint's; CloudEvents wants sequences whose order as text is their order


class PermanentFailure(Exception):  # noqa: N818  # named after the fact
    """An event that no further attempt can apply: it goes to the dead letters at once."""


class InvalidEnvelope(PermanentFailure):
    """Bytes that are no CloudEvents envelope of ours."""


class Event(BaseModel):
    """Base of what a service publishes: `class LoanRepaid(Event, type="funds.loan.repaid.v1")`.

    Within a version only additive changes. Examples for the contracts come from the fields'
    `Field(examples=[...])`, else they are made up by type.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: ClassVar[str]

    def __init_subclass__(cls, *, type: str, **options: Any) -> None:  # noqa: A002  # CloudEvents' word
        """Register the class under its type, refusing one that is malformed or taken."""
        super().__init_subclass__(**options)
        if not _TYPE.fullmatch(type):
            raise TypeError(f"{type!r} is no event type: <service>.<aggregate>.<fact>.v<n>")
        known = _registry.get(type)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"{type} is already {known.__module__}.{known.__qualname__}")
        cls.type = type
        _registry[type] = cls

    @classmethod
    def __pydantic_init_subclass__(cls, **_options: Any) -> None:
        """Refuse fields that would carry personal data out of the service."""
        personal = [name for name in cls.model_fields if _PERSONAL.search(name)]
        if personal:
            raise TypeError(f"{cls.type}: events carry no personal data, so not {', '.join(personal)}")


_registry: dict[str, type[Event]] = {}


def registered(service: str | None = None) -> dict[str, type[Event]]:
    """Return the event classes imported so far (of one service) by their type, sorted."""
    return {
        name: cls
        for name, cls in sorted(_registry.items())
        if service is None or name.partition(".")[0] == service
    }


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """An event on its way: CloudEvents attributes and the data as the producer wrote it."""

    id: UUID
    type: str
    subject: UUID
    sequence: int
    time: datetime
    data: bytes
    correlation_id: str | None = None
    causation_id: UUID | None = None
    traceparent: str | None = None

    @property
    def service(self) -> str:
        """Return the name of the service that published it."""
        return self.type.partition(".")[0]


class _Wire(msgspec.Struct, omit_defaults=True):
    """The JSON of an envelope; unknown extensions are ignored."""

    specversion: str
    id: UUID
    source: str
    type: str
    subject: UUID
    time: datetime
    data: msgspec.Raw
    sequence: str
    datacontenttype: str = "application/json"
    correlationid: str | None = None
    causationid: UUID | None = None
    traceparent: str | None = None


_decoder = msgspec.json.Decoder(_Wire)


def encode(envelope: Envelope) -> bytes:
    """Return the envelope in CloudEvents' structured JSON form."""
    wire: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(envelope.id),  # asyncpg's UUIDs are a subclass that orjson does not take
        "source": SOURCE_PREFIX + envelope.service,
        "type": envelope.type,
        "subject": str(envelope.subject),
        "time": envelope.time,
        "datacontenttype": "application/json",
        "sequence": f"{envelope.sequence:0{_SEQUENCE_DIGITS}d}",
    }
    if envelope.correlation_id is not None:
        wire["correlationid"] = envelope.correlation_id
    if envelope.causation_id is not None:
        wire["causationid"] = str(envelope.causation_id)
    if envelope.traceparent is not None:
        wire["traceparent"] = envelope.traceparent
    wire["data"] = orjson.Fragment(envelope.data)
    return orjson.dumps(wire)


def decode(body: bytes) -> Envelope:
    """Read an envelope; raises `InvalidEnvelope`. The data stays as it is: its consumer reads it."""
    if len(body) > MAX_ENVELOPE_BYTES:
        raise InvalidEnvelope(f"an envelope of {len(body)} bytes")
    try:
        wire = _decoder.decode(body)
        sequence = int(wire.sequence)
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
        raise InvalidEnvelope(f"not a CloudEvents envelope: {type(error).__name__}") from None
    if wire.specversion != "1.0" or wire.time.tzinfo is None:
        raise InvalidEnvelope("not CloudEvents 1.0, or its time has no offset")
    return Envelope(
        id=wire.id,
        type=wire.type,
        subject=wire.subject,
        sequence=sequence,
        time=wire.time,
        data=bytes(wire.data),
        correlation_id=wire.correlationid,
        causation_id=wire.causationid,
        traceparent=wire.traceparent,
    )


M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Received(Generic[M]):
    """A consumed event as its handler gets it: `data` is the consumer's own small model.

    `sequence` is the aggregate's version: a handler ignores an event older than what it has applied.
    """

    id: UUID
    type: str
    subject: UUID
    sequence: int
    data: M
    time: datetime
    correlation_id: str | None = None
    traceparent: str | None = None
