"""Which header fields pass the door, in either direction. Source: RFC 9110 section 7.6, RFC 7239."""

from collections.abc import Iterable, Sequence
from ipaddress import ip_address

from multidict import CIMultiDict

_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"http2-settings",
    }
)
# The gateway sets these itself, or nobody inside shall hear them from outside.
_REPLACED = _HOP | {
    b"authorization",
    b"content-length",
    b"cookie",
    b"expect",
    b"forwarded",
    b"host",
    b"traceparent",
    b"via",
    b"x-real-ip",
    b"x-request-id",
}
_INSIDE = (b"x-internal", b"x-forwarded", b"x-original", b"x-rewrite", b"x-http-method", b"x-method-override")
# The door says these itself.
_DROPPED_ANSWER = _HOP | {b"date", b"server", b"x-content-type-options", b"x-powered-by", b"x-request-id"}

Fields = Sequence[tuple[bytes, bytes]]


def inward(fields: Fields) -> CIMultiDict[str]:
    """Return the caller's fields that a service may see.

    A name with an underscore is dropped: some servers read `X_Internal` as `X-Internal`.
    """
    named = _named(fields)
    kept: CIMultiDict[str] = CIMultiDict()
    for name, value in fields:
        if name in _REPLACED or name in named or b"_" in name or name.startswith(_INSIDE):
            continue
        kept.add(name.decode("ascii"), value.decode())
    return kept


def outward(fields: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return a service's fields that the caller may see."""
    lowered = [(name.lower(), value) for name, value in fields]
    named = _named(lowered)
    return [
        (name, value)
        for name, value in lowered
        if name not in _DROPPED_ANSWER and name not in named and not name.startswith(b"x-internal")
    ]


def forwarded(client: tuple[str, int] | None, *, host: bytes, proto: str) -> str:
    """Return the Forwarded field: for whom, under which name, over which protocol."""
    address = client[0] if client else "unknown"
    shown = f'"[{address}]"' if ":" in address else address
    return f'for={shown};host="{host.decode("ascii")}";proto={proto}'


def believed(fields: Fields) -> str | None:
    """Return the caller's address that a trusted proxy in front states, or None when it states none."""
    stated = [value for name, value in fields if name == b"x-forwarded-for"]
    if len(stated) != 1:
        return None
    try:
        return str(ip_address(stated[0].decode("latin-1").rpartition(",")[2].strip()))
    except ValueError:
        return None


def _named(fields: Fields) -> frozenset[bytes]:
    """Return the names that Connection lists: they concern this hop only."""
    listed = [value for name, value in fields if name == b"connection"]
    if not listed:
        return frozenset()
    return frozenset(option.strip().lower() for value in listed for option in value.split(b","))
