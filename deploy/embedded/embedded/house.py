"""The house in one process: databases ready, services and gateway served, workers running."""

import asyncio
import contextlib
import gc
import importlib
import os
import socket
import threading
import time
from collections.abc import Iterator

import gateway.app
import gateway.settings
from embedded import database, front, members, secrets, servers
from embedded.layout import MEMBERS, SERVICES, Layout
from shared import process, serving
from shared.bus import InProcessBus
from shared.servers.postgres import PrivatePostgres

_LAST_RESORT_SECONDS = 30


async def live(layout: Layout, *, server: PrivatePostgres, began: float) -> None:
    """Make the house ready, serve it, load the demo data on the first start; return when told to stop.

    `server` is brought up again when it dies; `began` is the monotonic time of the start.
    """
    async with servers.kept({"postgresql": server}, tell=front.say):
        await _live(layout, admin_url=server.url(), began=began)


async def _live(layout: Layout, *, admin_url: str, began: float) -> None:
    known = {name: secrets.passwords(layout.secrets, name) for name in MEMBERS}
    await database.prepare(admin_url, known, tell=front.say)
    stop = asyncio.Event()
    with process.stop_signals(stop):
        async with asyncio.TaskGroup() as tasks:
            with _ended_in_time():
                behind = asyncio.Event()  # stops what stands behind the gateway, once the gateway has stopped
                addresses = await _services(layout, tasks, admin_url=admin_url, stop=behind)
                values = members.gateway_values(layout, addresses, admin_url=admin_url)
                await front.prepare(layout, values)
                listening = asyncio.Event()
                tasks.create_task(_gateway(layout, values, stop=stop, behind=behind, listening=listening))
                await listening.wait()
                serving.settle_memory()
                gc.enable()
                if not await front.ready(layout, stop=stop):
                    stop.set()
                    return
                front.say(f"ready in {time.monotonic() - began:.1f} s")
                await front.welcome(layout, stop=stop)


async def _services(
    layout: Layout, tasks: asyncio.TaskGroup, *, admin_url: str, stop: asyncio.Event
) -> dict[str, str]:
    """Start api and worker of every service; return the addresses once all listen."""
    apps = {name: importlib.import_module(f"{name}.app") for name in SERVICES}
    workers = {name: importlib.import_module(f"{name}.worker") for name in SERVICES}
    bus = InProcessBus([consumer for worker in workers.values() for consumer in worker.CONSUMERS])
    addresses: dict[str, str] = {}
    started: list[asyncio.Event] = []
    for name in SERVICES:
        values = members.service_values(layout, name, admin_url=admin_url)
        members.remember(layout, name, values)
        settings = importlib.import_module(f"{name}.settings").Settings(**values)
        app = apps[name].create_app(settings)
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
        app = gateway.app.create_app(gateway.settings.Settings.model_validate(values))
        listener = serving.listen("127.0.0.1", layout.port)
        await serving.serve(app, listener, stop=stop, listening=listening)
    finally:
        behind.set()


@contextlib.contextmanager
def _ended_in_time() -> Iterator[None]:
    """End the process when a failure does not end it: something that was cancelled waits for ever."""
    try:
        yield
    except BaseException:
        last_resort = threading.Timer(_LAST_RESORT_SECONDS, _end_now)
        last_resort.daemon = True
        last_resort.start()
        raise


def _end_now() -> None:
    front.say("a part failed and the others did not stop; ended by force. The log tells more.")
    os._exit(1)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"
