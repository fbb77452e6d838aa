"""True answers in the OpenAPI document: what the service gave once, by the name of the answer's schema.

A page of a list shows one of its rows. tests/test_examples.py finds an answer without an example and an
example that is not of its schema any more.
"""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI

ANSWERS = Path(__file__).parent / "data" / "examples.json"


def install(app: FastAPI) -> None:
    """Let the document of `app` show them."""
    plain = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            show(plain()["components"]["schemas"])
        return plain()

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way


def show(schemas: dict[str, Any]) -> None:
    """Give the schemas of answers their examples."""
    answers: dict[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
    for name, schema in schemas.items():
        if name in answers:
            schema["examples"] = [answers[name]]
        elif "Page_" in name:
            row = schema["properties"]["items"]["items"]["$ref"].rpartition("/")[2]
            schema["examples"] = [{"items": [answers[row]], "next": None}] if row in answers else []
