"""How an app is served, the same in every run mode: uvicorn, stopped by an event instead of by signals."""

import asyncio
import contextlib
import gc
import socket
import urllib.request
from http import HTTPStatus
from typing import Any

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

_GRACE_SECONDS = 30
_IDLE_SECONDS = 75
"""How long an idle connection is kept: longer than the gateway keeps its own to a service."""


class NotStarted(RuntimeError):  # noqa: N818  # named after the fact
    """The app's lifespan failed; the log above says why."""


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own, telling when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        """Leave the signals to the process."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self.listening.set()


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. OSError when the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)  # noqa: FBT003  # the standard library's signature
    return listener


async def serve(
    app: ASGIApp,
    listener: socket.socket,
    *,
    stop: asyncio.Event,
    listening: asyncio.Event | None = None,
    drain: float = 0.0,
) -> None:
    """Serve `app` until `stop` is set; then turn unready, wait `drain` seconds and finish what is in flight.

    `listening` is set when requests are answered. Raises `NotStarted`. An app that needs a protocol of its
    own (the gateway's framing rules) has it in its attribute `http_protocol`.
    """
    server = _Server(
        uvicorn.Config(
            app,
            loop="none",
            http=getattr(app, "http_protocol", "httptools"),
            lifespan="on",
            ws="none",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    serving = asyncio.create_task(_run(server, listener))
    try:
        await _first(serving, server.listening)
        if not server.listening.is_set():
            await serving  # raises what it ended with
            raise NotStarted
        if listening is not None:
            listening.set()
        await _first(serving, stop)
    finally:
        state = getattr(app, "state", None)
        if state is not None:
            state.stopping = True
        if drain and not serving.done():
            await asyncio.sleep(drain)
        server.should_exit = True
        await serving


async def _run(server: _Server, listener: socket.socket) -> None:
    try:
        await server.serve(sockets=[listener])
    except SystemExit as ended:  # uvicorn's way to say so; it would end the whole process at once
        raise NotStarted from ended
    finally:
        listener.close()


def settle_memory() -> None:
    """Take what start-up made out of the collector's sight: fewer and shorter collections while serving."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def probe() -> Starlette:
    """Return the little app of a worker: liveness and metrics."""

    async def live(_: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/health/live", live), Route("/metrics", metrics)])


def answers(host: str, port: int) -> bool:
    """Tell whether the process at this address is alive; for the health checks of containers."""
    address = "127.0.0.1" if host in {"0.0.0.0", ""} else host  # noqa: S104  # compared, not bound
    try:
        with urllib.request.urlopen(f"http://{address}:{port}/health/live", timeout=2) as response:
            return bool(response.status == HTTPStatus.OK)
    except OSError:
        return False


async def _first(task: asyncio.Task[None], event: asyncio.Event) -> None:
    """Wait until the task is done or the event is set."""
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
