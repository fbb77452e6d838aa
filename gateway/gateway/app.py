"""The gateway put together: the door, the proxy behind it, and the gateway's own pages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

import aiohttp
from fastapi import FastAPI
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import Receive, Scope, Send

from gateway import health
from gateway.catalogue import fetch, pages
from gateway.edge.answers import hang_up, refuse
from gateway.edge.framing import fault
from gateway.edge.protocol import EdgeProtocol
from gateway.errors import NoSuchAddress, ServiceStarting
from gateway.identity import routes as identity
from gateway.identity.exchange import TokenExchange
from gateway.identity.limiter import Limiter
from gateway.identity.passwords import Checker
from gateway.keys import load
from gateway.proxy import headers
from gateway.proxy.forward import Forwarder
from gateway.proxy.table import OWN_NOUNS, Upstream
from gateway.settings import Settings
from shared import observability, problems
from shared.db import Database

_WORTH_PACKING = 1_400
"""Bytes of an answer from which on a caller who takes gzip gets it: less goes in one packet anyhow."""

_QUICK = 4
"""A list of 50 loans is 46 KB, 5 KB of it are left; the higher levels save next to nothing more."""

_PACKED_ALREADY = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/octet-stream",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


class Gateway:
    """The ASGI app. Addresses of services go straight to the proxy; everything else to the own pages."""

    http_protocol = EdgeProtocol
    """What it must be served with (`shared.serving` does): the limits no application can see."""

    def __init__(self, settings: Settings, pages_app: FastAPI, catalogue: fetch.Catalogue) -> None:
        self.pages = pages_app
        self.state = pages_app.state
        self._catalogue = catalogue
        self._settings = settings
        self._proto = settings.public_url.partition(":")[0]
        self._trusted = settings.trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the lifespan."""
        if scope["type"] == "lifespan":
            await self.pages(scope, receive, send)
            return
        refusal = fault(scope)
        if refusal is not None:
            await hang_up(refusal, scope, receive, send)
            return
        segments = scope["raw_path"].split(b"/", 4)  # "", v1, noun, service, the rest
        table = self._catalogue.table
        if table.has(segments[1:]):
            client = self._client(scope)
            host = next(value for name, value in scope["headers"] if name == b"host")
            forwarded = headers.forwarded(client, host=host, proto=self._proto)
            forwarder: Forwarder = self.state.forwarder
            await forwarder.forward(table, forwarded=forwarded, scope=scope, receive=receive, send=send)
        elif segments[1] == b"v1" and b"".join(segments[2:3]).decode() not in OWN_NOUNS:
            await refuse(self._nowhere(), scope, receive, send)
        else:
            # HEAD is answered like GET; the server leaves the body out.
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            inner = {**scope, "client": self._client(scope), "method": method}
            await self.pages(inner, receive, send)
            scope["route"] = inner.get("route")

    def _client(self, scope: Scope) -> tuple[str, int] | None:
        """Return the caller's address; what a proxy says of it counts only when the proxy is ours."""
        client: tuple[str, int] | None = scope["client"]
        if client and self._trusted and any(ip_address(client[0]) in network for network in self._trusted):
            stated = headers.believed(scope["headers"])
            return (stated, 0) if stated else client
        return client

    def _nowhere(self) -> NoSuchAddress | ServiceStarting:
        if self._catalogue.complete:
            return NoSuchAddress()
        refusal = ServiceStarting()
        refusal.headers["Retry-After"] = "1"
        return refusal


class Observed(observability.Observed):
    """The outermost layers: ids, one log line and two metrics a request, gzip for who takes it.

    Shows what the server asks for.
    """

    def __init__(self, app: Gateway) -> None:
        packed = GZipMiddleware(
            app, minimum_size=_WORTH_PACKING, compresslevel=_QUICK, exclude_content_types=_PACKED_ALREADY
        )
        super().__init__(packed, service="gateway")
        self.state = app.state
        self.http_protocol = app.http_protocol


def create_app(settings: Settings, *, database: Database | None = None) -> Observed:
    """Return the gateway's app. Raises InsecureKeys without signing keys in the secrets folder."""
    keys = load(settings.secrets_folder)
    database = database or Database(
        settings.database_url,
        application_name="gateway",
        pool_size=settings.pool_size,
        statement_timeout=settings.statement_timeout,
    )
    exchange = TokenExchange(database, issuer=settings.public_url, access=keys.access, internal=keys.internal)
    catalogue = fetch.Catalogue(tuple(Upstream(name, address) for name, address in settings.services.items()))
    own = FastAPI(
        title="Chumchon gateway",
        lifespan=_lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    problems.install(own, constraints={})
    identity.install(own)
    for router in (identity.router, health.router, pages.router):
        own.include_router(router)
    own.state.settings = settings
    own.state.database = database
    own.state.exchange = exchange
    own.state.catalogue = catalogue
    own.state.merged = pages.Merged(public_url=settings.public_url, own=own.openapi())
    own.state.desk = identity.Desk(settings, keys, database, exchange, Checker(), Limiter())
    return Observed(Gateway(settings, own, catalogue))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the pools, watch the services' documents, and close everything in the opposite order."""
    settings: Settings = app.state.settings
    forwarder = Forwarder(app.state.exchange, deadline=settings.deadline, idle_limit=settings.idle_limit)
    app.state.forwarder = forwarder
    async with aiohttp.ClientSession(trust_env=False) as session:
        app.state.http = session
        watching = asyncio.create_task(fetch.keep(app.state.catalogue, session))
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await forwarder.close()
            await app.state.database.close()
