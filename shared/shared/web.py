"""The frame of every service's API: one app factory, one router factory, the same rules on every route."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from shared import health, idempotency, jobs_routes, keyfiles, observability, openapi, problems, tokens
from shared.db import Database
from shared.errors import Refusal
from shared.hardening import Hardening
from shared.routing import Route, large_body
from shared.security import Verifier
from shared.settings import ServiceSettings

__all__ = ["create_app", "large_body", "router"]

Hook = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def router(*, tags: list[str]) -> APIRouter:
    """Return a router under `/v1` whose routes follow the house rules; operation id = function name."""
    return APIRouter(
        prefix="/v1",
        tags=list(tags),
        route_class=Route,
        generate_unique_id_function=lambda route: route.name,
    )


def create_app(
    *,
    name: str,
    title: str,
    description: str,
    settings: ServiceSettings,
    routers: Sequence[APIRouter],
    constraints: Mapping[str, type[Refusal]] | None = None,
    hooks: Sequence[Hook] = (),
    database: Database | None = None,
) -> FastAPI:
    """Return a service's app; `hooks` are context managers entered while it runs, `name` is its audience.

    A `database` that is handed in is its maker's to close.
    """
    app = FastAPI(
        title=title,
        description=description,
        version="1",
        lifespan=_lifespan(hooks, closes=database is None),
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=_telemetry(name, settings),
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.name = name
    app.state.settings = settings
    app.state.database = database or Database(
        settings.database_url,
        application_name=f"{name}-api",
        pool_size=settings.pool_size,
        statement_timeout=settings.statement_timeout,
    )
    app.state.verifier = Verifier(tokens.public_keys(settings.internal_jwks), audience=name)
    app.state.cursor_key = keyfiles.read(settings.secrets_folder / keyfiles.CURSOR_KEY)
    app.state.answers_key = idempotency.derive_secret(app.state.cursor_key)
    problems.install(app, constraints=constraints or {})
    for one in (*routers, jobs_routes.router(name), health.routes()):
        app.router.routes.extend(one.routes)  # flat: an included router matches each address twice
    openapi.install(app)
    app.add_middleware(Hardening)
    app.add_middleware(observability.Observed, service=name)
    return app


def _lifespan(
    hooks: Sequence[Hook], *, closes: bool
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return what runs while the app does: its hooks, and at the end the closing of its database."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if closes:
                stack.push_async_callback(app.state.database.close)
            for hook in hooks:
                await stack.enter_async_context(hook(app))
            yield

    return lifespan


def _telemetry(name: str, settings: ServiceSettings) -> TelemetryConfig:
    """Let FastAPI make spans only where a collector takes them."""
    if settings.otlp_endpoint is None:
        return {"tracing": False, "metrics": False, "logs": False}
    from shared import tracing  # noqa: PLC0415 - needs the extra `otlp`

    provider = tracing.provider(name, tracing.otlp(settings.otlp_endpoint))
    return {"tracing": True, "metrics": False, "logs": False, "tracer_provider": provider}
