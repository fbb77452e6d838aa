"""What the person at the terminal gets: demo logins, demo data, addresses."""

import asyncio
import contextlib
import shlex
import sys
import time
import urllib.request
from http import HTTPStatus

from embedded import members
from embedded.layout import Layout
from gateway import seed
from shared import clock
from shared.db import Database

_READY_SECONDS = 60


def say(text: str) -> None:
    """Tell the person at the terminal."""
    print(text, flush=True)


async def prepare(layout: Layout, values: dict[str, str]) -> None:
    """Write the demo's credentials where people find them; `values` are the gateway's settings."""
    members.remember(layout, "gateway", values)
    database = Database(values["database_url"], application_name="embedded", pool_size=1)
    try:
        credentials = await seed.seed_demo(
            database,
            public_url=values["public_url"],
            now=clock.now(),
            login=login_command(layout),
            known=seed.read(layout.credentials),
        )
    finally:
        await database.close()
    seed.write(layout.credentials, credentials)


async def ready(layout: Layout, *, stop: asyncio.Event) -> bool:
    """Wait until the gateway knows every service and calls all of them ready; tell whether it did."""
    deadline = time.monotonic() + _READY_SECONDS
    while not stop.is_set() and time.monotonic() < deadline:
        if await asyncio.to_thread(well, layout.port):
            return True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await stop.wait()
    if not stop.is_set():
        say(f"not everything answers after {_READY_SECONDS} s; the logs in {layout.folder} say why")
    return False


def well(port: int) -> bool:
    """Tell whether the house behind this port is ready: the gateway itself, and every service behind it."""
    try:
        for page in ("health/ready", "health"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=5) as response:
                if response.status != HTTPStatus.OK:
                    return False
    except OSError:
        return False
    return True


async def welcome(layout: Layout, *, stop: asyncio.Event) -> None:
    """Load the demo data unless they are there, then say where everything is."""
    if layout.demo and not layout.demo_loaded.exists():
        loaded = await _load_demo(layout, stop=stop)
        if stop.is_set():
            return
        if loaded:
            layout.demo_loaded.touch()
        else:
            say("the demo data were not loaded; the next start tries again")
    base = f"http://127.0.0.1:{layout.port}"
    say(f"""
  {base}/docs      the API, to try out
  {base}/redoc     the same, to read
  {base}/health    how the services are

  Demo logins and a client with all rights: {layout.credentials}
  A demo user's token:
    {login_command(layout)} --user district3415

  make demo tells the story of one household, make demo-funds that of 83 funds.
  Ctrl-C stops.""")


def login_command(layout: Layout) -> str:
    """Return the command that prints a demo user's token, short of the user."""
    return shlex.join(
        [
            sys.executable,
            "-m",
            "gateway.login",
            "--env-file",
            str(members.environment_file(layout, "gateway")),
        ]
    )


async def _load_demo(layout: Layout, *, stop: asyncio.Event) -> bool:
    """Load the demo from a process of its own: it is a client like any other, and its memory goes with it."""
    loader = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tools.demo.load", str(layout.credentials), stdin=asyncio.subprocess.DEVNULL
    )
    ended, told = asyncio.create_task(loader.wait()), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({ended, told}, return_when=asyncio.FIRST_COMPLETED)
        if loader.returncode is None:
            loader.terminate()
        return await ended == 0
    finally:
        told.cancel()
