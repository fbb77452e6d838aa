"""A running gateway as the tests see it."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway.login import login
from gateway.settings import Settings
from shared.db import Database
from tests.gateway_upstream import Seen


@dataclass
class House:
    """A running gateway with its services."""

    url: str
    port: int
    app: Any
    settings: Settings
    database: Database
    credentials: dict[str, Any]
    things: Seen

    async def token(self, user: str = "department") -> str:
        now = datetime.now(UTC)
        return await login(self.settings, self.database, user=user, now=now)


async def until_known(app: Any) -> None:
    """Wait until the gateway knows its services' addresses."""
    async with asyncio.timeout(20):
        await app.state.catalogue.known.wait()
