"""A workbook of 20,000 rows (10,000 members with savings, 10,000 open loans) taken over by the jobs.

Sent, checked in a dry run without faults, posted as one opening entry; then the same with a fault in every
hundredth row, which makes a marked copy. Seconds from the call to the job's end, files on the local disk.
"""

import io
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
from rich.table import Table

from shared import jobs
from shared.db import Database
from shared.security import SCOPES, Principal
from shared.storage import Files, new_key
from tools.bench.funds import Home

ROWS, LIMIT = 10_000, 60.0
_CUT_OFF = date(2025, 9, 30)
_NOW = datetime(2026, 1, 15, 3, 0, tzinfo=UTC)


async def run(home: Home, table: Table) -> None:
    """Measure dry run, posting and a marked copy."""
    from funds.book_imports import jobs as book_jobs  # noqa: PLC0415  # the tools run without a service too

    database = Database(home.dsn, application_name="bench", pool_size=4)
    rows = max(int(ROWS * home.scale), 10)
    with tempfile.TemporaryDirectory(prefix="chumchon-bench-") as folder:
        url = Path(folder).as_uri()
        work, files = book_jobs.work(files_url=url), Files(url)
        good = await _sent(database, files, _workbook(rows, faults=False), village="34190101")
        dry = await _timed(database, work, good, person="clerk")
        posted = await _timed(database, work, good, person="chair", post=True)
        await _counted(database, rows)
        bad = await _sent(database, files, _workbook(rows, faults=True), village="34190102")
        marked = await _timed(database, work, bad, person="clerk")
    for name, seconds in (
        ("dry run", dry),
        ("posting", posted),
        ("dry run and posting", dry + posted),
        ("dry run with a marked copy", marked),
    ):
        verdict = "kept" if seconds <= LIMIT else "MISSED"
        table.add_row(f"{name}, {rows * 2:,} rows", f"{seconds:.1f} s", f"≤ {LIMIT:.0f} s", verdict)
    await database.close()


def _person(name: str) -> Principal:
    return Principal(
        subject=f"user:{name}",
        client=None,
        scopes=frozenset(SCOPES),
        areas=("34",),
        roles=(),
        request_id="bench",
    )


async def _sent(database: Database, files: Files, content: bytes, *, village: str) -> UUID:
    from funds.book_imports import service  # noqa: PLC0415
    from funds.book_imports.schemas import NewBookImport  # noqa: PLC0415
    from funds.registry import service as registry  # noqa: PLC0415
    from funds.registry.schemas import NewFund  # noqa: PLC0415

    by: dict[str, Any] = {"actor": _person("clerk"), "now": _NOW}

    async def chunks() -> Any:
        yield content

    stored = await files.put(new_key("book-imports", suffix=".xlsx"), chunks(), limit=len(content))
    fund = NewFund.model_validate({"kind": "savings", "name_th": "กลุ่มออมทรัพย์", "area_code": village})
    async with database.transaction() as session:
        fund_id = await registry.register(session, new=fund, **by)
        new = NewBookImport(fund_id=fund_id, cut_off_on=_CUT_OFF)
        import_id = await service.begin(session, new=new, **by)
        await service.take_file(session, import_id=import_id, name="book.xlsx", stored=stored, **by)
    return import_id


async def _timed(
    database: Database, work: dict[str, jobs.Work], import_id: UUID, *, person: str, post: bool = False
) -> float:
    from funds.book_imports import service  # noqa: PLC0415

    by: dict[str, Any] = {"import_id": import_id, "actor": _person(person)}
    began = time.monotonic()
    async with database.transaction() as session:
        if post:
            read = await service.standing(session, import_id, actor=by["actor"])
            await service.start_post(session, if_match=f'"{read["version"]}"', now=_NOW, **by)
        else:
            await service.start_check(session, now=_NOW, **by)
    await jobs.run_pending(database, work)
    return time.monotonic() - began


async def _counted(database: Database, rows: int) -> None:
    """Fail where the books do not hold what the workbook did: a measurement of nothing is none."""
    from shared.testing.look import rows as read  # noqa: PLC0415

    (found,) = await read(database, "SELECT count(*) AS n, sum(outstanding)::bigint AS owed FROM loans")
    (lines,) = await read(database, "SELECT count(*) AS n FROM journal_lines")
    expected = (rows, rows * 500_000, rows * 2 + 2)
    if (found["n"], found["owed"], lines["n"]) != expected:
        raise RuntimeError(f"posted {found['n']} loans of {found['owed']}, {lines['n']} lines")


def _workbook(rows: int, *, faults: bool) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    for name, lines in (
        ("สมาชิก", _members(rows)),
        ("ลูกหนี้", _debtors(rows, faults=faults)),
        ("งบ", _balances(rows)),
    ):
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _members(rows: int) -> Iterator[tuple[Any, ...]]:
    yield ("เลขที่สมาชิก", "ชื่อ - สกุล", "โทรศัพท์", "วันที่เป็นสมาชิก", "เงินสัจจะสะสม")
    for number in range(1, rows + 1):
        yield (number, f"นายสมาชิก ที่{number}", "081-234-5678", "๑ ต.ค. ๖๐", "๑,๒๐๐.๕๐")
    yield ("รวม", None, None, None, rows * 1200.5)


def _debtors(rows: int, *, faults: bool) -> Iterator[tuple[Any, ...]]:
    yield ("เลขที่สมาชิก", "ผู้กู้", "สัญญาเลขที่", "เงินกู้", None, "คงเหลือ", "งวดถัดไป", "ครบกำหนด", "งวดคงเหลือ")
    yield (None, None, None, "วันที่", "จำนวนเงิน", None, None, None, None)
    for number in range(1, rows + 1):
        day: Any = date(2024, 1, 1) + timedelta(days=number % 365)
        if faults and number % 100 == 0:
            day = "31/2/2567"
        name = f"นายสมาชิก ที่{number}"
        yield (number, name, f"{number}/2567", day, 10000, 5000, "31/10/2568", date(2026, 3, 31), 6)
    yield ("รวมทั้งสิ้น", None, None, None, rows * 10000, rows * 5000, None, None, None)


def _balances(rows: int) -> Iterator[tuple[Any, ...]]:
    yield ("รายการ", "เดบิต", "เครดิต")
    yield ("เงินฝากธนาคาร", 1000, None)
    yield ("ลูกหนี้", rows * 5000, None)
    yield ("เงินสัจจะสะสม", None, rows * 1200.5)
    yield ("กำไรสะสม", None, 1000 + rows * 5000 - rows * 1200.5)
