"""Everything that is declared on the broker, as data: exchanges, queues, bindings and permissions.

    events (topic) ── type ──▶ <consumer>.v1 (quorum) ──▶ handler
       │ no queue wants it          │ failed        ▲ after its time
       ▼                            ▼               │
    events.unrouted (fanout)   <service>.letters ──▶ <consumer>.v1.delay.<ms>
       ▼                            └──────────────▶ <consumer>.v1.dead
    events.unrouted.v1 (bounded)

An event no service consumes (yet) is no error: the alternate exchange keeps the newest of them, so every
publish is routable and a returned one means that the topology is gone. One active consumer a queue keeps
the order of events; other replicas stand by. A queue's arguments never change under its name: the delay's
time is part of its name, everything else needs a new `Consumer.version`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from aio_pika.abc import AbstractChannel

from shared.consumers import Consumer

EVENTS: Final = "events"
UNROUTED: Final = "events.unrouted"
UNROUTED_QUEUE: Final = "events.unrouted.v1"
UNROUTED_BYTES: Final = 256 * 1024 * 1024

_CRASH_LIMIT = 50
"""Deliveries that are never settled (the process is killed each time) before the broker buries a message."""
_NO_LIMIT = 1_000_000_000
"""Listing dead letters returns them to their queue; that must never bury them (RabbitMQ 4 limits to 20)."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable exchange."""

    name: str
    kind: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable quorum queue."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Binding:
    """A way from an exchange to a queue."""

    exchange: str
    queue: str
    key: str


@dataclass(frozen=True, slots=True)
class Topology:
    """Things to declare, in this order."""

    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]


SHARED: Final = Topology(
    exchanges=(
        Exchange(UNROUTED, "fanout"),
        Exchange(EVENTS, "topic", {"alternate-exchange": UNROUTED}),
    ),
    queues=(
        Queue(
            UNROUTED_QUEUE,
            {"x-queue-type": "quorum", "x-max-length-bytes": UNROUTED_BYTES, "x-overflow": "drop-head"},
        ),
    ),
    bindings=(Binding(UNROUTED, UNROUTED_QUEUE, ""),),
)
"""What all services share; an administrator declares it."""


def letters(consumer: Consumer) -> str:
    """Return the exchange through which a service moves its own failed messages."""
    return f"{consumer.service}.letters"


def delay_queue(consumer: Consumer) -> str:
    """Return the queue where a failed message waits for its next delivery."""
    return f"{consumer.queue}.delay.{_milliseconds(consumer)}"


def dead_queue(consumer: Consumer) -> str:
    """Return the queue of the consumer's dead letters."""
    return f"{consumer.queue}.dead"


def of(consumer: Consumer) -> Topology:
    """Return what a consumer needs beside `SHARED`."""
    exchange = letters(consumer)
    safe = {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": exchange,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    main = {
        **safe,
        "x-dead-letter-routing-key": dead_queue(consumer),
        "x-delivery-limit": _CRASH_LIMIT,
        "x-single-active-consumer": True,
    }
    delay = {
        **safe,
        "x-dead-letter-routing-key": consumer.queue,
        "x-message-ttl": _milliseconds(consumer),
    }
    dead = {"x-queue-type": "quorum", "x-delivery-limit": _NO_LIMIT}
    queues = (
        Queue(dead_queue(consumer), dead),
        Queue(delay_queue(consumer), delay),
        Queue(consumer.queue, main),
    )
    return Topology(
        exchanges=(Exchange(exchange, "direct"),),
        queues=queues,
        bindings=(
            *(Binding(exchange, queue.name, queue.name) for queue in queues),
            *(Binding(EVENTS, consumer.queue, event_type) for event_type in sorted(consumer.handlers)),
        ),
    )


async def declare(channel: AbstractChannel, topology: Topology) -> None:
    """Declare everything; what is there with the same arguments stays as it is."""
    for exchange in topology.exchanges:
        await channel.declare_exchange(
            exchange.name, exchange.kind, durable=True, arguments=exchange.arguments
        )
    queues = {
        queue.name: await channel.declare_queue(queue.name, durable=True, arguments=queue.arguments)
        for queue in topology.queues
    }
    for binding in topology.bindings:
        await queues[binding.queue].bind(binding.exchange, binding.key)


def definitions(services: Iterable[str], consumers: Iterable[Consumer]) -> dict[str, Any]:
    """Return RabbitMQ's definitions document: the topology, a user for each service and its permissions.

    A service writes only events of its own name, reads and declares only what bears its name. Users have
    no password here, so that nobody can log in as them before the deployment has filled one in.
    """
    parts = [SHARED, *(of(consumer) for consumer in consumers)]
    exchanges = {exchange.name: exchange for part in parts for exchange in part.exchanges}
    names = sorted(services)
    topic = {"vhost": "/", "exchange": EVENTS, "read": ".*"}
    return {
        "vhosts": [{"name": "/"}],
        "users": [_user(name) for name in names],
        "permissions": [_permission(name) for name in names],
        "topic_permissions": [{"user": name, **topic, "write": rf"^{name}\."} for name in names],
        "exchanges": [
            {**_DURABLE, "name": one.name, "type": one.kind, "internal": False, "arguments": one.arguments}
            for one in exchanges.values()
        ],
        "queues": [
            {**_DURABLE, "name": queue.name, "arguments": queue.arguments}
            for part in parts
            for queue in part.queues
        ],
        "bindings": [_binding(binding) for part in parts for binding in part.bindings],
    }


_DURABLE: Final = {"vhost": "/", "durable": True, "auto_delete": False}


def _user(name: str) -> dict[str, Any]:
    algorithm = "rabbit_password_hashing_sha256"
    return {"name": name, "password_hash": "", "hashing_algorithm": algorithm, "tags": [], "limits": {}}


def _permission(name: str) -> dict[str, Any]:
    usable = rf"^({EVENTS}$|{name}\.)"
    return {"user": name, "vhost": "/", "configure": rf"^{name}\.", "write": usable, "read": usable}


def _binding(binding: Binding) -> dict[str, Any]:
    return {
        "source": binding.exchange,
        "vhost": "/",
        "destination": binding.queue,
        "destination_type": "queue",
        "routing_key": binding.key,
        "arguments": {},
    }


def _milliseconds(consumer: Consumer) -> int:
    return round(consumer.retry.delay.total_seconds() * 1000)
