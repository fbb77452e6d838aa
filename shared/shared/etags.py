"""Versions of what is changed: a strong ETag out, If-Match in (RFC 9110 sections 8.8.3 and 13.1.1)."""

import re
from typing import Annotated, Any

from fastapi import Depends, Header

from shared.errors import StaleVersion, VersionRequired

_TAG = re.compile(r'"([0-9]{1,18})"')


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
