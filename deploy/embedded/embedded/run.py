"""Everything in one process: `python -m embedded.run`, or `make run`.

PostgreSQL runs beside it from a wheel; gateway, services and workers run under one TaskGroup, and events
go through the in-process transport. One failing ends all: nothing half-alive stays behind.
"""

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from embedded.layout import Layout
from embedded.supervisor import end_leftovers
from shared.servers.postgres import PostgresUnavailableError, PrivatePostgres


def main() -> None:
    """Start, serve until Ctrl-C or SIGTERM, stop cleanly."""
    began = time.monotonic()
    layout = Layout.from_environment()
    layout.make()
    signal.signal(signal.SIGTERM, _interrupted)  # until the house listens to it: PostgreSQL is stopped too
    with ExitStack() as stack:
        stack.enter_context(layout.alone())
        end_leftovers(layout.processes)
        layout.need_port()
        admin_url = stack.enter_context(postgres(layout.database))
        # The services' imports take the longest part of a start; a busy port or folder is told before them.
        import uvloop  # noqa: PLC0415

        from embedded import house  # noqa: PLC0415
        from shared import observability  # noqa: PLC0415

        with layout.logs.open("ab", buffering=0) as log:
            observability.configure_logging(stream=log)
            uvloop.run(house.live(layout, admin_url=admin_url, began=began))
    print("stopped", flush=True)


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Run the private PostgreSQL while the context lasts; yield the administrator's address."""
    server = PrivatePostgres(folder)
    try:
        server.start()
    except PostgresUnavailableError as error:
        sys.exit(f"PostgreSQL did not start: {error}")
    try:
        yield server.url()
    finally:
        server.stop()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped before everything was up")
