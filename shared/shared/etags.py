"""Versions of what is changed: a strong ETag out, If-Match and If-None-Match in (RFC 9110, 8.8.3 and 13.1).

A row's version alone does not name an answer, which may show more than the row, masked or in full, as of
today. An answer that is read therefore has version and digest, `"3.8f0c…"`; `If-Match` looks at the version.
"""

import re
from hashlib import blake2b
from typing import Annotated, Any

from fastapi import Depends, Header
from starlette.responses import Response

from shared.errors import StaleVersion, VersionRequired

_TAG = re.compile(r'"([0-9]{1,18})(?:\.[0-9a-f]{16})?"')
DESCRIBED: dict[str, Any] = {
    "headers": {"ETag": {"description": "For If-Match and If-None-Match", "schema": {"type": "string"}}}
}
"""For the 200 of every GET whose answer has an ETag: OpenAPI then tells of If-None-Match and 304."""


def of(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


async def _given(
    if_match: Annotated[
        str | None, Header(description='The ETag of the version you saw, e.g. `"3"`', max_length=200)
    ] = None,
) -> str:
    """Return the If-Match header; raises VersionRequired when there is none."""
    if if_match is None:
        raise VersionRequired("ส่ง ETag ที่ได้รับล่าสุดในส่วนหัว If-Match", "Send the ETag you saw in If-Match")
    return if_match


IfMatch = Annotated[str, Depends(_given)]
"""Parameter type of every PATCH, PUT and DELETE: `if_match: etags.IfMatch`."""


def check(if_match: str, version: int) -> None:
    """Raise StaleVersion unless `if_match` names this version or is `*`; weak tags never match."""
    if if_match.strip() == "*":
        return
    tags = [tag.strip() for tag in if_match.split(",")]
    if not any((found := _TAG.fullmatch(tag)) and int(found[1]) == version for tag in tags):
        raise StaleVersion


def conditional(response: Response, if_none_match: str | None, *, secret: bytes) -> Response:
    """Name an answer exactly in its ETag; return 304 in its place to whoever has it already.

    The digest is keyed with the service's `secret`, so that a log line that shows it tells nothing.
    """
    version, body = response.headers.get("etag"), getattr(response, "body", None)
    if version is None or body is None or response.status_code != 200:  # noqa: PLR2004 - there is no other
        return response
    tag = f'{version[:-1]}.{blake2b(body, key=secret[:64], digest_size=8).hexdigest()}"'
    response.headers["etag"] = tag
    if if_none_match is None:
        return response
    known = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return Response(status_code=304, headers={"ETag": tag}) if tag in known or known == ["*"] else response


def merge_patch(target: Any, patch: Any) -> Any:
    """Return `target` changed by a JSON merge patch (RFC 7396); neither argument is altered."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged
