"""Rows that were not taken, kept for correction: rejected ones with their faults, held persons, welfare."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

import orjson

from households.feeds.checks import Held, LostHouseholds
from households.feeds.opening import SEPARATOR, Opened
from households.feeds.parsing import columns_of
from households.feeds.rules import FileKind, Unfit, citizen_id, house_reference, masked
from households.feeds.staging import Stage
from households.poverty.instruments import Instrument
from shared.citizen import Cipher, CitizenKeys
from shared.ids import uuid7

_REJECTION_COLUMNS: Final = (
    "id", "edition_id", "file_id", "file", "line", "ordinal", "column_name", "code", "value", "row_key",
    "raw",
)  # fmt: skip
_HELD_COLUMNS: Final = ("id", "edition_id", "house_id", "citizen_id_index", "file_id", "line", "raw")

# A newer file answers for the rejected rows of the file before it: those without a key to know them by are
# taken for answered, the others stay open until their household or person has come.
_ANSWERED = {
    "households": """
        DELETE FROM feed_rejections r WHERE edition_id = $1 AND file = 'households' AND (
            row_key IS NULL OR row_key = ANY($2) OR EXISTS (
                SELECT FROM households h JOIN edition_households e ON e.household_id = h.id
                       AND e.edition_id = $1
                WHERE h.house_id = convert_from(r.row_key, 'UTF8')))""",
    "persons": """
        DELETE FROM feed_rejections r WHERE edition_id = $1 AND file = 'persons' AND (
            row_key IS NULL OR row_key = ANY($2) OR EXISTS (
                SELECT FROM persons p JOIN edition_persons e ON e.person_id = p.id AND e.edition_id = $1
                WHERE p.citizen_id_index = r.row_key))""",
    "welfare": """
        DELETE FROM feed_rejections WHERE edition_id = $1 AND file = 'welfare' AND $2::bytea[] IS NOT NULL""",
}


def seal(cipher: Cipher, raw: dict[str, str], *, table: str, row: UUID) -> bytes:
    """Encrypt a row as it came: it holds a citizen id and names."""
    return cipher.encrypt(orjson.dumps(raw).decode(), table=table, row=row)


def unseal(cipher: Cipher, sealed: bytes, *, table: str, row: UUID) -> dict[str, str]:
    """Return a row as it came."""
    raw: dict[str, str] = orjson.loads(cipher.decrypt(sealed, table=table, row=row))
    return raw


def row_key(kind: FileKind, raw: dict[str, str], keys: CitizenKeys) -> bytes | None:
    """Return what a rejected row's household or person is known by, None where that itself is wrong."""
    try:
        if kind == "households":
            return house_reference(raw.get("house_id", "")).encode()
        return keys.index.index(citizen_id(raw.get("citizen_id", "")))
    except Unfit:
        return None


async def keep_rejected(stage: Stage, kinds: Sequence[FileKind], keys: CitizenKeys) -> None:
    """Replace the open rejections of the files just read by what they brought."""
    rows: list[tuple[Any, ...]] = []
    answered: dict[FileKind, list[bytes]] = {kind: [] for kind in kinds}
    for fault in stage.rejected:
        file_id, line = stage.sources.place(fault.position)
        key = row_key(fault.kind, fault.raw, keys)
        if key is not None:
            answered[fault.kind].append(key)
        for ordinal, (column, code, value) in enumerate(fault.faults):
            row = uuid7()
            raw = seal(keys.cipher, fault.raw, table="feed_rejections", row=row) if not ordinal else None
            shown = masked(column or "", value)
            rows.append(
                (row, stage.edition_id, file_id, fault.kind, line, ordinal, column, code, shown, key, raw)
            )
    for kind in kinds:
        await stage.connection.execute(_ANSWERED[kind], stage.edition_id, answered[kind])
    if rows:
        await stage.connection.copy_records_to_table(
            "feed_rejections", records=rows, columns=_REJECTION_COLUMNS
        )


async def keep_held(stage: Stage, held: Iterable[Held], cipher: Cipher) -> None:
    """Keep persons until their household comes."""
    rows = []
    for person in held:
        file_id, line = stage.sources.place(person.position)
        row = uuid7()
        raw = seal(cipher, person.raw, table="held_persons", row=row)
        rows.append((row, stage.edition_id, person.house_id, person.citizen_id_index, file_id, line, raw))
    if rows:
        await stage.connection.copy_records_to_table("held_persons", records=rows, columns=_HELD_COLUMNS)


async def forget_held(stage: Stage) -> None:
    """Drop held persons who came again: what came last counts."""
    await stage.connection.execute(
        "DELETE FROM held_persons h USING staged_persons s "
        "WHERE h.edition_id = $1 AND h.citizen_id_index = s.citizen_id_index",
        stage.edition_id,
    )


async def release_held(
    stage: Stage, instrument: Instrument, cipher: Cipher
) -> tuple[Opened, list[tuple[UUID, int]]] | None:
    """Take out the held persons whose household has come, as a file, with file and line of each."""
    rows = await stage.connection.fetch(
        "DELETE FROM held_persons h USING staged_households s "
        "WHERE h.edition_id = $1 AND h.house_id = s.house_id RETURNING h.id, h.file_id, h.line, h.raw",
        stage.edition_id,
    )
    if not rows:
        return None
    columns = columns_of("persons", instrument)
    lines = []
    for row in rows:
        raw = unseal(cipher, row["raw"], table="held_persons", row=row["id"])
        lines.append(SEPARATOR.join(raw.get(name, "").encode() for name in columns) + b"\n")
    path = stage.scratch / "held.flat"
    size = path.write_bytes(b"".join(lines))  # a local temporary file
    opened = Opened(path, columns, SEPARATOR, 0, size, len(rows))
    return opened, [(row["file_id"], row["line"]) for row in rows]


async def lost_households(stage: Stage, cipher: Cipher, *, read_now: bool) -> LostHouseholds:
    """Return the rejected households: of the file just read, else those still open from before."""
    lost = LostHouseholds()
    for fault in stage.rejected:
        if fault.kind == "households":
            lost.add(fault.raw)
    before = await stage.connection.fetch(
        "SELECT id, raw, row_key FROM feed_rejections "
        "WHERE edition_id = $1 AND file = 'households' AND ordinal = 0",
        stage.edition_id,
    )
    for row in before:
        if row["row_key"] is not None or not read_now:
            lost.add(unseal(cipher, row["raw"], table="feed_rejections", row=row["id"]))
    return lost
