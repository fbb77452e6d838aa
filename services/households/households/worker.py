"""What the households service does beside answering: it publishes its events and runs its jobs."""

import asyncio

from households.areas.service import load_catalogue
from households.cases import consumers as cases
from households.cases import opening
from households.feeds import jobs as feed_jobs
from households.settings import Settings
from shared import clock, jobs, relay
from shared.bus import Bus
from shared.consumers import Consumer
from shared.db import Database

CONSUMERS = [Consumer(name="households.cases", handlers=cases.HANDLERS)]


def work(settings: Settings) -> dict[str, jobs.Work]:
    """Return the kinds of long work, and what does each."""
    feeds = feed_jobs.work(
        files_url=settings.files_url,
        secrets_folder=settings.secrets_folder,
        allow_private=settings.feed_pulls_private,
    )
    return {opening.KIND: opening.run, **feeds}


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
            tasks.create_task(jobs.run(database, work(settings), stop))
    finally:
        await database.close()
