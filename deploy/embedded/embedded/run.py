"""Everything in one process: `python -m embedded.run`, or `make run`.

PostgreSQL runs beside it from a wheel and is brought up again when it dies. Gateway, services and workers
run under one TaskGroup, and events go through the in-process transport. One failing ends all: nothing
half-alive stays behind.
"""

import gc
import signal
import sys
import time
from contextlib import ExitStack

from embedded.layout import Layout
from embedded.servers import postgres
from embedded.supervisor import end_leftovers


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
        server = stack.enter_context(postgres(layout.database))
        gc.disable()  # until all listen: what a start makes stays, looking for garbage in it only takes time
        # The services' imports take the longest part of a start; a busy port or folder is told before them.
        import uvloop  # noqa: PLC0415

        from embedded import house  # noqa: PLC0415
        from shared import observability  # noqa: PLC0415

        with layout.logs.open("ab", buffering=0) as log:
            observability.configure_logging(stream=log)
            uvloop.run(house.live(layout, server=server, began=began))
    print("stopped", flush=True)


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped before everything was up")
