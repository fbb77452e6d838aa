"""One OpenAPI 3.1 document of all services: what callers see of the system."""

import copy
from collections.abc import Mapping
from typing import Any

from gateway import errors
from shared.openapi import problem_schemas
from shared.problems import MEDIA_TYPE, responses
from shared.security import SCOPES

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
DESCRIPTION = """\
ระบบงานพัฒนาชุมชน / The backend of community development work: poor households found and helped, village
funds, OTOP makers and markets, villages that host visitors.

Get a token at `/oauth/token` (client credentials) and send it as `Authorization: Bearer …`. Errors are
problems (RFC 9457) in Thai or English, after `Accept-Language`."""

OWN = responses(
    errors.BadFraming,
    errors.BadTarget,
    errors.TargetNotEncoded,
    errors.RequestTimeout,
    errors.TargetTooLong,
    errors.CompressedBody,
    errors.TooManyRequests,
    errors.HeadersTooLarge,
    errors.ServiceFailed,
    errors.ServiceStarting,
    errors.ServiceDown,
    errors.DeadlineExceeded,
)
"""What the gateway itself may answer to a request for any service, by status."""


def merge(documents: Mapping[str, Mapping[str, Any]], *, public_url: str) -> dict[str, Any]:
    """Return the merged document.

    Components that several services describe alike are shared; those that differ get their service's name
    in front. Operation ids likewise.
    """
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Chumchon (ชุมชน)", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": public_url}],
        "tags": [],
        "paths": {},
        "components": {},
        "x-tagGroups": [],
    }
    used_ids: set[str] = set()
    shared_tags = _shared_tags(documents)
    for service, original in documents.items():
        document = _own_names(service, copy.deepcopy(dict(original)), merged["components"])
        tags: dict[str, None] = {}
        default = document.get("security")
        for path, item in document.get("paths", {}).items():
            for method in _METHODS:
                if method in item:
                    _operation(item[method], service, used_ids, default)
                    _own_problems(item[method], merged["components"].setdefault("examples", {}))
                    item[method]["tags"] = [
                        f"{service} {tag}" if tag in shared_tags else tag for tag in item[method]["tags"]
                    ]
                    tags.update(dict.fromkeys(item[method]["tags"]))
            merged["paths"][path] = item
        for kind, entries in document.get("components", {}).items():
            if kind != "securitySchemes":
                merged["components"].setdefault(kind, {}).update(entries)
        described = {tag["name"]: tag for tag in document.get("tags", [])}
        merged["tags"] += [described.get(name, {"name": name}) for name in tags]
        merged["x-tagGroups"].append({"name": service, "tags": list(tags)})
    merged["components"].setdefault("schemas", {}).update(problem_schemas())
    merged["components"]["securitySchemes"] = _schemes(public_url)
    merged["tags"] = list({tag["name"]: tag for tag in merged["tags"]}.values())
    return merged


def _shared_tags(documents: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return the tags that more than one service uses: they get the service's name in front."""
    users: dict[str, set[str]] = {}
    for service, document in documents.items():
        for item in document.get("paths", {}).values():
            for method in _METHODS:
                for tag in item.get(method, {}).get("tags", ()):
                    users.setdefault(tag, set()).add(service)
    return {tag for tag, services in users.items() if len(services) > 1}


def _operation(operation: dict[str, Any], service: str, used_ids: set[str], default: Any) -> None:
    """Put an operation under its service's tag and the gateway's security schemes."""
    operation["tags"] = operation.get("tags") or [service]
    name = operation.get("operationId")
    if name is not None:
        if name in used_ids:
            name = operation["operationId"] = f"{service}_{name}"
        used_ids.add(name)
    needed = operation.get("security", default)
    if needed and not any("client" in one for one in needed):
        scopes = sorted({scope for one in needed for named in one.values() for scope in named})
        operation["security"] = [{"oauth2": scopes}, {"bearer": []}]
    elif not needed:
        operation["security"] = []


def _own_problems(operation: dict[str, Any], examples: dict[str, Any]) -> None:
    """Add what the gateway may answer to an operation's answers; each example stands once, under its code."""
    for status, own in OWN.items():
        answer = operation["responses"].setdefault(str(status), {})
        media = answer.setdefault("content", {}).setdefault(
            MEDIA_TYPE, {"schema": own["content"][MEDIA_TYPE]["schema"]}
        )
        told = own["content"][MEDIA_TYPE]["examples"]
        examples.update(told)
        shown = {code: {"$ref": f"#/components/examples/{code}"} for code in told}
        media["examples"] = dict(sorted({**media.get("examples", {}), **shown}.items()))
        answer["description"] = ", ".join(f"`{code}`" for code in media["examples"])


def _own_names(service: str, document: dict[str, Any], taken: Mapping[str, Any]) -> dict[str, Any]:
    """Rename the components that another service describes otherwise, until nothing more collides.

    A component that is alike but refers to a renamed one differs after all: hence the repetition.
    """
    while True:
        renamed: dict[str, str] = {}
        for kind, entries in document.get("components", {}).items():
            if kind == "securitySchemes":
                continue
            for name in [
                name for name, entry in entries.items() if taken.get(kind, {}).get(name, entry) != entry
            ]:
                new = f"{service.capitalize()}{name}"
                renamed[f"#/components/{kind}/{name}"] = f"#/components/{kind}/{new}"
                entries[new] = entries.pop(name)
        if not renamed:
            return document
        document = _refer(document, renamed)


def _refer(node: Any, renamed: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {
            key: renamed.get(value, value)
            if key == "$ref" and isinstance(value, str)
            else {label: renamed.get(target, target) for label, target in value.items()}
            if key == "mapping"
            and isinstance(value, dict)
            and all(isinstance(t, str) for t in value.values())
            else _refer(value, renamed)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_refer(value, renamed) for value in node]
    return node


def _schemes(public_url: str) -> dict[str, Any]:
    scopes = dict(sorted(SCOPES.items()))
    return {
        "oauth2": {
            "type": "oauth2",
            "description": "Client credentials of a portal or feed",
            "flows": {"clientCredentials": {"tokenUrl": f"{public_url}/oauth/token", "scopes": scopes}},
        },
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token, as `python -m gateway.login --user NAME` prints one",
        },
        "client": {"type": "http", "scheme": "basic", "description": "A client's id and secret"},
    }
