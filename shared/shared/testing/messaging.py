"""For tests of events: `drain()` lets every event take its effect, `until()` waits for a condition."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from shared import relay
from shared.bus import InProcessBus
from shared.consumers import Consumer
from shared.db import Database, driver


async def drain(*services: tuple[Database, Sequence[Consumer]]) -> int:
    """Publish every outbox and apply every event in process until nothing is left; returns how many.

    `services` are (database, consumers) of each service in the story. An event that its consumer could
    not apply is an AssertionError: tests of failures use the bus itself.
    """
    bus = InProcessBus(consumer for _, consumers in services for consumer in consumers)
    for database, consumers in services:
        bus.attach(consumers, database)
    total = 0
    while True:
        count = 0
        for database, _ in services:
            count += await relay.publish(database, bus)
        if not count:
            break
        total += count
    for database, _ in services:
        async with database.read() as session:
            failed = await (await driver(session)).fetch("SELECT consumer, error FROM deliveries")
        assert not failed, [tuple(row) for row in failed]
    return total


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 30) -> None:
    """Wait until `condition` holds; TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110  # the condition is in a database or a broker
            await asyncio.sleep(0.01)
