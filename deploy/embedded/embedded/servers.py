"""The private servers of an installation, kept alive: what dies comes back on its data and its address."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from embedded.supervisor import Pauses
from shared.servers.postgres import PostgresUnavailableError, PrivatePostgres
from shared.servers.rabbitmq import RabbitUnavailableError

_LOOK_SECONDS = 0.1


class Server(Protocol):
    """PrivatePostgres or PrivateRabbit."""

    def start(self) -> None:
        """Start it, also after a crash: what is left of the crashed one is ended first."""

    def running(self) -> bool:
        """Tell whether it lives."""


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[PrivatePostgres]:
    """Run the private PostgreSQL while the context lasts."""
    server = PrivatePostgres(folder)
    try:
        server.start()
    except PostgresUnavailableError as error:
        sys.exit(f"PostgreSQL did not start: {error}")
    try:
        yield server
    finally:
        server.stop()


@contextlib.asynccontextmanager
async def kept(servers: Mapping[str, Server], *, tell: Callable[[str], None]) -> AsyncIterator[None]:
    """Bring each running server up again whenever it dies, while the context lasts."""
    async with asyncio.TaskGroup() as tasks:
        keepers = [tasks.create_task(_keep(name, server, tell=tell)) for name, server in servers.items()]
        yield
        for keeper in keepers:
            keeper.cancel()  # a start under way ends in its thread; the loop waits for that before it closes


async def _keep(name: str, server: Server, *, tell: Callable[[str], None]) -> None:
    pauses, loop = Pauses(), asyncio.get_running_loop()
    began = loop.time()
    while True:
        while server.running():  # noqa: ASYNC110  # a process of its own: it tells nobody
            await asyncio.sleep(_LOOK_SECONDS)
        pause = pauses.after(loop.time() - began)
        tell(f"{name:<20} died, starts again in {pause:.1f} s")
        await asyncio.sleep(pause)
        began = loop.time()
        try:
            await asyncio.to_thread(server.start)
        except (PostgresUnavailableError, RabbitUnavailableError, OSError):
            tell(f"{name:<20} does not come up; the end of its log says why")
        else:
            tell(f"{name:<20} running again after {loop.time() - began:.1f} s")
