"""Event contracts: JSON Schema of the data and an example envelope."""

import importlib
import pkgutil
import types
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.events import Envelope, Event, encode, registered

_MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_SIMPLE: dict[type, Any] = {
    bool: True,
    int: 1,
    float: 1.0,
    str: "text",
    date: _MOMENT.date(),
    datetime: _MOMENT,
    Decimal: Decimal("1.00"),
}


def published(service: str) -> dict[str, type[Event]]:
    """Import every `events.py` of a service and return its event classes by type."""
    package = importlib.import_module(service)
    for module in pkgutil.walk_packages(package.__path__, f"{service}."):
        if module.name.endswith(".events"):
            importlib.import_module(module.name)
    return registered(service)


def document(cls: type[Event]) -> bytes:
    """Return the contract of one event class."""
    contract = {
        "title": cls.__name__,
        "description": (cls.__doc__ or "").strip(),
        "schema": schema(cls),
        "example": orjson.loads(encode(example(cls))),
    }
    return orjson.dumps(contract, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def schema(cls: type[Event]) -> dict[str, Any]:
    """Return the JSON Schema of the event's data; consumers must take fields that are added later."""
    found = cls.model_json_schema(mode="serialization")
    for part in _parts(found):
        part.pop("additionalProperties", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:chumchon:event:{cls.type}",
        **found,
    }


def example(cls: type[Event]) -> Envelope:
    """Return an envelope with made-up data, the same on every machine."""
    return Envelope(
        id=_uuid("id"),
        type=cls.type,
        subject=_uuid("subject"),
        sequence=1,
        time=_MOMENT,
        data=_model(cls).model_dump_json().encode(),
        correlation_id="01938d3e5c0070008000000000000001",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )


def breaks(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what a consumer of the old schema misses in the new one."""
    found = []
    fields = new.get("properties", {})
    for name, field in old.get("properties", {}).items():
        if name not in fields:
            found.append(f"field {name} is gone")
        elif _meaning(field, old) != _meaning(fields[name], new):
            found.append(f"field {name} has another type")
    found += [
        f"field {name} is no longer always there"
        for name in old.get("required", [])
        if name in fields and name not in new.get("required", [])
    ]
    return found


def _parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    yield from schema.get("$defs", {}).values()


def _meaning(field: Any, whole: Mapping[str, Any]) -> Any:
    """Return what of a field's schema a consumer relies on: not titles, texts, examples or more values."""
    if isinstance(field, list):
        return [_meaning(one, whole) for one in field]
    if not isinstance(field, Mapping):
        return field
    if "$ref" in field:
        return _meaning(whole["$defs"][field["$ref"].rpartition("/")[2]], whole)
    silent = {"title", "description", "examples", "enum", "const", "default"}
    return {key: _meaning(value, whole) for key, value in field.items() if key not in silent}


def _model(cls: type[BaseModel]) -> BaseModel:
    return cls(**{name: _field(name, field) for name, field in cls.model_fields.items()})


def _field(name: str, field: FieldInfo) -> Any:
    if field.examples:
        return field.examples[0]
    return _value(name, field.annotation)


def _value(name: str, annotation: Any) -> Any:  # noqa: PLR0911  # one line a kind of type
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _value(name, arguments[0])
    if origin is Literal:
        return arguments[0]
    if origin in {Union, types.UnionType}:
        return _value(name, next(one for one in arguments if one is not type(None)))
    if origin in {list, tuple, set, frozenset}:
        return [_value(name, arguments[0])]
    if origin is dict:
        return {"key": _value(name, arguments[1])}
    if annotation is UUID:
        return _uuid(name)
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _model(annotation)
    raise TypeError(f"no example for {name}: {annotation}; give it Field(examples=[...])")


def _uuid(name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"urn:chumchon:example:{name}")
