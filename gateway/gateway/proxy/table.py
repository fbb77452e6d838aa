"""The route table: which service owns an address, and what its OpenAPI document says of the operation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

SHARED_NOUNS = frozenset({"jobs", "sync", "instruments", "audit"})
"""Nouns that every service has; the next segment names the service."""
OWN_NOUNS = frozenset({"oauth", "identity", "quotas", "webhooks", "privacy", "openapi"})
"""Nouns of the gateway itself."""
JSON_LIMIT = 1 << 20
_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")


class NounTaken(ValueError):  # noqa: N818  # named after the fact
    """A service claims an address that another one, or the gateway, has."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a service, as its document describes it. `path` is the template, shown in logs."""

    path: str
    scopes: frozenset[str] | None
    """The scopes it needs; None where it takes callers without a token."""
    body_limit: int = JSON_LIMIT
    """Bytes of body it takes (`x-body-limit`)."""
    deadline: float | None = None
    """Seconds it may take to begin its answer (`x-deadline`); None is the gateway's default."""


UNDESCRIBED = Operation(path="none", scopes=frozenset())
"""An address below a service's noun that its document does not know: the service itself says 404."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """A service and where it answers."""

    name: str
    address: str


@dataclass(slots=True)
class _Node:
    children: dict[bytes, "_Node"] = field(default_factory=dict)
    wildcard: "_Node | None" = None
    operations: dict[str, Operation] = field(default_factory=dict)


class Table:
    """All services' addresses. Built anew whenever a document changes, never edited while in use."""

    def __init__(self) -> None:
        self._owners: dict[tuple[bytes, ...], Upstream] = {}
        self._root = _Node()

    def add(self, upstream: Upstream, document: Mapping[str, Any]) -> None:
        """Add a service's addresses; raises NounTaken, and then nothing of it is added."""
        paths = {path: item for path, item in document.get("paths", {}).items() if isinstance(item, Mapping)}
        claims = {claim(path, upstream.name) for path in paths}
        for wanted in sorted(claims):
            if wanted in self._owners:
                taken = self._owners[wanted].name
                raise NounTaken(f"{upstream.name} claims {_shown(wanted)}, which {taken} has")
        self._owners.update(dict.fromkeys(claims, upstream))
        security = document.get("security")
        for path, item in paths.items():
            node = self._root
            for segment in _segments(path):
                if segment.startswith(b"{") or b"{" in segment:
                    node.wildcard = node.wildcard or _Node()
                    node = node.wildcard
                else:
                    node = node.children.setdefault(segment, _Node())
            for method in _METHODS:
                if method in item:
                    node.operations[method.upper()] = _operation(path, item[method], security)

    def owner(self, segments: list[bytes]) -> Upstream | None:
        """Return the service that owns an address."""
        owners = self._owners
        return (
            owners.get(tuple(segments[:2])) or owners.get(tuple(segments[:3])) or owners.get((segments[0],))
        )

    def has(self, segments: list[bytes]) -> bool:
        """Tell whether a service owns the address that begins with these segments."""
        return self.owner(segments) is not None

    def operation(self, method: str, segments: list[bytes]) -> Operation:
        """Return what is known of an operation; a plain segment wins over a placeholder."""
        found = _find(self._root, segments, 0)
        if found is None:
            return UNDESCRIBED
        operation = found.operations.get(method)
        if operation is None and method == "HEAD":
            operation = found.operations.get("GET")
        return operation or UNDESCRIBED

    def nouns(self) -> Iterator[tuple[str, str]]:
        """Yield what is claimed and by whom, in order."""
        for claimed in sorted(self._owners):
            yield _shown(claimed), self._owners[claimed].name


def claim(path: str, service: str) -> tuple[bytes, ...]:
    """Return what of the address space a path belongs to: `/v1/loans/{id}` is `(v1, loans)`.

    Raises NounTaken for the gateway's own nouns, for a shared noun that does not name the service, and
    for a path without a noun.
    """
    segments = _segments(path)
    if segments[0] != b"v1":
        if not segments[0] or b"{" in segments[0]:
            raise NounTaken(f"{service} claims {path}, which names nothing")
        return (segments[0],)
    if len(segments) == 1 or not segments[1] or b"{" in segments[1]:
        raise NounTaken(f"{service} claims {path}, which has no noun")
    noun = segments[1].decode()
    if noun in OWN_NOUNS:
        raise NounTaken(f"{service} claims {path}, which the gateway has")
    if noun in SHARED_NOUNS:
        if len(segments) == 2 or segments[2].decode() != service:  # noqa: PLR2004
            raise NounTaken(f"{service} claims {path}: /v1/{noun}/ is followed by the service's name")
        return tuple(segments[:3])
    return tuple(segments[:2])


def _operation(path: str, described: Mapping[str, Any], security: Any) -> Operation:
    needed = described.get("security", security)
    scopes: frozenset[str] | None
    if not needed or {} in needed:
        scopes = None
    else:
        # Alternatives (OR) whose scopes differ are left to the service: the edge asks for what all share.
        alternatives = [frozenset(scope for named in one.values() for scope in named) for one in needed]
        scopes = frozenset.intersection(*alternatives)
    deadline = described.get("x-deadline")
    return Operation(
        path=path,
        scopes=scopes,
        body_limit=int(described.get("x-body-limit", JSON_LIMIT)),
        deadline=None if deadline is None else float(deadline),
    )


def _find(node: _Node, segments: list[bytes], position: int) -> _Node | None:
    if position == len(segments):
        return node if node.operations else None
    child = node.children.get(segments[position])
    if child is not None:
        found = _find(child, segments, position + 1)
        if found is not None:
            return found
    if node.wildcard is not None and segments[position]:
        return _find(node.wildcard, segments, position + 1)
    return None


def _segments(path: str) -> list[bytes]:
    return path.encode().split(b"/")[1:] or [b""]


def _shown(claimed: tuple[bytes, ...]) -> str:
    return "/" + b"/".join(claimed).decode()
