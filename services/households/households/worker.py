"""What the households service does beside answering: it publishes its events and runs its jobs."""

import asyncio

from households.areas.service import load_catalogue
from households.settings import Settings
from shared import clock, relay
from shared.bus import Bus
from shared.consumers import Consumer
from shared.db import Database

CONSUMERS: list[Consumer] = []


async def run(settings: Settings, bus: Bus, stop: asyncio.Event) -> None:
    """Run relay, consumers and jobs until `stop` is set; when one of them fails, all end and this raises."""
    database = Database(
        settings.database_url, application_name="households-worker", pool_size=settings.pool_size
    )
    try:
        async with database.transaction() as session:
            await load_catalogue(session, now=clock.now())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(relay.run(database, bus, stop=stop))
            tasks.create_task(bus.consume(CONSUMERS, database, stop=stop))
    finally:
        await database.close()
