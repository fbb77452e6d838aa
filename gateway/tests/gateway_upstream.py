"""Small real services for the gateway's tests: FastAPI apps on loopback ports, and servers that misbehave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

import orjson
from fastapi import Depends, FastAPI, Request, Security
from fastapi.security import OAuth2AuthorizationCodeBearer, SecurityScopes
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp

from shared import serving

_scheme = OAuth2AuthorizationCodeBearer("/a", "/t", scopes={"things:read": "", "things:write": ""})


async def _needs(scopes: SecurityScopes, _token: Annotated[str, Depends(_scheme)]) -> list[str]:
    return scopes.scopes


READ = [Security(_needs, scopes=["areas:read"])]
WRITE = [Security(_needs, scopes=["feeds:write"])]


@dataclass
class Seen:
    """What a service saw and what it was in the middle of."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    body_bytes: int = 0


def things(name: str = "things", *, large: int = 400 << 20) -> tuple[FastAPI, Seen]:
    """Return a service that owns `/v1/<name>`, and what it sees."""
    app, seen = FastAPI(title=name), Seen()
    _plain(app, name, seen)
    _streams(app, name, seen, large)
    _waiting(app, name, seen)
    return _cancelling(app, seen), seen


def _plain(app: FastAPI, name: str, seen: Seen) -> None:
    @app.get(f"/v1/{name}/echo", dependencies=READ)
    @app.post(f"/v1/{name}/echo", dependencies=READ)
    async def echo(request: Request) -> Response:
        body = await request.body()
        told = {
            "method": request.method,
            "path": request.url.path,
            "query": request.url.query,
            "headers": [[k.decode(), v.decode("utf-8", "replace")] for k, v in request.headers.raw],
            "body": body.decode("utf-8", "replace"),
        }
        seen.requests.append(told)
        answer = JSONResponse(told)
        answer.raw_headers += [
            (b"x-internal-secret", b"1"),
            (b"connection", b"x-hop"),
            (b"x-hop", b"1"),
            (b"set-cookie", b"a=1"),
            (b"set-cookie", b"b=2"),
        ]
        return answer

    @app.get(f"/v1/{name}/small", dependencies=READ)
    async def small() -> dict[str, Any]:
        return {"id": 1, "name": "บ้าน"}

    @app.get(f"/v1/{name}/unchanged", dependencies=READ)
    async def unchanged(request: Request) -> Response:
        return Response(status_code=304, headers={"ETag": request.headers["if-none-match"]})

    @app.get(f"/v1/{name}/{{thing_id}}/written", dependencies=WRITE)
    async def written(thing_id: str) -> str:
        return thing_id

    @app.get(f"/v1/jobs/{name}/{{job_id}}", dependencies=READ)
    async def job(job_id: str) -> dict[str, str]:
        return {"id": job_id}

    @app.get(f"/v1/{name}/open")
    async def public(request: Request) -> dict[str, Any]:
        return {"authorization": request.headers.get("authorization")}

    @app.get("/health/ready", include_in_schema=False)
    async def ready() -> dict[str, str]:
        return {"status": "ready"}


def _streams(app: FastAPI, name: str, seen: Seen, large: int) -> None:
    @app.post(f"/v1/{name}/upload", dependencies=READ, openapi_extra={"x-body-limit": large})
    async def upload(request: Request) -> dict[str, int]:
        seen.body_bytes = 0
        seen.started.set()
        async for part in request.stream():
            seen.body_bytes += len(part)
        return {"bytes": seen.body_bytes}

    @app.post(f"/v1/{name}/refusing-upload", dependencies=READ, openapi_extra={"x-body-limit": large})
    async def refusing() -> Response:
        return JSONResponse({"code": "no"}, status_code=409)

    @app.get(f"/v1/{name}/download", dependencies=READ)
    async def download(size: int) -> Response:
        async def parts() -> AsyncIterator[bytes]:
            for _ in range(size // 65_536):
                yield b"x" * 65_536

        headers = {"content-length": str(size // 65_536 * 65_536)}
        return StreamingResponse(parts(), headers=headers, media_type="application/octet-stream")


def _waiting(app: FastAPI, name: str, seen: Seen) -> None:
    @app.get(f"/v1/{name}/stuck", dependencies=READ)
    @app.get(f"/v1/{name}/quick", dependencies=READ, openapi_extra={"x-deadline": 0.2})
    async def stuck() -> None:
        seen.started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.cancelled.set()
            raise

    @app.get(f"/v1/{name}/ticks", dependencies=READ)
    async def ticks(beats: int, every: float) -> Response:
        async def beat() -> AsyncIterator[bytes]:
            try:
                for number in range(beats):
                    yield f"data: {number}\n\n".encode()
                    await asyncio.sleep(every)
                await asyncio.Event().wait()
            finally:
                seen.cancelled.set()

        return StreamingResponse(beat(), media_type="text/event-stream")


def _cancelling(app: FastAPI, seen: Seen) -> Any:
    """Note when a caller hangs up on a request: uvicorn does not cancel handlers by itself."""

    class Watched:
        state = app.state

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or not scope["path"].endswith(("/stuck", "/quick")):
                await app(scope, receive, send)
                return
            work = asyncio.create_task(app(scope, receive, send))
            while not work.done():
                message = await receive()
                if message["type"] == "http.disconnect":
                    seen.cancelled.set()
                    work.cancel()
                    await asyncio.gather(work, return_exceptions=True)

    return Watched()


@asynccontextmanager
async def served(app: ASGIApp, *, port: int = 0) -> AsyncIterator[str]:
    """Serve an app as the house does and yield its address."""
    listener = serving.listen("127.0.0.1", port)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    stop, listening = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(serving.serve(app, listener, stop=stop, listening=listening))
    waiting = asyncio.create_task(listening.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        yield address
    finally:
        stop.set()
        await task


@asynccontextmanager
async def speaking(answer: bytes, *, document: dict[str, Any]) -> AsyncIterator[str]:
    """Serve raw bytes as every answer but that of `/openapi.json`, then hang up; yield the address."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"GET /openapi.json"):
            text = orjson.dumps(document)
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(text) + text
            )
        else:
            writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
