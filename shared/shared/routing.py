"""The house rules of every route: who calls first, then query, body and idempotency key, then FastAPI."""

import functools
import inspect
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

from fastapi import Request, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.responses import Response

from shared import idempotency, problems
from shared.clock import now
from shared.db import get_session
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


class Route(APIRoute):
    """A route under the house rules; a POST with a session of its own is idempotent by key."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Build the route; `options` are FastAPI's."""
        self.claims_key = "POST" in (options.get("methods") or ()) and inspect.iscoroutinefunction(endpoint)
        super().__init__(path, self._once(endpoint) if self.claims_key else endpoint, **options)
        self._session_name = _session_name(self.dependant)
        self.claims_key = self.claims_key and self._session_name is not None
        if self.claims_key:
            self.openapi_extra = {**(self.openapi_extra or {}), "x-idempotent": True}

    def _once(self, endpoint: Callable[..., Any]) -> Callable[..., Any]:
        """Answer from the store, or do the work, after every dependency and the body have been accepted."""

        @functools.wraps(endpoint)
        async def once(**values: Any) -> Any:
            attempt = idempotency.current.get()
            if attempt is not None:
                stored = await idempotency.claim(values[self._session_name or ""], attempt, now=now())
                if stored is not None:
                    return stored
            return await endpoint(**values)

        return once

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's handler; called once per inclusion of the route."""
        handle = super().get_route_handler()
        known = frozenset(_query_names(self.dependant))
        scopes = _scopes(self.dependant)
        limit: int = getattr(self.endpoint, "__body_limit__", MAX_BODY)
        form = self.body_field is not None and isinstance(self.body_field.field_info, params.Form)
        json = self.body_field is not None and not form

        async def handler(request: Request) -> Response:
            if scopes is not None:
                enter(request, scopes)
            if request.scope["query_string"]:
                _refuse_unknown(request, known)
            strict = StrictRequest(request.scope, request.receive, limit=limit)
            if (json or form) and strict.has_body:
                _check_content_type(request, form=form)
                if json:
                    await strict.parse()
            if not (self.claims_key and scopes is not None and idempotency.HEADER in request.headers):
                return await handle(strict)
            return await _idempotent(handle, strict, buffered=json)

        return handler


async def _idempotent(handle: Handler, request: StrictRequest, *, buffered: bool) -> Response:
    """Handle a request that carries a key; its answer is stored before the session commits."""
    attempt = await idempotency.attempt(request, buffered=buffered)
    token = idempotency.current.set(attempt)
    try:
        response = await handle(request)
    finally:
        idempotency.current.reset(token)
    await idempotency.keep(attempt, response, now=now())
    return response


def _session_name(dependant: Dependant) -> str | None:
    """Return the name of the parameter that takes the route's transaction."""
    names = [inner.name for inner in dependant.dependencies if inner.call is get_session]
    return names[0] if names else None


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


def _scopes(dependant: Dependant) -> list[str] | None:
    """Return the scopes a route needs, None when it needs no token."""
    found = list(dependant.own_oauth_scopes or []) if dependant.call is SCHEME else None
    for dependency in dependant.dependencies:
        inner = _scopes(dependency)
        if inner is not None:
            found = [*(found or []), *inner]
    return found


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
