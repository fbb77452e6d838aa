"""The house rules of every route: who calls first, then query, body and idempotency key, then FastAPI.

A route gives its function the caller, the paging parameters and the session itself: FastAPI would build
each of them through its own dependency machinery, which costs more than a whole small request.
"""

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi import Request, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from shared import idempotency, paging, problems
from shared.clock import now
from shared.db import Database, get_read_session, get_session
from shared.errors import FieldError, UnknownParameter, WrongContentType
from shared.hardening import MAX_BODY, StrictRequest
from shared.security import SCHEME, enter

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
_JSON = ("application/json", "application/merge-patch+json")
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


def large_body(max_bytes: int) -> Callable[[Endpoint], Endpoint]:
    """Let a route take more than 1 MiB; counted while streaming. Write it under the route decorator."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.__body_limit__ = max_bytes  # type: ignore[attr-defined]
        return endpoint

    return mark


@dataclass(slots=True)
class _Call:
    """One call of a route's function: what the route gives it, and its idempotency key."""

    given: dict[str, Any]
    session: AsyncSession | None = None
    attempt: idempotency.Attempt | None = None


_call: ContextVar[_Call] = ContextVar("call_of_a_route")


@dataclass(slots=True)
class _Wants:
    """What a route's function takes from the route, by the names of its parameters."""

    scopes: list[str] | None = None
    principals: list[str] = field(default_factory=list)
    page: str | None = None
    session: str | None = None
    reading: str | None = None

    @property
    def names(self) -> set[str | None]:
        """Return all of them."""
        return {*self.principals, self.page, self.session, self.reading}

    def described(self, *, claims_key: bool) -> dict[str, Any]:
        """Return what FastAPI no longer sees, for the OpenAPI document."""
        extra: dict[str, Any] = {}
        if self.scopes is not None:
            extra["security"] = [{SCHEME.scheme_name: self.scopes}]
        if self.page is not None:
            extra["parameters"] = list(paging.PARAMETERS)
        if claims_key:
            extra["x-idempotent"] = True
        return extra


def _wants(signature: inspect.Signature) -> _Wants:
    wants = _Wants()
    for name, parameter in signature.parameters.items():
        metadata = getattr(parameter.annotation, "__metadata__", ())
        for marker in (*metadata, parameter.default):
            if not isinstance(marker, params.Depends):
                continue
            if marker.dependency is SCHEME:
                wants.principals.append(name)
                wants.scopes = [*(wants.scopes or []), *getattr(marker, "scopes", [])]
            elif marker.dependency is paging.read:
                wants.page = name
            elif marker.dependency is get_session:
                wants.session = name
            elif marker.dependency is get_read_session:
                wants.reading = name
    return wants


class Route(APIRoute):
    """A route under the house rules; a POST with a transaction is idempotent by key."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Build the route; `options` are FastAPI's. Raises TypeError for a function that is not `async`."""
        if not inspect.iscoroutinefunction(endpoint):
            raise TypeError(f"{endpoint.__qualname__} must be an async function")
        signature = inspect.signature(endpoint, eval_str=True)
        self.wants = _wants(signature)
        self.claims_key = "POST" in (options.get("methods") or ()) and bool(self.wants.session)
        extra = self.wants.described(claims_key=self.claims_key)
        options["openapi_extra"] = {**(options.get("openapi_extra") or {}), **extra}
        super().__init__(path, self._provided(endpoint, signature), **options)
        if any(inner.call in (get_session, get_read_session) for inner in _tree(self.dependant)):
            raise TypeError(f"{endpoint.__qualname__}: a dependency must not take a session of its own")

    def _provided(self, endpoint: Callable[..., Any], signature: inspect.Signature) -> Callable[..., Any]:
        """Wrap the function so that FastAPI resolves only the parameters that the route does not give."""

        @functools.wraps(endpoint)
        async def provided(**values: Any) -> Any:
            call = _call.get()
            if call.attempt is not None and call.session is not None:
                stored = await idempotency.claim(call.session, call.attempt, now=now())
                if stored is not None:
                    return stored
            return await endpoint(**values, **call.given)

        rest = [p for p in signature.parameters.values() if p.name not in self.wants.names]
        provided.__signature__ = signature.replace(parameters=rest)  # type: ignore[attr-defined]
        return provided

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's handler; called once per inclusion of the route."""
        handle, wants = super().get_route_handler(), self.wants
        known = frozenset(_query_names(self.dependant)) | (paging.NAMES if wants.page else frozenset())
        scopes = _scopes(self.dependant, wants)
        limit: int = getattr(self.endpoint, "__body_limit__", MAX_BODY)
        form = self.body_field is not None and isinstance(self.body_field.field_info, params.Form)
        json = self.body_field is not None and not form

        async def handler(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive, limit=limit)
            call = _Call({})
            if scopes is not None:
                principal = enter(strict, scopes)
                for name in wants.principals:
                    call.given[name] = principal
            if request.scope["query_string"]:
                _refuse_unknown(strict, known)
            if wants.page is not None:
                call.given[wants.page] = paging.params(strict)
            if (json or form) and strict.has_body:
                _check_content_type(strict, form=form)
                if json:
                    await strict.parse()
            if self.claims_key and scopes is not None and idempotency.HEADER in strict.headers:
                call.attempt = await idempotency.attempt(strict, buffered=json)
            return await _answer(handle, strict, call, wants)

        return handler


async def _answer(handle: Handler, request: StrictRequest, call: _Call, wants: _Wants) -> Response:
    """Let FastAPI and the function answer, inside the session they need; commit before the answer leaves."""
    token = _call.set(call)
    try:
        if wants.session is None and wants.reading is None:
            return await handle(request)
        database: Database = request.app.state.database
        async with _sessions(database, call, wants):
            response = await handle(request)
            if call.attempt is not None:
                await idempotency.keep(call.attempt, response, now=now())
            return response
    finally:
        _call.reset(token)


@asynccontextmanager
async def _sessions(database: Database, call: _Call, wants: _Wants) -> AsyncIterator[None]:
    """Open what the function wants: its transaction, a reading session, or both."""
    if wants.session is None:
        async with database.read() as session:
            call.given[str(wants.reading)] = session
            yield
        return
    async with database.transaction() as session:
        call.given[wants.session] = call.session = session
        if wants.reading is not None:
            call.given[wants.reading] = session
        yield


def _tree(dependant: Dependant) -> Iterator[Dependant]:
    """Yield the dependencies of a route and theirs."""
    for dependency in dependant.dependencies:
        yield dependency
        yield from _tree(dependency)


def _query_names(dependant: Dependant) -> Iterator[str]:
    """Yield the query parameters of a route and its dependencies, those of a model one by one."""
    for one in (dependant, *_tree(dependant)):
        for parameter in one.query_params:
            inner = getattr(parameter.field_info.annotation, "model_fields", None)
            if inner is None:
                yield parameter.alias
            else:
                yield from (info.alias or name for name, info in inner.items())


def _scopes(dependant: Dependant, wants: _Wants) -> list[str] | None:
    """Return the scopes a route needs, None when it needs no token."""
    inner = [one for one in _tree(dependant) if one.call is SCHEME]
    if wants.scopes is None and not inner:
        return None
    return [*(wants.scopes or []), *(scope for one in inner for scope in one.own_oauth_scopes or [])]


def _check_content_type(request: Request, *, form: bool) -> None:
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if form:
        if declared not in _FORMS:
            raise WrongContentType("ต้องเป็น multipart/form-data", "It must be multipart/form-data")
    elif declared not in _JSON:
        raise WrongContentType("ต้องเป็น application/json", "It must be application/json")


def _refuse_unknown(request: Request, known: frozenset[str]) -> None:
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        errors = [
            FieldError(problems.pointer(("query", name)), "unknown_parameter", "ไม่รู้จัก", "is not known")
            for name in unknown[:20]
        ]
        raise UnknownParameter(errors=errors)
