"""Buddhist-era texts beside the ISO dates of an answer, where a request asks for them.

`?calendar=be` or `Prefer: calendar=be` adds to every date of an answer its Thai written form, under the
field's name with `_be`: `"certified_on": "2020-10-05", "certified_on_be": "5 ตุลาคม 2563"`; moments are told
in Thai time (UTC+7): `"5 ตุลาคม 2563 14:05 น."`. Which fields are dates is read once from the route's response
model, so that no capability knows of it and nobody else pays for it.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final, get_args

import orjson
from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from shared.dates import thai_string
from shared.errors import FieldError, InvalidRequest

NAME: Final = "calendar"
PARAMETER: Final[dict[str, Any]] = {
    "name": NAME,
    "in": "query",
    "description": "`be` adds Buddhist-era texts (พ.ศ.) beside dates; `Prefer: calendar=be` does the same",
    "schema": {"type": "string", "enum": ["be"]},
}
_THAI_TIME: Final = timezone(timedelta(hours=7))
_DATE: Final = len("2020-10-05")
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.+)?")
_FORMATS: Final = ("date", "date-time")


def dated(annotation: Any) -> frozenset[str]:
    """Return the names of all fields of a response model, and of the models in it, that are dates."""
    found: set[str] = set()
    seen: list[Any] = []
    todo = [("", annotation)]
    while todo:
        name, one = todo.pop()
        if isinstance(one, type) and issubclass(one, date):
            found.add(name)
        elif isinstance(one, type) and issubclass(one, BaseModel):
            if one not in seen:
                seen.append(one)
                todo.extend(
                    (info.alias or field, info.annotation) for field, info in one.model_fields.items()
                )
        else:
            todo.extend((name, inner) for inner in get_args(one))
    return frozenset(found)


def asked(request: Request, names: frozenset[str]) -> frozenset[str]:
    """Return the dates that the request wants as texts too, all or none; raises InvalidRequest."""
    given = request.query_params.get(NAME) if request.scope["query_string"] else None
    if given is not None:
        if given != "be":
            raise InvalidRequest(errors=[FieldError("?calendar", "not_allowed", "ต้องเป็น be", "must be `be`")])
        return names
    preferred = request.headers.get("prefer", "")
    return names if "calendar=be" in preferred.replace(" ", "").lower().split(",") else frozenset()


def add(response: Response, names: frozenset[str]) -> Response:
    """Add the texts beside the dates of a JSON answer; any other is left as it is."""
    body = getattr(response, "body", None)
    if names and body and response.headers.get("content-type") == "application/json":
        response.body = orjson.dumps(_added(orjson.loads(body), names))
        response.headers["content-length"] = str(len(response.body))
    return response


def _added(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_added(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, given in value.items():
        found[name] = _added(given, names)
        if name in names:
            found[f"{name}_be"] = [_text(one) for one in given] if isinstance(given, list) else _text(given)
    return found


def _text(iso: object) -> str | None:
    if not isinstance(iso, str) or _ISO.fullmatch(iso) is None:
        return None
    if len(iso) == _DATE:
        return thai_string(date.fromisoformat(iso))
    moment = datetime.fromisoformat(iso).astimezone(_THAI_TIME)
    return f"{thai_string(moment)} {moment:%H:%M} น."


def describe(document: dict[str, Any], operations: list[dict[str, Any]]) -> None:
    """Describe parameter and texts in OpenAPI; raises ValueError for a dated schema that bodies have too."""
    schemas = document.get("components", {}).get("schemas", {})
    taken = {name for one in operations for name in _named(one.get("requestBody"), schemas)}
    described: set[str] = set()
    for one in operations:
        answers = [name for name in _named(one["responses"], schemas) if _dates(schemas[name])]
        if answers:
            one["parameters"].append({"$ref": "#/components/parameters/Calendar"})
        described.update(answers)
    if described & taken:
        raise ValueError(f"bodies and answers share schemas with dates: {sorted(described & taken)}")
    for name in described:
        for field in _dates(schemas[name]):
            texts = dict(schemas[name]["properties"][field])
            schemas[name]["properties"][f"{field}_be"] = {
                "type": ["array" if texts.get("type") == "array" else "string", "null"],
                "description": "In the Buddhist era (พ.ศ.), with `calendar=be` only",
            }


def _dates(schema: Any) -> list[str]:
    """Return the names of a schema's fields that are dates."""
    return [name for name, shape in schema.get("properties", {}).items() if _is_date(shape)]


def _is_date(shape: Any) -> bool:
    inner = [*shape.get("anyOf", ()), *([shape["items"]] if "items" in shape else ())]
    return shape.get("format") in _FORMATS or any(_is_date(one) for one in inner)


def _named(node: Any, schemas: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the schemas that a part of the document leads to, each once."""
    seen: set[str] = set()
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, dict):
            name = str(one.get("$ref", "")).removeprefix("#/components/schemas/")
            if name in schemas and name not in seen:
                seen.add(name)
                yield name
                todo.append(schemas[name])
            todo.extend(one.values())
        elif isinstance(one, list):
            todo.extend(one)
