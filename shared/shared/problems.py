"""Refusals and faults as RFC 9457 problems, in the caller's language, without any value she sent."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import asyncpg
import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError, EmulatedDBAPIException, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared import context, errors
from shared.errors import FieldError, Refusal

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPES = "/problems/"
"""Where problem types are described; relative to the API's address, so it is right in every run mode."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}|[0-9]{1,9}")

_FIELD_TEXTS: dict[str, tuple[str, str, str]] = {
    # pydantic's code: our code, Thai, English
    "missing": ("required", "ต้องระบุ", "is required"),
    "extra_forbidden": ("unknown_field", "ไม่รู้จักช่องข้อมูลนี้", "is not a known field"),
    "string_too_short": ("too_short", "ไม่มีข้อความหรือสั้นเกินไป", "is empty or too short"),
    "string_too_long": ("too_long", "ยาวเกินไป", "is too long"),
    "too_short": ("too_few", "มีรายการน้อยเกินไป", "has too few items"),
    "too_long": ("too_many", "มีรายการมากเกินไป", "has too many items"),
    "string_pattern_mismatch": ("wrong_format", "รูปแบบไม่ถูกต้อง", "has the wrong format"),
    "greater_than": ("out_of_range", "ค่าอยู่นอกช่วงที่กำหนด", "is out of range"),
    "greater_than_equal": ("out_of_range", "ค่าอยู่นอกช่วงที่กำหนด", "is out of range"),
    "less_than": ("out_of_range", "ค่าอยู่นอกช่วงที่กำหนด", "is out of range"),
    "less_than_equal": ("out_of_range", "ค่าอยู่นอกช่วงที่กำหนด", "is out of range"),
    "enum": ("not_allowed", "ไม่อยู่ในค่าที่กำหนด", "is not one of the allowed values"),
    "literal_error": ("not_allowed", "ไม่อยู่ในค่าที่กำหนด", "is not one of the allowed values"),
    "finite_number": ("invalid_number", "ต้องเป็นจำนวนจำกัด", "must be a finite number"),
    "timezone_aware": ("not_valid", "เวลาต้องมีเขตเวลา เช่น 2026-08-24T09:00:00+07:00", "must have a time zone"),
}
_TYPE_TEXTS: dict[str, tuple[str, str]] = {
    # the beginning of pydantic's code: Thai, English
    "date": ("เขียนวันที่เป็น ค.ศ. เช่น 2026-08-24", "must be a day such as 2026-08-24"),
    "datetime": ("เขียนเวลาเป็น ค.ศ. เช่น 2026-08-24T09:00:00Z", "must be a time such as 2026-08-24T09:00:00Z"),
    "time": ("เขียนเวลาเช่น 09:30:00", "must be a time of day such as 09:30:00"),
    "uuid": ("ต้องเป็นรหัสแบบ UUID", "must be an id (UUID)"),
    "int": ("ต้องเป็นจำนวนเต็ม", "must be a whole number"),
    "bool": ("ต้องเป็น true หรือ false", "must be true or false"),
    "string": ("ต้องเป็นข้อความ", "must be text"),
    "list": ("ต้องเป็นรายการในวงเล็บ [ ]", "must be a list in [ ]"),
}
_WRONG_TYPE = re.compile(r".*_(type|parsing|parsing_size)|.*_from_.*|is_instance_of|.*_attributes_type")


class ProblemField(BaseModel):
    """One field that is wrong."""

    pointer: str = Field(description="JSON Pointer into the body, or `?name` for a parameter")
    code: str
    detail: str


class Problem(BaseModel):
    """A problem (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    request_id: str | None = None
    errors: list[ProblemField] | None = None


def language(accept_language: str | None) -> str:
    """Return `en` where English is wanted more than Thai, else `th`."""
    weights = {"th": 0.0, "en": 0.0}
    for part in (accept_language or "")[:200].lower().split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        name = name.split("-")[0]
        if name in weights:
            weights[name] = max(weights[name], weight)
    return "en" if weights["en"] > weights["th"] else "th"


def document(refusal: Refusal, *, lang: str) -> dict[str, Any]:
    """Return the problem's members in one language."""
    thai = lang == "th"
    problem: dict[str, Any] = {
        "type": TYPES + refusal.code,
        "title": refusal.title_th if thai else refusal.title_en,
        "status": refusal.status,
        "code": refusal.code,
    }
    detail = refusal.detail_th if thai else refusal.detail_en
    if detail:
        problem["detail"] = detail
    request_id = context.request_id.get()
    if request_id:
        problem["request_id"] = request_id
    if refusal.errors:
        problem["errors"] = [
            {"pointer": e.pointer, "code": e.code, "detail": (e.detail_th if thai else e.detail_en)}
            for e in refusal.errors
        ]
    for name, value in refusal.extra.items():
        problem.setdefault(name, value)
    return problem


def render(refusal: Refusal, *, accept_language: str | None) -> Response:
    """Return the refusal as a response."""
    lang = language(accept_language)
    headers = {"Content-Language": lang, "Cache-Control": "no-store", **refusal.headers}
    if refusal.status == errors.TokenInvalid.status:
        reason = "" if refusal.code == "token_missing" else ' error="invalid_token"'
        headers["WWW-Authenticate"] = "Bearer" + reason
    body = orjson.dumps(document(refusal, lang=lang), default=str)
    return Response(body, status_code=refusal.status, media_type=MEDIA_TYPE, headers=headers)


