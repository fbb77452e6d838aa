"""What the households service does beside answering: it publishes its events and runs its jobs."""

import asyncio

from households.areas.service import load_catalogue
from households.cases import consumers as cases
from households.cases import opening
from households.settings import Settings
from shared import clock, jobs, relay
from shared.bus import Bus
from shared.consumers import Consumer
from shared.db import Database

CONSUMERS = [Consumer(name="households.cases", handlers=cases.HANDLERS)]
JOBS: dict[str, jobs.Work] = {opening.KIND: opening.run}
"""Kinds of long work, and what does each."""


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
            tasks.create_task(jobs.run(database, JOBS, stop))
    finally:
        await database.close()
