"""Every problem type that any operation can answer with, gathered from the API documents."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import orjson

from gateway import errors as own
from shared import errors as common
from shared.errors import Refusal
from shared.problems import MEDIA_TYPE, TYPES


@lru_cache(maxsize=1)
def described(merged: bytes) -> dict[str, dict[str, Any]]:
    """Return the problem types of the merged document by code."""
    found: dict[str, dict[str, Any]] = {}
    for module in (common, own):
        for refusal in vars(module).values():
            if isinstance(refusal, type) and issubclass(refusal, Refusal):
                found[refusal.code] = _entry(refusal.code, refusal.status, refusal.title_th, refusal.title_en)
    document = orjson.loads(merged)
    for operation, example in _examples(document):
        value = example.get("value", {})
        code = value.get("code")
        if not isinstance(code, str):
            continue
        entry = found.setdefault(
            code,
            _entry(code, value.get("status", 400), value.get("title", code), example.get("summary", code)),
        )
        entry["operations"].append(operation)
    return found


def _entry(code: str, status: int, title_th: str, title_en: str) -> dict[str, Any]:
    title = {"th": title_th, "en": title_en}
    return {"type": TYPES + code, "code": code, "status": status, "title": title, "operations": []}


def _examples(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each problem example with the operation that it belongs to."""
    components = document.get("components", {})
    shared, examples = components.get("responses", {}), components.get("examples", {})
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if not isinstance(operation, dict):
                continue
            for answer in operation.get("responses", {}).values():
                answer = shared.get(answer.get("$ref", "").rpartition("/")[2], answer)  # noqa: PLW2901
                media = answer.get("content", {}).get(MEDIA_TYPE, {})
                for example in media.get("examples", {}).values():
                    name = example.get("$ref", "").rpartition("/")[2]
                    yield f"{method.upper()} {path}", examples.get(name, example)
