"""What careless and hostile clients send, made from the OpenAPI document and a request that is right."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from random import Random
from typing import Any
from uuid import UUID

Json = Any
Schema = Mapping[str, Any]

TEXTS = (
    *("", " ", "x", "%", "_", "\\", "'", "\n", "\x01", "\x7f", "\u0301", "\u200b", "\u202e", "\ufeff", "😀"),
    *("๑๒๓", "=1+1", "null", "-1", "01", "1e3", "1234567890123", "ก" * 5_000, "a\x00b", "a\ud800b"),
)
NUMBERS = (0, -1, 1, 1_201, 32_768, 2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**19, 1.5, 1e308, -0.0, True)
MONEY = (
    *("0.00", "0.01", "-0.01", "1", "1.005", "92233720368547758.07", "92233720368547758.08", "1e5", "NaN"),
    *("๑๐๐.๐๐", "1,000.00", " 5.00 ", "9999999999.99", "200000.00", "9" * 40),
)
DAYS = (
    *("0001-01-01", "9999-12-31", "2026-02-30", "2569-01-15", "1850-01-01", "2149-12-31", "2026-01-15"),
    *("2026-11-20", "2024-02-29", "2025-09-30", "๒๕๖๙-๐๑-๑๕", "2026-1-5", "2026-01-15T00:00:00Z"),
)
TIMES = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "2026-01-15T03:00:00", "2026-01-15T03:00:00Z")
MONTHS = ("2026-01", "0001-01", "9999-12", "2026-13")
AREAS = ("34", "3419", "341902", "34190201", "10", "99", "3", "00000000", "๓๔", "341902011")
_KINDS = (
    (re.compile(r"[0-9]{4}-[0-9]{2}"), MONTHS),
    (re.compile(r"[0-9]+\.[0-9]{2}"), MONEY),
    (re.compile(r"[0-9]{2,8}"), AREAS),
)
"""What a text is of, by how its example is written."""
OTHERS: tuple[Json, ...] = (None, [], {}, [None], {"a": 1}, "x", 1)


class Hostile:
    """Makes requests of an operation that are hardly right, the same ones from the same seed."""

    def __init__(self, document: Schema, ids: Sequence[str], *, seed: int) -> None:
        """Take the document and the ids of things that there are: of whatever kind, to be mixed up."""
        self.document, self.ids = document, [*ids, str(UUID(int=1)), "x"]
        self.random = Random(seed)  # noqa: S311  # a test that fails must fail again

    def bodies(self, schema: Schema, valid: Json, *, count: int) -> Iterator[Json]:
        """Yield the right body, then such with up to three things of it changed."""
        yield valid
        for _ in range(count - 1):
            body = deepcopy(valid)
            for _ in range(self.random.choice((1, 1, 2, 3))):
                body = self._changed(schema, body)
            yield body

    def query(self, parameters: Sequence[Schema], given: Mapping[str, str]) -> dict[str, Any]:
        """Return some parameters of a query beside those that are given."""
        found: dict[str, Any] = dict(given)
        for parameter in parameters:
            if self.random.random() < 0.4:
                value = self.value(parameter["schema"])
                if isinstance(value, str | int | float):
                    found[parameter["name"]] = str(value).lower() if isinstance(value, bool) else str(value)
        return found

    def value(self, schema: Schema, depth: int = 0) -> Json:
        """Return a value that is near to what a schema asks for."""
        schema = self.resolved(schema)
        if self.random.random() < 0.1:
            return self.random.choice((*OTHERS, *TEXTS, *NUMBERS, *MONEY, *DAYS, *self.ids))
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                one = self.value(schema.get("items", {}), depth + 1)
                some: Sequence[Json] = ([], [one], [one, one], [one] * 60)
            case "integer" | "number":
                ends = [schema[end] for end in ("minimum", "maximum") if end in schema]
                some = (*(end + by for end in ends for by in (-1, 0, 1)), *NUMBERS)
            case "string":
                some = self._texts(schema)
            case "boolean":
                some = (True, False)
            case _:
                some = OTHERS
        return self.random.choice(some)

    def resolved(self, schema: Schema) -> Schema:
        """Return a schema without reference and choice."""
        while True:
            if "$ref" in schema:
                found: Any = self.document
                for step in schema["$ref"].removeprefix("#/").split("/"):
                    found = found[step]
                schema = found
            elif choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
                schema = self.random.choice(choices)
            else:
                return schema

    def _texts(self, schema: Schema) -> Sequence[str]:
        known = {"date": DAYS, "date-time": TIMES, "uuid": self.ids}.get(schema.get("format", ""))
        if known is not None:
            return known
        longest = min(schema.get("maxLength", 100), 10_000)
        examples = [str(one) for one in schema.get("examples", ())]
        alike = [kind for written, kind in _KINDS for one in examples if written.fullmatch(one)]
        near = alike[0] if alike else (*MONEY, *MONTHS, *AREAS)
        return (*TEXTS, *near, *near, "ก" * longest, "9" * longest, "a" * (longest + 1), *examples * 8)

    def _object(self, schema: Schema, depth: int) -> dict[str, Json]:
        fields = schema.get("properties", {})
        if not fields:
            inner = schema.get("additionalProperties")
            keys = ("P.1", "R.1", "5", "", "x", "ก" * 300)
            return {self.random.choice(keys): self.value(inner if isinstance(inner, dict) else {}, depth + 1)}
        needed = schema.get("required", ())
        return {
            name: self.value(one, depth + 1)
            for name, one in fields.items()
            if name in needed or (depth < 3 and self.random.random() < 0.4)
        }

    def _changed(self, schema: Schema, body: Json) -> Json:
        """Return a body with one field of it another, one more, one less, or all of it another."""
        schema = self.resolved(schema)
        fields = schema.get("properties", {})
        kind = self.random.random()
        if not isinstance(body, dict) or not fields or kind < 0.03:
            return self.value(schema)
        if kind < 0.06:
            return {**body, "nobody_knows": 1}
        name = self.random.choice(list(fields))
        if kind < 0.12:
            return {one: value for one, value in body.items() if one != name}
        inner = self._inner(fields[name], body.get(name))
        return {**body, name: inner}

    def _inner(self, schema: Schema, value: Json) -> Json:
        """Return a field's other value, or what it holds with a change deeper down."""
        if self.random.random() < 0.5:
            schema = self.resolved(schema)
            if isinstance(value, dict) and value:
                return self._changed(schema, value)
            if isinstance(value, list) and value and isinstance(value[0], dict):
                return [self._changed(schema.get("items", {}), value[0]), *value[1:]]
        return self.value(schema)
