"""The house in one process: databases ready, services and gateway served, workers running."""

import asyncio
import importlib
import socket
import time
from typing import Any

from embedded import database, front, members, secrets
from embedded.layout import MEMBERS, SERVICES, Layout
from shared import process, serving
from shared.bus import InProcessBus


async def live(layout: Layout, *, admin_url: str, began: float) -> None:
    """Make the house ready, serve it, load the demo data on the first start; return when told to stop.

    `began` is the monotonic time of the start.
    """
    known = {name: secrets.passwords(layout.secrets, name) for name in MEMBERS}
    await database.prepare(admin_url, known, tell=front.say)
    stop = asyncio.Event()
    with process.stop_signals(stop):
        async with asyncio.TaskGroup() as tasks:
            behind = asyncio.Event()  # stops what stands behind the gateway, once the gateway has stopped
            addresses = await _services(layout, tasks, admin_url=admin_url, stop=behind)
            values = members.gateway_values(layout, addresses, admin_url=admin_url)
            await front.prepare(layout, values)
            listening = asyncio.Event()
            tasks.create_task(_gateway(layout, values, stop=stop, behind=behind, listening=listening))
            await listening.wait()
            serving.settle_memory()
            front.say(f"ready in {time.monotonic() - began:.1f} s")
            await front.welcome(layout, stop=stop)


async def _services(
    layout: Layout, tasks: asyncio.TaskGroup, *, admin_url: str, stop: asyncio.Event
) -> dict[str, str]:
    """Start api and worker of every service; return the addresses once all listen."""
    workers = {name: importlib.import_module(f"{name}.worker") for name in SERVICES}
    bus = InProcessBus([consumer for worker in workers.values() for consumer in worker.CONSUMERS])
    addresses: dict[str, str] = {}
    started: list[asyncio.Event] = []
    for name in SERVICES:
        settings = _settings(name, members.service_values(layout, name, admin_url=admin_url))
        app = importlib.import_module(f"{name}.app").create_app(settings)
        listener = serving.listen("127.0.0.1", 0)
        addresses[name] = _address(listener)
        started.append(asyncio.Event())
        served = serving.serve(app, listener, stop=stop, listening=started[-1])
        tasks.create_task(served, name=f"{name} api")
        tasks.create_task(workers[name].run(settings, bus, stop), name=f"{name} worker")
    for event in started:
        await event.wait()
    return addresses


async def _gateway(
    layout: Layout,
    values: dict[str, str],
    *,
    stop: asyncio.Event,
    behind: asyncio.Event,
    listening: asyncio.Event,
) -> None:
    """Serve the gateway until `stop`; then let what stands behind it stop too."""
    try:
        app = importlib.import_module("gateway.app").create_app(_settings("gateway", values))
        listener = serving.listen("127.0.0.1", layout.port)
        await serving.serve(app, listener, stop=stop, listening=listening)
    finally:
        behind.set()


def _settings(member: str, values: dict[str, str]) -> Any:
    return importlib.import_module(f"{member}.settings").Settings(**values)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"
