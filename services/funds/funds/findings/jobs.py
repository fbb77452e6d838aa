"""The daily look for failings, as the worker runs it."""

import asyncio
import contextlib
from typing import Final

import structlog

from funds.findings import service
from shared import clock, problems
from shared.db import Database

PAUSE: Final = 300.0
"""Seconds between two askings whether a new business day has begun."""

log = structlog.get_logger(__name__)


async def run(database: Database, stop: asyncio.Event, *, pause: float = PAUSE) -> None:
    """Look at all funds once a business day until `stop`; a database that is away is waited for."""
    while not stop.is_set():
        try:
            async with database.transaction() as session:
                looked = await service.daily(session, now=clock.now())
            if looked is not None:
                log.info("findings_looked", opened=looked.opened, closed=looked.closed)
        except Exception as failure:
            if not problems.is_away(failure):
                raise
            log.warning("findings_wait", failure=failure)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
