"""Files of a feed into temporary tables: read by the processes, copied as they come."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg

from households.feeds import wire
from households.feeds.opening import Opened
from households.feeds.parsing import Piece, sortable
from households.feeds.pool import Pool
from households.feeds.positions import Keys, Seen, Source, Sources, cut
from households.feeds.rules import AMOUNTS, FileKind
from households.feeds.worker_process import Lines, Parse, write_known

Progress = Callable[[int, int | None], Awaitable[None]]

_AMOUNT_COLUMNS: Final = ", ".join(f"{name} bigint" for name in AMOUNTS)
_TABLES: Final = {
    "households": f"""
        CREATE TEMP TABLE staged_households (
            position bigint, id uuid, row_hash bigint, house_id text COLLATE "C", house_no text,
            village_code text COLLATE "C", lat float8, lon float8, members smallint, {_AMOUNT_COLUMNS},
            income_band smallint, indicators text COLLATE "C", failed integer, own_dimensions smallint
        ) ON COMMIT DROP""",
    "persons": """
        CREATE TEMP TABLE staged_persons (
            position bigint, id uuid, row_hash bigint, citizen_id_index bytea,
            citizen_id_enc bytea, house_id text COLLATE "C", prefix text, first_name text,
            first_name_key text COLLATE "C", last_name text, last_name_key text COLLATE "C",
            sex text COLLATE "C", birth_date date, relation text COLLATE "C", occupation text COLLATE "C",
            conditions smallint, indicators text COLLATE "C", failed integer, own_dimensions smallint
        ) ON COMMIT DROP""",
    "welfare": """
        CREATE TEMP TABLE staged_welfare (position bigint, citizen_id_index bytea, welfare smallint)
        ON COMMIT DROP""",
}
_KNOWN: Final = {
    "households": "SELECT row_hash FROM edition_households WHERE edition_id = $1",
    "persons": "SELECT row_hash FROM edition_persons WHERE edition_id = $1",
}
_JOINED: Final = {
    "households": "house_id, village_code",
    "persons": "house_id, citizen_id_index, relation",
    "welfare": "citizen_id_index",
}
"""Columns that statements join by: what the planner must know of."""
_COPY_HEAD: Final = 19
_COPY_ROW: Final = 14


@dataclass(frozen=True, slots=True)
class Fault:
    """A row rejected: where it stands, what is wrong with it, and the row itself."""

    kind: FileKind
    position: int
    faults: list[tuple[str | None, str, str]]
    raw: dict[str, str]


@dataclass(slots=True)
class Stage:
    """What has been staged so far."""

    connection: asyncpg.Connection
    pool: Pool
    edition_id: UUID
    scratch: Path
    sources: Sources = field(default_factory=Sources)
    rejected: list[Fault] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    copied: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    known: dict[str, Sequence[int]] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    keys: dict[str, Keys] = field(default_factory=dict)


async def create_tables(connection: asyncpg.Connection) -> None:
    """Create the temporary tables of an import; they end with its transaction."""
    for statement in _TABLES.values():
        await connection.execute(statement)


async def stage_file(
    stage: Stage, *, kind: FileKind, file_id: UUID, file: Opened, progress: Callable[[int], Awaitable[None]]
) -> None:
    """Read a file and copy its rows into its temporary table."""
    known = await _known_file(stage, kind)
    messages = []
    for start, end in cut(file):
        source = Source(kind=kind, file_id=file_id, file=file, start=start, end=end)
        messages.append(Parse(kind, file, start, end, stage.sources.add(source), known))
    await _copy(stage, kind, messages, progress)
    stage.sources.number_lines(kind)
    await stage.connection.execute(f"ANALYZE staged_{kind} ({_JOINED[kind]})")


async def stage_held(stage: Stage, *, file: Opened, places: Sequence[tuple[UUID, int]]) -> None:
    """Read held persons again, written out as a file; `places` are the file and line each came from."""
    messages = []
    start = file.start
    with file.path.open("rb") as lines:
        lines.seek(start)
        for file_id, line in places:
            end = start + len(lines.readline())
            source = Source("persons", file_id, file, start, end, line_numbers=[line])
            messages.append(Parse("persons", file, start, end, stage.sources.add(source)))
            start = end

    async def silent(_rows: int) -> None: ...

    await _copy(stage, "persons", messages, silent)


async def raw_rows(stage: Stage, positions: Sequence[int]) -> dict[int, dict[str, str]]:
    """Return the rows at these positions as their files have them."""
    wanted: dict[int, list[tuple[int, int]]] = {}
    for position in positions:
        source, line = stage.sources.of(position)
        wanted.setdefault(id(source), []).append((position, line))
    found: dict[int, dict[str, str]] = {}
    for places in wanted.values():
        source, _ = stage.sources.of(places[0][0])
        numbers = tuple(line for _, line in places)
        lines = await stage.pool.ask(Lines(source.file, source.start, source.end, numbers))
        for (position, _), line in zip(places, lines, strict=True):
            found[position] = as_row(source.file, line)
    return found


def as_row(file: Opened, line: bytes) -> dict[str, str]:
    """Return a line as its columns and values."""
    values = line.decode(errors="replace").split(file.separator.decode())
    return dict(zip(file.header, values, strict=False))


async def _copy(
    stage: Stage, kind: FileKind, messages: list[Parse], progress: Callable[[int], Awaitable[None]]
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield wire.HEADER
        async for message, piece in stage.pool.each(messages):
            _note(stage, kind, message, piece)
            await progress(piece.rows)
            yield piece.copy
        yield wire.TRAILER

    await stage.connection.copy_to_table(f"staged_{kind}", source=pieces(), format="binary")


def _note(stage: Stage, kind: FileKind, message: Parse, piece: Piece) -> None:
    source, _ = stage.sources.of(message.position)
    source.lines = piece.lines
    if source.line_numbers is None:
        stage.rows[kind] = stage.rows.get(kind, 0) + piece.rows
    stage.copied[kind] = stage.copied.get(kind, 0) + piece.copied
    stage.unchanged[kind] = stage.unchanged.get(kind, 0) + len(piece.places)
    if piece.places:
        stage.seen[kind].note(piece.places, piece.unchanged, message.position)
    if piece.keys:
        stage.keys.setdefault(kind, Keys()).add(piece.keys)
    for row in piece.rejected:
        raw = as_row(message.file, row.raw)
        stage.rejected.append(Fault(kind, message.position + row.line, row.faults, raw))


async def _known_file(stage: Stage, kind: FileKind) -> Path | None:
    """Write out the hashes of the rows the edition holds; None when it holds none."""
    if kind not in _KNOWN:
        return None
    data = bytearray()

    async def keep(block: bytes) -> None:  # asyncpg wants a coroutine function
        data.extend(block)

    await stage.connection.copy_from_query(_KNOWN[kind], stage.edition_id, output=keep, format="binary")
    rows = range(_COPY_HEAD, len(data) - 2, _COPY_ROW)
    known = sorted(sortable(int.from_bytes(data[at + 6 : at + _COPY_ROW], "big")) for at in rows)
    if not known:
        return None
    stage.known[kind] = known
    stage.seen[kind] = Seen(len(known))
    path = stage.scratch / f"known-{kind}"
    write_known(path, known)
    return path
