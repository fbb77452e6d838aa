"""Where the embedded run keeps things, and what its environment asks for."""

import contextlib
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SERVICES = ("households", "funds", "otop", "tourism")
MEMBERS = (*SERVICES, "gateway")
"""What has a schema, roles and secrets."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The data folder and the choices of one run.

    `port` is the gateway's; `demo` asks for the demo data. The folder itself may be passed through by
    everybody (PostgreSQL runs as another user when root starts it); what is secret lies in closed folders.
    """

    folder: Path
    port: int
    demo: bool

    @classmethod
    def from_environment(cls) -> "Layout":
        """Read CHUMCHON_DATA, CHUMCHON_PORT and CHUMCHON_DEMO; all are optional."""
        port = os.environ.get("CHUMCHON_PORT") or "8000"
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:  # noqa: PLR2004  # TCP's range
            sys.exit(f"CHUMCHON_PORT must be a port number, not {port!r}")
        folder = Path(os.environ.get("CHUMCHON_DATA") or "data").expanduser().resolve()
        return cls(folder, int(port), os.environ.get("CHUMCHON_DEMO", "1") not in {"0", "false", "no"})

    def make(self) -> None:
        """Make the folders that are missing; the run's mark says that the folder is ours."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.mark.touch()
        for closed in (self.secrets, self.files):
            closed.mkdir(mode=0o700, exist_ok=True)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder while the context lasts; say so and end where somebody else holds it."""
        with self.mark.open("a") as mark:
            try:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                sys.exit(
                    f"another Chumchon runs on {self.folder}; stop it, or set CHUMCHON_DATA to another folder"
                )
            yield

    def need_port(self) -> None:
        """End with a clear sentence when the port is taken."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError:
                sys.exit(
                    f"port {self.port} is in use; choose another: make run CHUMCHON_PORT={self.port + 1}"
                )

    @property
    def mark(self) -> Path:
        """A file that only our data folders hold; `clean-data` removes nothing without it."""
        return self.folder / ".chumchon"

    @property
    def database(self) -> Path:
        """The private PostgreSQL's folder."""
        return self.folder / "postgres"

    @property
    def broker(self) -> Path:
        """The private RabbitMQ's folder."""
        return self.folder / "rabbitmq"

    @property
    def secrets(self) -> Path:
        """Keys and passwords, a folder per member, mode 0700."""
        return self.folder / "secrets"

    @property
    def files(self) -> Path:
        """Uploads and exports, a folder per service."""
        return self.folder / "files"

    @property
    def processes(self) -> Path:
        """Which process is which, while the distributed run lasts."""
        return self.folder / "processes.json"

    @property
    def logs(self) -> Path:
        """What the services say, one JSON object a line."""
        return self.folder / "chumchon.log"

    @property
    def demo_loaded(self) -> Path:
        """A mark: the demo data are in."""
        return self.folder / ".demo-loaded"

    @property
    def credentials(self) -> Path:
        """Demo logins, mode 0600."""
        return self.folder / "demo-credentials.json"
