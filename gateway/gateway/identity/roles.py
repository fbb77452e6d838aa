"""Roles as data: what each may do, in `roles.json`. A grant is a role and the area it holds for."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import orjson

from shared.security import SCOPES

ALL = "*"


@cache
def scopes_by_role() -> dict[str, frozenset[str]]:
    """Return the scopes of every role; `*` in the file means all there are."""
    described = orjson.loads(files("gateway.identity").joinpath("roles.json").read_bytes())
    return {
        role: frozenset(SCOPES if ALL in facts["scopes"] else facts["scopes"])
        for role, facts in described.items()
    }


def scopes_of(roles: Iterable[str]) -> frozenset[str]:
    """Return what these roles may do together; a role that is not described may nothing."""
    known = scopes_by_role()
    return frozenset().union(*(known.get(role, frozenset()) for role in roles))
