"""The house in one process: databases ready, services and gateway served, workers running."""

import asyncio
import importlib
import time
from collections.abc import Callable
from typing import Any

from embedded import database, front, members, secrets
from embedded.layout import SERVICES, Layout
from shared import process, serving
from shared.bus import InProcessBus


async def live(layout: Layout, *, admin_url: str, began: float) -> None:
    """Make the house ready, serve it and load the demo data on the first start; end when told to."""
    known = {name: secrets.passwords(layout.secrets, name) for name in (*SERVICES, "gateway")}
    await database.prepare(admin_url, known, tell=say)
    stop = asyncio.Event()
    with process.stop_signals(stop):
        await _serve(layout, admin_url=admin_url, began=began, stop=stop)


async def _serve(layout: Layout, *, admin_url: str, began: float, stop: asyncio.Event) -> None:
    values = {name: members.service_values(layout, name, admin_url=admin_url) for name in SERVICES}
    workers = {name: importlib.import_module(f"{name}.worker") for name in SERVICES}
    bus = InProcessBus([consumer for worker in workers.values() for consumer in worker.CONSUMERS])
    behind = asyncio.Event()  # stops what is behind the gateway, after the gateway
    async with asyncio.TaskGroup() as tasks:
        addresses: dict[str, str] = {}
        ready: list[asyncio.Event] = []
        for name in SERVICES:
            settings = _settings(name, values[name])
            app = importlib.import_module(f"{name}.app").create_app(settings)
            listener = serving.listen("127.0.0.1", 0)
            addresses[name] = f"http://127.0.0.1:{listener.getsockname()[1]}"
            ready.append(asyncio.Event())
            tasks.create_task(
                serving.serve(app, listener, stop=behind, listening=ready[-1]), name=f"{name} api"
            )
            tasks.create_task(workers[name].run(settings, bus, behind), name=f"{name} worker")
        for event in ready:
            await event.wait()
        door = await front.gateway(layout, addresses, admin_url=admin_url)
        tasks.create_task(_front(door, stop=stop, behind=behind), name="gateway")
        await door.listening.wait()
        serving.settle_memory()
        say(f"ready in {time.monotonic() - began:.1f} s")
        await front.welcome(layout, tasks, stop=stop)


async def _front(door: Any, *, stop: asyncio.Event, behind: asyncio.Event) -> None:
    try:
        await door.serve(stop)
    finally:
        behind.set()


def _settings(member: str, values: dict[str, str]) -> Any:
    return importlib.import_module(f"{member}.settings").Settings(**values)


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)


Tell = Callable[[str], None]
