"""The workbook of an import: taken in, opened, checked against its fund. What is slow runs in a thread."""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Final

from sqlalchemy.ext.asyncio import AsyncSession

from funds.book_imports import checking, formulas, linking, queries, splitting, values
from funds.book_imports.checking import Checked, Frame
from funds.book_imports.errors import UNREADABLE, CitizenIdsInBook, FundsNotNamed, UnreadableBook
from funds.book_imports.linking import Known, People
from funds.book_imports.rules import FAULTS, Fault, letters
from funds.book_imports.splitting import Directory, Split
from funds.book_imports.workbook import Sheet, read_workbook
from funds.ledger.chart import chart
from funds.products import service as products
from funds.products.rules import cap_on
from funds.registry.rules import Kind
from shared.citizen import valid
from shared.errors import FieldError
from shared.imports import Limits, UnreadableFile
from shared.imports.limits import MIB
from shared.storage import Files

MAX_BYTES: Final = 15 * MIB
LIMITS: Final = Limits(entries=1_000, rows=60_000, columns=200, sheet_unpacked=200 * MIB)
MAX_SHEETS: Final = 30
MAX_SHEETS_OF_SEVERAL: Final = 400
MAX_CELLS: Final = 1_500_000
_THIRTEEN: Final = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12}(?![0-9])")
_SHOWN: Final = 20
_PLACES: Final = 100
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


def opened(file: BinaryIO, *, sheets: int = MAX_SHEETS) -> list[Sheet]:
    """Return the sheets of a workbook; raises UnreadableBook, whose reason says what to do."""
    _refuse_others(file)
    try:
        return read_workbook(file, LIMITS, sheets=sheets, cells=MAX_CELLS)
    except UnreadableFile as error:
        raise _unreadable(error.code) from error


def _refuse_others(file: BinaryIO) -> None:
    """Raise UnreadableBook for what people send instead of an .xlsx."""
    file.seek(0)
    head = file.read(len(_OLE))
    if head == _OLE:
        raise _unreadable("encrypted" if _ENCRYPTED in file.read(MAX_BYTES) else "old_excel")
    if not head.startswith(_ZIP):
        raise _unreadable("not_a_workbook")
    file.seek(0)


def _unreadable(reason: str) -> UnreadableBook:
    return UnreadableBook(*UNREADABLE.get(reason, ("", "")), reason=reason)


def refuse_citizen_ids(sheets: Sequence[Sheet]) -> None:
    """Raise CitizenIdsInBook, with the places, where a cell holds a citizen id: funds do not keep them."""
    found = []
    for place in _citizen_ids(sheets):
        found.append(FieldError(f"/file/{place}", CitizenIdsInBook.code))
        if len(found) == _SHOWN:
            break
    if found:
        raise CitizenIdsInBook(errors=found)


def _citizen_ids(sheets: Sequence[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        for number, row in enumerate(sheet.rows, 1):
            for at, cell in enumerate(row):
                if isinstance(cell, bool | date) or cell is None:
                    continue
                written = values.text(cell) or ""
                if any(valid(re.sub("[ -]", "", one)) for one in _THIRTEEN.findall(written)):
                    yield f"{sheet.name}/{letters(at)}{number}"


def taken_in(file: BinaryIO) -> None:
    """Raise UnreadableBook or CitizenIdsInBook for a file that is not to be kept."""
    refuse_citizen_ids(opened(file))


def taken_apart(file: BinaryIO, known: Directory) -> Split:
    """Return what of a workbook is whose; raises UnreadableBook, CitizenIdsInBook, FundsNotNamed."""
    sheets = opened(file, sheets=MAX_SHEETS_OF_SEVERAL)
    refuse_citizen_ids(sheets)
    found = splitting.split(sheets, known)
    if found.faults:
        raise FundsNotNamed(errors=[_place(fault) for fault in found.faults[:_PLACES]])
    if not found.all_funds:
        raise _unreadable("no_table")
    return found


def split_at(path: Path, known: Directory) -> Split:
    """Return what of a stored workbook is whose; raises as `taken_apart` does."""
    with path.open("rb") as file:
        return taken_apart(file, known)


def _place(fault: Fault) -> FieldError:
    place = fault.cell or fault.line
    return FieldError(f"/file/{fault.sheet}/{place}", fault.code, *FAULTS[fault.code])


@asynccontextmanager
async def at_hand(files: Files, key: str) -> AsyncIterator[Path]:
    """Yield a stored workbook as a local file, and a folder around it for what is made of it."""
    with tempfile.TemporaryDirectory(prefix="chumchon-book-") as folder:
        path = Path(folder) / "book.xlsx"
        await files.fetch(key, path)
        yield path


async def checked(session: AsyncSession, found: Mapping[str, Any], path: Path) -> tuple[Checked, People]:
    """Return the book of an import with all that is wrong with it, and who is who in it."""
    fund_kind: str = await queries.kind(session, found["fund_id"])
    caps = products.rate_caps()
    frame = Frame(
        cut_off_on=found["cut_off_on"],
        area_code=found["area_code"],
        max_rate=lambda day: cap_on(caps, day).annual_rate,
        kept=frozenset(chart(fund_kind)),
        households=await queries.households(session, found["area_code"]),
        targets_only=fund_kind == Kind.POVERTY,
    )
    existing = [Known(*row) for row in await queries.members(session, found["fund_id"])]
    return await asyncio.to_thread(_checked, path, frame, existing)


def _checked(path: Path, frame: Frame, existing: Sequence[Known]) -> tuple[Checked, People]:
    with path.open("rb") as file:
        sheets = opened(file)
        frame = replace(frame, unread=formulas.unread(file))
    book = checking.check(sheets, frame)
    return book, linking.link(book, existing)


def result_of(found: Checked, people: People) -> dict[str, Any]:
    """Return what a check found as `schemas.BookResult` says it; amounts in satang."""
    agreements = found.agreements()
    return {
        "tables": [
            {
                "part": part.value,
                "sheet": table.sheet,
                "heading_row": table.heading.last,
                "rows": len(table.lines),
                "columns": {name: letters(at) for name, at in table.heading.columns.items()},
                "ignored": [ways[0].strip() for _, ways in table.heading.others],
            }
            for part, table in found.tables.items()
        ],
        "ignored_sheets": found.ignored_sheets,
        "members": len(found.book.members),
        "new_members": len(people.new),
        "loans": len(found.book.debtors),
        "settled": found.book.settled,
        "debit": sum(row.debit for row in found.book.balances),
        "credit": sum(row.credit for row in found.book.balances),
        "agreements": [
            {
                "account": one.account.value,
                "register_total": one.register,
                "balance": one.balance,
                "agrees": one.agrees,
            }
            for one in agreements
        ],
        "truncated": found.truncated,
    }
