"""The frame of every service's API: one app factory, one router factory, the same rules on every route."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from fastapi import APIRouter, FastAPI, Request, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.responses import Response

from shared import keyfiles, problems, tokens
from shared.db import Database
from shared.errors import FieldError, Refusal, UnknownParameter, WrongContentType
from shared.hardening import MAX_BODY, Hardening, StrictRequest
from shared.security import Verifier
from shared.settings import ServiceSettings

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Hook = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def large_body(max_bytes: int) -> Callable[[Endpoint], Endpoint]:
    """Let a route take more than 1 MiB; counted while streaming. Write it under the route decorator."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__body_limit__ = max_bytes  # type: ignore[attr-defined]
        return endpoint

    return mark


class Route(APIRoute):
    """A route that reads JSON strictly, counts its body and refuses query parameters it does not know."""

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's handler; called once per inclusion of the route."""
        handle = super().get_route_handler()
        known = frozenset(_query_names(self.dependant))
        limit: int = getattr(self.endpoint, "__body_limit__", MAX_BODY)
        takes_json = self.body_field is not None and not isinstance(self.body_field.field_info, params.Form)

        async def handler(request: Request) -> Response:
            if request.scope["query_string"]:
                _refuse_unknown(request, known)
            strict = StrictRequest(request.scope, request.receive, limit=limit)
            if takes_json:
                if not _is_json(request):
                    raise WrongContentType("ต้องเป็น application/json", "It must be application/json")
                await strict.parse()
            return await handle(strict)

        return handler


def _query_names(dependant: Dependant) -> Iterator[str]:
    """Yield the query parameters of a route and its dependencies, those of a model one by one."""
    for field in dependant.query_params:
        inner = getattr(field.field_info.annotation, "model_fields", None)
        if inner is None:
            yield field.alias
        else:
            yield from (info.alias or name for name, info in inner.items())
    for dependency in dependant.dependencies:
        yield from _query_names(dependency)


def _is_json(request: Request) -> bool:
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return declared == "application/json" or (
        declared.startswith("application/") and declared.endswith("+json")
    )


def _refuse_unknown(request: Request, known: frozenset[str]) -> None:
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        errors = [
            FieldError(problems.pointer(("query", name)), "unknown_parameter", "ไม่รู้จัก", "is not known")
            for name in unknown[:20]
        ]
        raise UnknownParameter(errors=errors)


def router(*, tags: list[str]) -> APIRouter:
    """Return a router under `/v1` whose routes follow the house rules; operation id = function name."""
    return APIRouter(prefix="/v1", tags=list(tags), route_class=Route)


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
    """Return a service's app; `hooks` are context managers entered while it runs, `name` is its audience."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(app.state.database.close)
            for hook in hooks:
                await stack.enter_async_context(hook(app))
            yield

    app = FastAPI(
        title=title,
        description=description,
        version="1",
        lifespan=lifespan,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
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
    problems.install(app, constraints=constraints or {})
    for one in routers:
        app.include_router(one)
    app.add_middleware(Hardening)
    return app
