"""What the stories of lending share: ids that stay the same, posting only what is not there yet."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID, uuid5

from shared.money import satang
from tools.demo.api import Caller

_SPACE: Final = UUID("0197f3e0-5d1c-7a54-9a1e-6d656d6f3131")

Row = dict[str, Any]
Advance = Callable[[], None]
"""Called after each thing that is there."""


def fixed_id(*names: object) -> str:
    """Return the id of one of the demo's things: the same in every run, so that it is made once."""
    return str(uuid5(_SPACE, "/".join(map(str, names))))


def post_new(caller: Caller, path: str, bodies: Iterable[Row], advance: Advance, **filters: Any) -> None:
    """Post the bodies whose ids the list at `path` does not have yet; `filters` narrow the list."""
    known = {one["id"] for one in caller.every(path, **filters)}
    for body in bodies:
        if body["id"] not in known:
            caller.post(path, body)
        advance()


def in_satang(row: Mapping[str, Any], name: str) -> int:
    """Return an amount of an answer as satang; nothing where it is not known."""
    return satang(row[name] or "0.00")
