"""Rows that were not taken, as a CSV to be corrected and sent back."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import asyncpg

from households.feeds.leftovers import unseal
from households.feeds.parsing import columns_of
from households.feeds.rules import FileKind
from households.poverty.instruments import Instrument
from shared.citizen import Cipher
from shared.imports import csv_chunks


def file(
    rows: Sequence[asyncpg.Record], *, kind: FileKind, instrument: Instrument, cipher: Cipher
) -> Iterator[bytes]:
    """Yield the CSV: the columns of the format, then what else the file had; the values as they came."""
    opened = [unseal(cipher, row["raw"], table="feed_rejections", row=UUID(str(row["id"]))) for row in rows]
    wanted = columns_of(kind, instrument)
    others = dict.fromkeys(name for row in opened for name in row if name not in wanted)
    header = (*wanted, *others)
    yield from csv_chunks(header, ([row.get(name, "") for name in header] for row in opened))
