"""What the tourism service does beside answering: it publishes its events."""

import asyncio

from shared import relay
from shared.bus import Bus
from shared.consumers import Consumer
from shared.db import Database
from tourism.settings import Settings

CONSUMERS: list[Consumer] = []


async def run(settings: Settings, bus: Bus, stop: asyncio.Event) -> None:
    """Run relay and consumers until `stop` is set; when one of them fails, all end and this raises."""
    database = Database(
        settings.database_url, application_name="tourism-worker", pool_size=settings.pool_size
    )
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(relay.run(database, bus, stop=stop))
            tasks.create_task(bus.consume(CONSUMERS, database, stop=stop))
    finally:
        await database.close()
