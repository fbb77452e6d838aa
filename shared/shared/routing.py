"""The house rules of every route: who calls first, then query, body and idempotency key, then FastAPI.

A route gives its function the caller, the paging parameters and the session itself: FastAPI would build
each of them through its own dependency machinery, which costs more than a whole small request.
"""

import functools
import inspect
from collections.abc import Callable, Coroutine, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args, get_origin

from fastapi import Request, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant
from fastapi.routing import APIRoute
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from shared import calendars, etags, idempotency, paging, problems
from shared.clock import now
from shared.db import Database, get_read_session, get_session
from shared.errors import FieldError, InvalidRequest, UnknownParameter, WrongContentType
from shared.hardening import MAX_BODY, StrictRequest
from shared.schemas import Filters
from shared.security import SCHEME, enter

_SESSIONS = (get_session, get_read_session)
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


class QueryModel:
    """Reads a list's filters, a subclass of `Filters` marked `Query()`, in one validation."""

    def __init__(self, model: type[Filters]) -> None:
        """Take the model; fields that are lists take every value of their name."""
        self._model = model
        self.aliases = [info.alias or name for name, info in model.model_fields.items()]
        self._lists = {
            info.alias or name for name, info in model.model_fields.items() if _is_list(info.annotation)
        }

    @staticmethod
    def fits(annotation: Any) -> bool:
        """Tell whether a parameter's type is a model of filters."""
        return isinstance(annotation, type) and issubclass(annotation, Filters)

    def read(self, request: Request) -> Filters:
        """Return the filters of a request; raises InvalidRequest."""
        query = request.query_params
        given = {
            alias: query.getlist(alias) if alias in self._lists else query[alias]
            for alias in self.aliases
            if alias in query
        }
        try:
            return self._model.model_validate(given)
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            located = [{**one, "loc": ("query", *one["loc"])} for one in found]
            raise InvalidRequest(errors=problems.field_errors(located)) from None


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) in (list, set, tuple) or any(_is_list(a) for a in get_args(annotation))


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
    filters: list[tuple[str, QueryModel]] = field(default_factory=list)

    @property
    def names(self) -> set[str | None]:
        """Return all of them."""
        filters = [name for name, _ in self.filters]
        return {*self.principals, self.page, self.session, self.reading, *filters}


def _wants(signature: inspect.Signature) -> _Wants:
    wants = _Wants()
    for name, parameter in signature.parameters.items():
        metadata = getattr(parameter.annotation, "__metadata__", ())
        for marker in (*metadata, parameter.default):
            if isinstance(marker, params.Query) and QueryModel.fits(parameter.annotation.__origin__):
                wants.filters.append((name, QueryModel(parameter.annotation.__origin__)))
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
        extra: dict[str, Any] = {"x-idempotent": True} if self.claims_key else {}
        if hasattr(endpoint, "__body_limit__"):
            extra["x-body-limit"] = endpoint.__body_limit__  # the gateway lets as much through
        if extra:
            options["openapi_extra"] = {**(options.get("openapi_extra") or {}), **extra}
        super().__init__(path, self._provided(endpoint, signature), **options)
        # What the document shows; the handler has its own by now.
        self.dependant = get_dependant(path=self.path_format, call=endpoint, scope="function")
        self._literal = path.partition("{")[0]
        if any(inner.call in _SESSIONS for one in self.dependant.dependencies for inner in _tree(one)):
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

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether a request is this route's; most are told apart without a regular expression."""
        if not scope["path"].startswith(self._literal):
            return Match.NONE, {}
        return super().matches(scope)

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's handler."""
        handle, wants = super().get_route_handler(), self.wants
        known = {calendars.NAME, *_query_names(self.dependant), *(paging.NAMES if wants.page else ())}
        known.update(alias for _, model in wants.filters for alias in model.aliases)
        scopes = _scopes(self.dependant, wants)
        limit: int = getattr(self.endpoint, "__body_limit__", MAX_BODY)
        form = self.body_field is not None and isinstance(self.body_field.field_info, params.Form)
        json = self.body_field is not None and not form
        dates, reads = calendars.dated(self.response_model), "GET" in (self.methods or ())

        async def handler(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive, limit=limit)
            call = _Call({})
            if scopes is not None:
                principal = enter(strict, scopes)
                for name in wants.principals:
                    call.given[name] = principal
            if request.scope["query_string"]:
                _refuse_unknown(strict, known)
            texts = calendars.asked(strict, dates)
            if wants.page is not None:
                call.given[wants.page] = paging.params(strict)
            for name, model in wants.filters:
                call.given[name] = model.read(strict)
            sent = (json or form) and strict.has_body
            if sent:
                _check_content_type(strict, form=form)
            if self.claims_key and scopes is not None and idempotency.HEADER in strict.headers:
                call.attempt = await idempotency.attempt(strict, buffered=json)
            if sent:  # last: nothing before FastAPI, which closes uploaded files, refuses any more
                await _take(strict, form=form)
            response = calendars.add(await _answer(handle, strict, call, wants), texts)
            return _conditional(strict, response) if reads and "etag" in response.headers else response

        return handler


async def _answer(handle: Handler, request: StrictRequest, call: _Call, wants: _Wants) -> Response:
    """Let FastAPI and the function answer, inside the session they need; commit before the answer leaves."""
    token = _call.set(call)
    try:
        if wants.session is None and wants.reading is None:
            return await handle(request)
        database: Database = request.app.state.database
        async with database.read() if wants.session is None else database.transaction() as session:
            if wants.reading is not None:
                call.given[wants.reading] = session
            if wants.session is not None:
                call.given[wants.session] = call.session = session
            response = await handle(request)
            if call.attempt is not None:
                await idempotency.keep(call.attempt, response, now=now())
            return response
    finally:
        _call.reset(token)


def _conditional(request: Request, response: Response) -> Response:
    """Return 304 to whoever has the answer already; what it audits is committed by now."""
    secret: bytes = request.app.state.answers_key
    return etags.conditional(response, request.headers.get("if-none-match"), secret=secret)


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


async def _take(request: StrictRequest, *, form: bool) -> None:
    """Read the body before a session is opened: a slow upload must not wait with a connection in its hand."""
    if form:
        await request.form()
    else:
        await request.parse()


def _check_content_type(request: Request, *, form: bool) -> None:
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise WrongContentType("ไม่รับเนื้อหาที่บีบอัด", "Compressed bodies are not taken")
    if form:
        if declared not in _FORMS:
            raise WrongContentType("ต้องเป็น multipart/form-data", "It must be multipart/form-data")
    elif declared not in _JSON:
        raise WrongContentType("ต้องเป็น application/json", "It must be application/json")


def _refuse_unknown(request: Request, known: set[str]) -> None:
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        errors = [
            FieldError(problems.pointer(("query", name)), "unknown_parameter", "ไม่รู้จัก", "is not known")
            for name in unknown[:20]
        ]
        raise UnknownParameter(errors=errors)
