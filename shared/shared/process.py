"""The one entry of every process outside the embedded run, in containers and natively alike.

python -m shared.process MEMBER migrate                    roles (with an administrator's address), then schema
python -m shared.process MEMBER api [HOST:]PORT            the HTTP side
python -m shared.process MEMBER worker [HOST:PORT]         relay, consumers, jobs, due rows; metrics and health

Settings come from the environment (`CHUMCHON_<MEMBER>_…`) and, for secrets, from files of the same name
in lower case under `CHUMCHON_RUN_SECRETS` (default `/run/secrets`).
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

from sqlalchemy import make_url

from shared import migrations
from shared.provision import Passwords, provision
from shared.settings import ServiceSettings

_PREFIX = "chumchon_"
_USAGE = "usage: python -m shared.process MEMBER migrate | api [HOST:]PORT | worker [HOST:PORT]"


def read_secret_files(folder: Path) -> None:
    """Put the secrets mounted as files into the environment; what the environment says already wins."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob(f"{_PREFIX}*")):
        if path.is_file():
            os.environ.setdefault(path.name.upper(), path.read_text().strip())


def settings_of(member: str) -> Any:
    """Return the member's settings, read from its environment."""
    return importlib.import_module(f"{member}.settings").Settings()


async def migrate(member: str, settings: ServiceSettings) -> None:
    """Bring the schema up to date; make roles and schema first where the administrator's address is known."""
    owner_url = settings.owner_database_url
    if owner_url is None:
        sys.exit(f"CHUMCHON_{member.upper()}_OWNER_DATABASE_URL is not set: migrations run as the owner role")
    admin_url = os.environ.get("CHUMCHON_ADMIN_DATABASE_URL")
    if admin_url:
        owner, app = make_url(owner_url).password, make_url(settings.database_url).password
        await provision(admin_url, member, Passwords(owner=str(owner), app=str(app)))
    if await migrations.pending(member, owner_url):
        await migrations.upgrade(member, owner_url)


@contextlib.contextmanager
def stop_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set `stop` on SIGTERM and SIGINT while the context lasts."""
    loop = asyncio.get_running_loop()
    kinds = (signal.SIGTERM, signal.SIGINT)
    for kind in kinds:
        loop.add_signal_handler(kind, stop.set)
    try:
        yield
    finally:
        for kind in kinds:
            loop.remove_signal_handler(kind)
