"""The one entry of every process outside the embedded run, in containers and natively alike.

python -m shared.process MEMBER keys               the service's own keys, where they are missing
python -m shared.process MEMBER migrate            roles (with an administrator's address), then the schema
python -m shared.process MEMBER api HOST:PORT      the HTTP side
python -m shared.process MEMBER worker HOST:PORT   relay, consumers, jobs, due rows; liveness and metrics
python -m shared.process check HOST:PORT           ends with 0 when the process there is alive

Settings come from the environment (`CHUMCHON_<MEMBER>_…`) and, for secrets, from files of the same name
in lower case in `CHUMCHON_RUN_SECRETS` (default `/run/secrets`). `CHUMCHON_DRAIN_SECONDS` is how long an api
says that it is not ready before it stops, for the load balancer in front of it (default 0).
"""

import asyncio
import contextlib
import importlib
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy import make_url

from shared import citizen, keyfiles, migrations, observability, serving
from shared.bus import AmqpBus
from shared.provision import Passwords, provision
from shared.settings import ServiceSettings

_PREFIX = "chumchon_"
_USAGE = (__doc__ or "").partition("\n\n")[2].partition("\n\n")[0]


def read_secret_files(folder: Path) -> None:
    """Put the secrets mounted as files into the environment; what the environment says already wins."""
    if folder.is_dir():
        for path in sorted(folder.glob(f"{_PREFIX}*")):
            if path.is_file():
                os.environ.setdefault(path.name.upper(), path.read_text().strip())


def settings_of(member: str) -> Any:
    """Return the member's settings, read from its environment."""
    return importlib.import_module(f"{member}.settings").Settings()


def make_keys(settings: ServiceSettings) -> None:
    """Make the service's keys where they are missing; an installation does it once and keeps them."""
    keyfiles.make(settings.secrets_folder / keyfiles.CURSOR_KEY)
    citizen.make_keys(settings.secrets_folder)


async def migrate(member: str, settings: ServiceSettings) -> None:
    """Bring the schema up to date; make roles and schema first where the administrator's address is known."""
    owner_url = settings.owner_database_url
    if owner_url is None:
        sys.exit(f"CHUMCHON_{member.upper()}_OWNER_DATABASE_URL is not set: migrations run as the owner")
    admin_url = os.environ.get("CHUMCHON_ADMIN_DATABASE_URL")
    if admin_url:
        owner, app = make_url(owner_url).password, make_url(settings.database_url).password
        await provision(admin_url, member, Passwords(owner=str(owner), app=str(app)))
    if await migrations.pending(member, owner_url):
        await migrations.upgrade(member, owner_url)


async def api(member: str, settings: Any, *, host: str, port: int) -> None:
    """Serve the member's HTTP side until SIGTERM; requests in flight are finished first."""
    app = importlib.import_module(f"{member}.app").create_app(settings)
    listener = serving.listen(host, port)
    drain = float(os.environ.get("CHUMCHON_DRAIN_SECONDS", "0"))
    stop = asyncio.Event()
    with stop_signals(stop):
        serving.settle_memory()
        await serving.serve(app, listener, stop=stop, drain=drain)


async def worker(member: str, settings: ServiceSettings, *, host: str, port: int) -> None:
    """Run the member's worker until SIGTERM, with liveness and metrics on a port of its own."""
    if settings.amqp_url is None:
        sys.exit(f"CHUMCHON_{member.upper()}_AMQP_URL is not set: a worker of its own needs the broker")
    run = importlib.import_module(f"{member}.worker").run
    bus = AmqpBus(settings.amqp_url, name=f"{member}-worker")
    listener = serving.listen(host, port)
    stop = asyncio.Event()
    try:
        with stop_signals(stop):
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(serving.serve(serving.probe(), listener, stop=stop))
                tasks.create_task(run(settings, bus, stop))
    finally:
        await bus.close()


@contextlib.contextmanager
def stop_signals(stop: asyncio.Event) -> Iterator[None]:
    """Let SIGTERM and SIGINT set `stop` while the context lasts."""
    loop = asyncio.get_running_loop()
    kinds = (signal.SIGTERM, signal.SIGINT)
    for kind in kinds:
        loop.add_signal_handler(kind, stop.set)
    try:
        yield
    finally:
        for kind in kinds:
            loop.remove_signal_handler(kind)


def main(arguments: list[str]) -> None:
    """Run one process; one-time steps may follow each other: `households keys migrate`."""
    read_secret_files(Path(os.environ.get("CHUMCHON_RUN_SECRETS", "/run/secrets")))
    match arguments:
        case ["check", address]:
            sys.exit(0 if serving.answers(**_address(address)) else 1)
        case [member, "api" | "worker" as role, address]:
            place = _address(address)
            observability.configure_logging()
            uvloop.run({"api": api, "worker": worker}[role](member, settings_of(member), **place))
        case [member, *steps] if steps and set(steps) <= {"keys", "migrate"}:
            observability.configure_logging()
            settings = settings_of(member)
            for step in steps:
                if step == "keys":
                    make_keys(settings)
                else:
                    asyncio.run(migrate(member, settings))
        case _:
            sys.exit(_USAGE)


def _address(text: str) -> dict[str, Any]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit():
        sys.exit(f"not an address HOST:PORT: {text!r}")
    return {"host": host.strip("[]"), "port": int(port)}


if __name__ == "__main__":
    main(sys.argv[1:])
