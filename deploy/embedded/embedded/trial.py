"""A whole house for tests and figures: started as a person starts it, in a folder of its own."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import psutil
from sqlalchemy import make_url

from embedded import front
from embedded.supervisor import end_leftovers
from shared.servers.ports import free_ports
from shared.servers.postgres import PrivatePostgres
from tools.demo.api import House

Layout = Literal["run", "distributed"]
_START_SECONDS = 120
_STOP_SECONDS = 60


class Trial:
    """A running house. `folder` is its data folder, `base` its address."""

    def __init__(self, folder: Path, layout: Layout, *, demo: bool = False) -> None:
        self.folder = folder
        self.layout = layout
        self.demo = demo
        (self.port,) = free_ports(1)
        self.base = f"http://127.0.0.1:{self.port}"
        self.started_in = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def process(self) -> psutil.Process:
        """Return the launcher's process; its children are those of the house."""
        assert self._process is not None, "not started"  # noqa: S101  # a test's mistake
        return psutil.Process(self._process.pid)

    @property
    def said(self) -> str:
        """What the launcher printed."""
        path = self.folder / "terminal.log"
        return path.read_text() if path.exists() else ""

    def start(self) -> None:
        """Start the house and wait until everything in it is ready; `started_in` are the seconds it took."""
        environment = {
            **os.environ,
            "CHUMCHON_DATA": str(self.folder),
            "CHUMCHON_PORT": str(self.port),
            "CHUMCHON_DEMO": "1" if self.demo else "0",
            "PYTHONUNBUFFERED": "1",
        }
        began = time.monotonic()
        before = len(self.said)
        with (self.folder / "terminal.log").open("ab") as terminal:
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"embedded.{self.layout}"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=terminal,
                start_new_session=True,
            )
        while not (self.well() and "ready in" in self.said[before:]):  # not the one before it
            if self._process.poll() is not None or time.monotonic() - began > _START_SECONDS:
                message = f"the house did not come up:\n{self.said[-4000:]}"
                raise RuntimeError(message)
            time.sleep(0.02)
        self.started_in = time.monotonic() - began

    def well(self) -> bool:
        """Tell whether the gateway calls itself and every service ready."""
        return front.well(self.port)

    def stop(self) -> int:
        """Stop the house as Ctrl-C does; return its exit status."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        return process.wait(_STOP_SECONDS)

    def kill(self) -> None:
        """End the launcher at once, as a crash does; what it started stays behind."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def house(self) -> House:
        """Return the API with its client and the demo's people."""
        return House(self.folder / "demo-credentials.json")

    def processes(self) -> dict[str, int]:
        """Return name and process id of every process of a distributed house."""
        found: dict[str, int] = json.loads((self.folder / "processes.json").read_text())
        return found

    def database_url(self, member: str) -> str:
        """Return the address by which a member's app role reaches the house's database."""
        lines = (self.folder / "secrets/gateway/gateway.env").read_text().splitlines()
        own = next(line for line in lines if line.startswith("CHUMCHON_GATEWAY_DATABASE_URL="))
        password = (self.folder / "secrets" / member / "app-password").read_text()
        url = make_url(own.partition("=")[2]).set(username=f"{member}_app", password=password)
        return url.render_as_string(hide_password=False)


@contextlib.contextmanager
def trial(layout: Layout = "run", *, demo: bool = False) -> Iterator[Trial]:
    """Yield a started house; it is stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="chumchon-trial-"))
    folder.chmod(0o755)  # root's PostgreSQL runs as another user
    running = Trial(folder, layout, demo=demo)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        end_leftovers(folder / "processes.json")
        PrivatePostgres(folder / "postgres").remove()
        shutil.rmtree(folder, ignore_errors=True)
