"""The OpenAPI 3.1 document of a service: every operation with its scope and all its problems."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from shared import calendars, errors
from shared.errors import Refusal
from shared.problems import MEDIA_TYPE, Problem, responses

_METHODS = ("get", "put", "post", "delete", "patch")
_REF = "#/components/parameters/"
_PARAMETERS = {
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "description": "Language of labels and problems: `th` (default) or `en`",
        "schema": {"type": "string", "default": "th", "examples": ["th", "en"]},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Any text of your own; the same key and body again get the stored answer for 72 hours",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    },
}
_PARAMETERS["Calendar"] = calendars.PARAMETER
_PARAMETERS["IfNoneMatch"] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of the answer you have; the same answer is not sent again (304)",
    "schema": {"type": "string"},
}
_LIST = (errors.InvalidCursor,)
_BODY = (
    errors.InvalidJson,
    errors.DuplicateKey,
    errors.InvalidNumber,
    errors.InvalidCharacter,
    errors.TooDeep,
    errors.BodyTooLarge,
    errors.WrongContentType,
)
_UPLOAD = (errors.BadRequest, errors.BodyTooLarge, errors.WrongContentType)
_VERSIONED = (errors.StaleVersion, errors.VersionRequired)
_IDEMPOTENT = (errors.RequestInProgress, errors.IdempotencyKeyReused)
_SECURED = (errors.TokenMissing, errors.TokenInvalid, errors.ScopeMissing)
_ALWAYS = (
    errors.InvalidCharacter,
    errors.InvalidRequest,
    errors.UnknownParameter,
    errors.InternalError,
    errors.Unavailable,
)


def install(app: FastAPI) -> None:
    """Make `app.openapi()` return our document, the same text for the same code."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = build(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's documented way


def build(app: FastAPI) -> dict[str, Any]:
    """Return the document; raises ValueError when two operations have one name or one has no scope."""
    found = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    seen: set[str] = set()
    examples: dict[str, Any] = {}
    for name, operation in _operations(found):
        if operation["operationId"] in seen:
            raise ValueError(f"two operations are called {operation['operationId']}")
        seen.add(operation["operationId"])
        _scope(name, operation)
        _describe(operation)
        _share_examples(operation, examples)
    calendars.describe(found, [operation for _, operation in _operations(found)])
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas.update(problem_schemas())
    components["schemas"] = dict(sorted(schemas.items()))
    components["parameters"] = _PARAMETERS
    components["examples"] = dict(sorted(examples.items()))
    found["paths"] = dict(sorted(found["paths"].items()))
    return found


def problem_schemas() -> dict[str, Any]:
    """Return the schemas of a problem, as components of a document."""
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**problem.pop("$defs"), "Problem": problem}


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document.get("paths", {}).items():
        for method in _METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def _scope(name: str, operation: dict[str, Any]) -> None:
    """Name the scope of an operation beside its security requirement."""
    required = [scopes for entry in operation.get("security", []) for scopes in entry.values()]
    scopes = sorted({scope for scopes in required for scope in scopes})
    if not scopes:
        raise ValueError(f"{name} names no scope")
    operation["security"] = [{"oauth2": scopes}]
    operation["x-scope"] = " ".join(scopes)


def _describe(operation: dict[str, Any]) -> None:
    """Add the problems that an operation has by its nature to those it declares itself."""
    parameters = operation.setdefault("parameters", [])
    names = {parameter.get("name") for parameter in parameters}
    refusals: list[type[Refusal]] = [*_ALWAYS, *_SECURED]
    if any(parameter.get("in") == "path" for parameter in parameters):
        refusals.append(errors.NotFound)
    if "cursor" in names:
        refusals += _LIST
    body = operation.get("requestBody", {}).get("content", {})
    if body:
        refusals += _BODY if any("json" in media for media in body) else _UPLOAD
    if "if-match" in names:
        _require_if_match(parameters)
        refusals += _VERSIONED
    if operation.pop("x-idempotent", False):
        parameters.append({"$ref": _REF + "IdempotencyKey"})
        refusals += _IDEMPOTENT
    parameters.append({"$ref": _REF + "AcceptLanguage"})
    answers = operation["responses"]
    if "ETag" in answers.get("200", {}).get("headers", ()):
        parameters.append({"$ref": _REF + "IfNoneMatch"})
        answers["304"] = {"description": "Not changed", "headers": answers["200"]["headers"]}
    if "HTTPValidationError" in str(answers.get("422", "")):
        del answers["422"]
    for status, described in responses(*refusals).items():
        _merge(answers, str(status), described)
    operation["responses"] = dict(sorted(answers.items()))


def _require_if_match(parameters: list[dict[str, Any]]) -> None:
    for parameter in parameters:
        if parameter.get("name") == "if-match":
            parameter["name"], parameter["required"] = "If-Match", True
            parameter["schema"] = {"type": "string", "examples": ['"3"']}


def _merge(answers: dict[str, Any], status: str, described: dict[str, Any]) -> None:
    """Add the examples of `described` to an answer that may be declared already."""
    declared = answers.get(status)
    if declared is None or MEDIA_TYPE not in declared.get("content", {}):
        answers[status] = described
        return
    media = declared["content"][MEDIA_TYPE]
    examples = {**described["content"][MEDIA_TYPE]["examples"], **media.get("examples", {})}
    media["examples"] = dict(sorted(examples.items()))
    declared["description"] = ", ".join(f"`{code}`" for code in media["examples"])


def _share_examples(operation: dict[str, Any], examples: dict[str, Any]) -> None:
    """Keep each problem's example once, under its code; raises ValueError when two problems share a code."""
    for answer in operation["responses"].values():
        media = answer.get("content", {}).get(MEDIA_TYPE, {})
        for code, example in media.get("examples", {}).items():
            if examples.setdefault(code, example) != example:
                raise ValueError(f"two problems have the code {code}")
            media["examples"][code] = {"$ref": f"#/components/examples/{code}"}
