"""Framing rules: what two HTTP parsers could read differently is refused, not repaired.

The parser in front (httptools) refuses bare LF, folded header fields, Content-Length beside
Transfer-Encoding and bad chunks; it passes what is refused here. Source: RFC 9112.
"""

import re

from starlette.types import Scope

from gateway.errors import BadFraming, BadTarget, CompressedBody, MethodNotImplemented
from shared.errors import Refusal

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NAME = re.compile(rb"[a-z0-9!#$%&'*+.^`|~_-]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_FORMS = {
    b"host": re.compile(rb"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"),
    b"content-length": re.compile(rb"[0-9]{1,15}"),
    b"transfer-encoding": re.compile(rb"[cC][hH][uU][nN][kK][eE][dD]"),
}
# An encoded slash, backslash, dot or control character makes gateway and service see different paths.
_AMBIGUOUS = re.compile(
    rb"%(?:2[eEfF]|5[cC]|[01][0-9a-fA-F]|7[fF])|%(?![0-9a-fA-F]{2})|[\\#]|//|/\.{1,2}(?:/|$)"
)
_BAD_QUERY = re.compile(rb"%(?![0-9a-fA-F]{2})|%00|[\x00-\x20\x7f-\xff]")


def fault(scope: Scope) -> Refusal | None:
    """Return why the request's head is refused, or None."""
    if scope["method"] not in METHODS:
        return MethodNotImplemented()
    return _target_fault(scope) or _header_fault(scope)


def _target_fault(scope: Scope) -> Refusal | None:
    path: bytes = scope["raw_path"]
    if not path.startswith(b"/") or _AMBIGUOUS.search(path):
        return BadTarget()
    if b"%" in path and "\ufffd" in scope["path"]:  # an escape that is not UTF-8
        return BadTarget()
    if scope["query_string"] and _BAD_QUERY.search(scope["query_string"]):
        return BadTarget()
    return None


def _header_fault(scope: Scope) -> Refusal | None:
    counted = {b"host": 0, b"content-length": 0, b"transfer-encoding": 0}
    for name, value in scope["headers"]:
        if name in counted:
            counted[name] += 1
            if not _FORMS[name].fullmatch(value):
                return BadFraming()
        elif name == b"content-encoding" and value.lower() != b"identity":
            return CompressedBody()
        elif not _NAME.fullmatch(name) or _CONTROL.search(value) or not (value.isascii() or _utf8(value)):
            return BadFraming()
    framed = counted[b"content-length"] + counted[b"transfer-encoding"]
    chunked_too_early = counted[b"transfer-encoding"] and scope["http_version"] != "1.1"
    if counted[b"host"] != 1 or framed > 1 or chunked_too_early:
        return BadFraming()
    return None


def _utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
