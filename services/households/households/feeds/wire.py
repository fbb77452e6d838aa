"""Rows in PostgreSQL's binary COPY form, put together from pieces that are encoded once and used often."""

import os
import struct
from collections.abc import Callable
from datetime import date
from typing import Any, Final

HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
NULL: Final = b"\xff\xff\xff\xff"

_INT2: Final = struct.Struct(">ih")
_INT4: Final = struct.Struct(">ii")
_INT8: Final = struct.Struct(">iq")
_DOUBLE: Final = struct.Struct(">id")
_UUID7: Final = struct.Struct(">6sHH6s")
_EPOCH: Final = date(2000, 1, 1).toordinal()
_COUNTER_BITS: Final = 14
_RANDOM: Final = 6
_ENTRIES: Final = 200_000


def text(value: str | None) -> bytes:
    """Return a text field; None is NULL."""
    if value is None:
        return NULL
    data = value.encode()
    return len(data).to_bytes(4, "big") + data


def int2(value: int) -> bytes:
    """Return a smallint field."""
    return _INT2.pack(2, value)


def int4(value: int) -> bytes:
    """Return an integer field."""
    return _INT4.pack(4, value)


def int8(value: int) -> bytes:
    """Return a bigint field."""
    return _INT8.pack(8, value)


def double(value: float | None) -> bytes:
    """Return a double precision field; None is NULL."""
    return NULL if value is None else _DOUBLE.pack(8, value)


def day(value: date) -> bytes:
    """Return a date field."""
    return _INT4.pack(4, value.toordinal() - _EPOCH)


class Memo(dict[bytes, Any]):
    """What a reader made of each distinct raw value: a million rows hold few different ones.

    Forgets everything when it grows beyond reason. A value that does not fit raises and is not kept.
    """

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, raw: bytes) -> Any:
        if len(self) >= _ENTRIES:
            self.clear()
        made = self[raw] = self._read(raw.decode())
        return made


class Ids:
    """UUIDv7s in rising order: milliseconds, a counter of 26 bits, 48 random bits."""

    def __init__(self, milliseconds: int, count: int) -> None:
        self._time = milliseconds.to_bytes(6, "big")
        self._random = os.urandom(_RANDOM * count)

    def make(self, number: int) -> bytes:
        """Return the 16 bytes of the id with this number, from 0 to `count` - 1."""
        at = _RANDOM * number
        return _UUID7.pack(
            self._time,
            0x7000 | number >> _COUNTER_BITS,
            0x8000 | number & 0x3FFF,
            self._random[at : at + _RANDOM],
        )
