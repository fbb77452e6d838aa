"""What the funds service does beside answering: it publishes its events and learns of households."""

import asyncio

from funds import due_work
from funds.applications import lapsing
from funds.book_imports import jobs as book_imports
from funds.deaths import consumers as deaths
from funds.findings import jobs as findings
from funds.known_households import consumers as known_households
from funds.reports import keeping
from funds.settings import Settings
from shared import jobs, relay
from shared.bus import Bus
from shared.consumers import Consumer
from shared.db import Database

CONSUMERS = [
    Consumer(name="funds.known_households", handlers={**known_households.HANDLERS, **deaths.HANDLERS})
]


def work(settings: Settings) -> dict[str, jobs.Work]:
    """Return the kinds of long work, and what does each."""
    return {**book_imports.work(files_url=settings.files_url)}


async def run(settings: Settings, bus: Bus, stop: asyncio.Event) -> None:
    """Run relay and consumers until `stop` is set; when one of them fails, all end and this raises."""
    database = Database(settings.database_url, application_name="funds-worker", pool_size=settings.pool_size)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(relay.run(database, bus, stop=stop))
            tasks.create_task(bus.consume(CONSUMERS, database, stop=stop))
            tasks.create_task(lapsing.run(database, stop))
            tasks.create_task(jobs.run(database, work(settings), stop))
            tasks.create_task(keeping.run(database, stop=stop))
            tasks.create_task(findings.run(database, stop))
            tasks.create_task(due_work.run(settings, database, stop))
    finally:
        await database.close()