def responses(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """Describe refusals for OpenAPI: `responses=problems.responses(LoanOverCeiling, NotFound)`."""
    described: dict[int | str, dict[str, Any]] = {}
    for refusal in refusals:
        entry = described.setdefault(refusal.status, {"description": "", "content": {MEDIA_TYPE: {}}})
        media = entry["content"][MEDIA_TYPE]
        media["schema"] = {"$ref": "#/components/schemas/Problem"}
        media.setdefault("examples", {})[refusal.code] = example(refusal)
        entry["description"] = ", ".join(f"`{code}`" for code in sorted(media["examples"]))
    return described


def example(refusal: type[Refusal]) -> dict[str, Any]:
    """Return a refusal's OpenAPI example."""
    members = document(refusal(), lang="th").items()
    return {"summary": refusal.title_en, "value": {k: v for k, v in members if k != "request_id"}}


def pointer(location: Sequence[str | int]) -> str:
    """Return where an error is; a name that is no plain name may be somebody's data and is shown as `*`."""
    place, *rest = [str(step) for step in location] or [""]
    steps = [step if _NAME.fullmatch(step) else "*" for step in rest]
    if place == "body":
        return "".join("/" + step for step in steps)
    return "?" + ".".join(steps)


def field_errors(found: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Turn pydantic's errors into ours; neither input nor pydantic's own message gets through."""
    result = []
    for error in found:
        kind, texts = error["type"], error.get("ctx") or {}
        if texts.get("field_type") == "Value":  # a text with a validator of ours
            kind = f"string_{kind}"
        if kind in _FIELD_TEXTS:
            code, th, en = _FIELD_TEXTS[kind]
        elif "th" in texts and "en" in texts:
            code, th, en = kind, texts["th"], texts["en"]
        elif _WRONG_TYPE.fullmatch(kind):
            other = "ชนิดข้อมูลไม่ถูกต้อง", "has the wrong type"
            code, (th, en) = "wrong_type", _TYPE_TEXTS.get(kind.partition("_")[0], other)
        else:
            code, th, en = "not_valid", "ค่าไม่ถูกต้อง", "is not valid"
        result.append(FieldError(pointer(error["loc"]), code, th, en))
    return result


_BROKEN = (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What the driver raises on a connection that was cut under it."""


def of_database(error: Exception, constraints: Mapping[str, type[Refusal]]) -> Refusal:
    """Return the refusal that a database error means; its message and values stay here."""
    cause: Any = error
    if isinstance(cause, DBAPIError):
        cause = cause.orig or cause
    if isinstance(cause, EmulatedDBAPIException):  # SQLAlchemy's coat around the driver's
        cause = cause.__cause__ or cause
    state = str(getattr(cause, "sqlstate", None) or "")
    if isinstance(error, IntegrityError) or state.startswith("23"):
        name = str(getattr(cause, "constraint_name", None) or "")
        return constraints.get(name, errors.Conflict)()
    if state in {"22021", "22P05"}:
        return errors.InvalidCharacter()
    if state in {"40001", "40P01", "55P03", "57014"} or state[:2] in {"08", "53"} or state[:3] == "57P":
        return unavailable()
    if isinstance(error, OperationalError) or isinstance(cause, _BROKEN):
        return unavailable()
    return errors.InternalError()


def is_away(error: Exception) -> bool:
    """Tell whether an error says only that the database cannot be reached now."""
    return to_refusal(error, constraints={}).status == errors.Unavailable.status


def unavailable(seconds: int = 1) -> Refusal:
    """Return the refusal that asks to come again."""
    refusal = errors.Unavailable("ลองใหม่อีกครั้ง", "Try again")
    refusal.headers["Retry-After"] = str(seconds)
    return refusal


_HTTP: dict[int, type[Refusal]] = {
    400: errors.BadRequest,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    406: errors.NotAcceptable,
    413: errors.BodyTooLarge,
    415: errors.WrongContentType,
}

_DATABASE = (
    DBAPIError,
    EmulatedDBAPIException,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
_AWAY = (PoolTimeout, ConnectionError, TimeoutError)
"""No connection to be had."""


def install(app: FastAPI, *, constraints: Mapping[str, type[Refusal]]) -> None:
    """Answer refusals, validation errors and database errors of `app` as problems."""

    async def refused(request: Request, error: Exception) -> Response:
        refusal = to_refusal(error, constraints=constraints)
        if refusal.status >= errors.InternalError.status and refusal is not error:
            log.error("request_failed", code=refusal.code, failure=error)
        return render(refusal, accept_language=request.headers.get("accept-language"))

    handler = cast("Callable[[Request, Exception], Awaitable[Response]]", refused)
    for kind in (Refusal, RequestValidationError, HTTPException, *_DATABASE, *_AWAY):
        app.add_exception_handler(kind, handler)


def to_refusal(error: Exception, *, constraints: Mapping[str, type[Refusal]]) -> Refusal:
    """Return the refusal that stands for an exception."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, RequestValidationError):
        return errors.InvalidRequest(errors=field_errors(error.errors()))
    if isinstance(error, HTTPException):
        refusal = _HTTP.get(error.status_code, errors.InternalError)()
        refusal.headers.update(error.headers or {})
        return refusal
    if isinstance(error, _DATABASE):
        return of_database(error, constraints)
    if isinstance(error, _AWAY):
        return unavailable()
    return errors.InternalError()
