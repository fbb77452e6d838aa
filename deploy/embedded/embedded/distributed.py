"""The layout of containers as plain processes: `python -m embedded.distributed`, or `make run-distributed`.

PostgreSQL and RabbitMQ are found by `CHUMCHON_POSTGRES_URL` and `CHUMCHON_AMQP_URL` (administrators'
addresses), else brought up privately in the data folder. Each process runs the very command that its
container runs. What dies is started again: a process, and a server that was brought up here.
"""

import asyncio
import os
import sys
import time
from collections.abc import Coroutine
from contextlib import ExitStack

import uvloop

from embedded import database, front, members, servers
from embedded.broker import Broker, broker
from embedded.layout import MEMBERS, SERVICES, Layout
from embedded.supervisor import Child, Supervisor, end_leftovers
from shared import process
from shared.servers.ports import free_ports


def main() -> None:
    """Bring up what is missing, start every process, keep them alive until Ctrl-C or SIGTERM."""
    began = time.monotonic()
    layout = Layout.from_environment()
    layout.make()
    with ExitStack() as stack:
        stack.enter_context(layout.alone())
        end_leftovers(layout.processes)
        layout.need_port()
        own: dict[str, servers.Server] = {}
        admin_url = os.environ.get("CHUMCHON_POSTGRES_URL")
        if not admin_url:
            server = stack.enter_context(servers.postgres(layout.database))
            own["postgresql"], admin_url = server, server.url()
        found = stack.enter_context(broker(layout))
        if found.server:
            own["rabbitmq"] = found.server
        uvloop.run(_kept(own, _live(layout, found, admin_url=admin_url, began=began)))
    print("stopped", flush=True)


async def _kept(own: dict[str, servers.Server], living: Coroutine[None, None, None]) -> None:
    """Live while our own servers are kept alive: they outlast every process."""
    async with servers.kept(own, tell=front.say):
        await living


async def _live(layout: Layout, found: Broker, *, admin_url: str, began: float) -> None:
    await database.create(admin_url)
    names = [f"{service} {role}" for service in SERVICES for role in ("api", "worker")]
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    values = {
        name: members.service_values(layout, name, admin_url=admin_url, amqp_url=found.service_url(name))
        for name in SERVICES
    }
    addresses = {name: f"http://127.0.0.1:{ports[f'{name} api']}" for name in SERVICES}
    values["gateway"] = members.gateway_values(layout, addresses, admin_url=admin_url)
    await _migrate(layout, values, admin_url=admin_url)
    for member, own in values.items():
        members.remember(layout, member, own)
    await front.prepare(layout, values["gateway"])
    ports["gateway api"] = layout.port
    children = [_child(layout, name, port=port, values=values) for name, port in ports.items()]
    supervisor = Supervisor(layout.processes, tell=front.say)
    stop = asyncio.Event()
    with process.stop_signals(stop):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(supervisor.run(children, stop=stop))
            if await front.ready(layout, stop=stop):
                front.say(f"ready in {time.monotonic() - began:.1f} s")
                await front.welcome(layout, stop=stop)


def _child(layout: Layout, name: str, *, port: int, values: dict[str, dict[str, str]]) -> Child:
    """Return a process as its container runs it; it knows neither owner nor administrator."""
    member, role = name.split()
    own = {key: value for key, value in values[member].items() if key != "owner_database_url"}
    return Child(
        name,
        ["shared.process", member, role, f"127.0.0.1:{port}"],
        members.environment(member, own),
        layout.folder / "logs" / f"{member}-{role}.log",
    )


async def _migrate(layout: Layout, values: dict[str, dict[str, str]], *, admin_url: str) -> None:
    """Run each member's migrations in a process of its own, as before an upgrade."""
    (layout.folder / "logs").mkdir(exist_ok=True)
    at_home = database.role_url(admin_url)
    running = []
    for member in MEMBERS:
        own = members.environment(member, values[member]) | {"CHUMCHON_ADMIN_DATABASE_URL": at_home}
        log = layout.folder / "logs" / f"{member}-migrate.log"
        running.append(Child(f"{member} migrate", ["shared.process", member, "migrate"], own, log))
    codes = await asyncio.gather(*(_ended(child) for child in running))
    failed = [child for child, code in zip(running, codes, strict=True) if code]
    for child in failed:
        front.say(f"{child.name} failed; the end of {child.log}:\n{child.log.read_text()[-2000:]}")
    if failed:
        sys.exit(1)


async def _ended(child: Child) -> int:
    return await (await child.start()).wait()


if __name__ == "__main__":
    main()
