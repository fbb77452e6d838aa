"""Loan money collected by a sheet: who owes what goes out, a receipt a row comes in, all of them or none."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.book_imports import reading
from funds.book_imports.workbook import Sheet
from funds.collection_sheets import queries
from funds.collection_sheets.errors import (
    CountedDiffers,
    NoCollectionTable,
    NothingCollected,
    SheetNotFilled,
)
from funds.collection_sheets.rules import Read, Slip, Wrong, item_id, read
from funds.collection_sheets.schemas import FilledLoanSheet
from funds.documents.collection import LOAN, LoanCollectionFacts, LoanDue
from funds.documents.facts import FundFacts
from funds.documents.places import place
from funds.ledger.errors import CONSTRAINTS as LEDGER
from funds.loans import service as loans
from funds.registry import service as registry
from funds.registry.rules import FundFacts as Registered
from funds.repayments import queries as receipts
from funds.repayments import service as repayments
from funds.repayments.errors import CONSTRAINTS, RepaymentReversed
from funds.repayments.schemas import NewRepayment
from funds.repayments.service import Recorded
from shared import audit, problems
from shared.db import driver
from shared.errors import FieldError, Refusal
from shared.ids import uuid7
from shared.money import baht
from shared.security import Principal

_PLACES: Final = 100
"""So many places of a sheet are told at once."""
_SERVER: Final = 500


@dataclass(slots=True)
class Tried:
    """What recording the rows of a sheet comes to."""

    batch_id: UUID
    read: Read
    recorded: dict[int, Recorded] = field(default_factory=dict)
    """By row."""
    wrong: list[Wrong] = field(default_factory=list)

    @property
    def new(self) -> list[Slip]:
        """Return the rows that were not recorded before."""
        return [one for one in self.read.slips if not self.recorded[one.row].repeated]


async def sheet(
    session: AsyncSession, *, fund_id: UUID, until: date, principal: Principal, now: datetime
) -> LoanCollectionFacts:
    """Return what a fund's open loans owe until a day; leaves an audit row. Raises FundNotFound."""
    fund = await registry.require(session, fund_id, principal=principal, active=False)
    await _seen(session, "read", fund.id, principal=principal, now=now)
    return await owed(session, fund, until=until)


async def owed(session: AsyncSession, fund: Registered, *, until: date) -> LoanCollectionFacts:
    """Return what the open loans of a fund owe until a day, for who has seen to the caller's areas."""
    rows = await queries.due(session, fund.id, until=until)
    named = FundFacts(name=fund.name_th, place=place(fund.area_code))
    return LoanCollectionFacts(fund=named, until=until, loans=[LoanDue(**row) for row in rows])


async def collect(
    session: AsyncSession, *, fund_id: UUID, filled: FilledLoanSheet, actor: Principal, now: datetime
) -> Tried:
    """Record a receipt for each row of a filled sheet with money; nothing while one of them is refused.

    Raises FundNotFound, UnreadableBook, CitizenIdsInBook, NoCollectionTable, NothingCollected,
    CountedDiffers, and SheetNotFilled with every place and why.
    """
    tried = await _tried(session, fund_id, filled, actor=actor, now=now)
    if tried.wrong:
        sheet_name = tried.read.sheet
        places = (
            FieldError(f"/file/{sheet_name}/{one.place}", one.code, one.th, one.en)
            for one in sorted(tried.wrong)[:_PLACES]
        )
        raise SheetNotFilled(errors=list(places))
    _agree(tried.read, filled)
    return tried


async def check(
    session: AsyncSession, *, fund_id: UUID, filled: FilledLoanSheet, actor: Principal, now: datetime
) -> bytes:
    """Return the sheet with what would become of each row beside it; nothing is recorded but an audit row.

    Raises what `collect` does for the whole of a sheet, not for its rows nor for what was counted.
    """
    undo = (await driver(session)).transaction()
    await undo.start()
    try:
        tried = await _tried(session, fund_id, filled, actor=actor, now=now)
    finally:
        await undo.rollback()
    await _seen(session, "check", fund_id, principal=actor, now=now)
    said = {row: "บันทึกแล้ว" if one.repeated else "บันทึกได้" for row, one in tried.recorded.items()}
    return await asyncio.to_thread(_marked, filled.file.file, tried, said)


def _marked(file: BinaryIO, tried: Tried, said: Mapping[int, str]) -> bytes:
    from funds.collection_sheets import marking  # noqa: PLC0415  # openpyxl takes 0.5 s, only where needed

    return marking.marked(file, tried.read, tried.wrong, said)


async def _tried(
    session: AsyncSession, fund_id: UUID, filled: FilledLoanSheet, *, actor: Principal, now: datetime
) -> Tried:
    """Record what a sheet says as far as it can be, each row under a savepoint of its own."""
    fund = await registry.require(session, fund_id, principal=actor, active=False)
    sheets = await asyncio.to_thread(_opened, filled.file.file)
    found = read(sheets, await queries.known(session, fund.id))
    if found is None:
        raise NoCollectionTable(pointer="/file")
    if not found.slips and not found.wrong:
        raise NothingCollected(pointer="/file")
    tried = Tried(uuid7(), found, wrong=list(found.wrong))
    for loan_id in sorted(one.loan_id for one in found.slips):  # before the books, which the first one locks
        await loans.lock(session, loan_id, principal=actor)
    for slip in found.slips:
        new = _receipt(fund.id, slip, filled)
        outcome = await _recorded(session, new, batch_id=tried.batch_id, actor=actor, now=now)
        if isinstance(outcome, Refusal):
            tried.wrong.append(_refused(slip, found, outcome))
        else:
            tried.recorded[slip.row] = outcome
    return tried


def _receipt(fund_id: UUID, slip: Slip, filled: FilledLoanSheet) -> NewRepayment:
    return NewRepayment.model_construct(
        id=item_id(fund_id, slip, filled.paid_on),
        loan_id=slip.loan_id,
        receipt_no=slip.receipt_no,
        paid_on=filled.paid_on,
        booked_on=filled.booked_on,
        amount=slip.amount,
        channel=filled.channel,
        early=None,
        parts=[],
        note=None,
    )


async def _recorded(
    session: AsyncSession, new: NewRepayment, *, batch_id: UUID, actor: Principal, now: datetime
) -> Recorded | Refusal:
    """Record a row under a savepoint, so that the others can be tried when it is refused."""
    try:
        async with (await driver(session)).transaction():
            recorded = await repayments.record(session, new=new, actor=actor, now=now, batch_id=batch_id)
            if recorded.repeated and await _reversed(session, recorded.id, actor):
                return RepaymentReversed(
                    "ถ้าได้รับเงินนี้จริง ให้ออกใบเสร็จเลขที่ใหม่",
                    "Where the money did come in, give a receipt of another number",
                )
    except Exception as error:
        refusal = problems.to_refusal(error, constraints={**LEDGER, **CONSTRAINTS})
        if refusal.status >= _SERVER:
            raise
        return refusal
    return recorded


async def _reversed(session: AsyncSession, repayment_id: UUID, actor: Principal) -> bool:
    found = await receipts.one(session, repayment_id, areas=actor.areas)
    return found is not None and found["reversed_on"] is not None


def _refused(slip: Slip, found: Read, refusal: Refusal) -> Wrong:
    """Return a refusal at the cell of the amount."""
    th, en = (
        f"{title} ({detail})" if detail else title
        for title, detail in (
            (refusal.title_th, refusal.detail_th),
            (refusal.title_en, refusal.detail_en),
        )
    )
    return Wrong(slip.row, found.columns[LOAN], refusal.code, th, en)


def _agree(found: Read, filled: FilledLoanSheet) -> None:
    if found.total != filled.counted:
        said, counted = baht(found.total), baht(filled.counted)
        raise CountedDiffers(
            f"รวมในใบเก็บเงิน {said} บาท นับเงินได้ {counted} บาท",
            f"The rows sum to {said}, counted were {counted}",
            pointer="/counted",
            total=said,
        )


def _opened(file: BinaryIO) -> Sequence[Sheet]:
    """Return the sheets of a workbook that holds no citizen id."""
    sheets = reading.opened(file)
    reading.refuse_citizen_ids(sheets)
    return sheets


async def _seen(
    session: AsyncSession, what: str, fund_id: UUID, *, principal: Principal, now: datetime
) -> None:
    action = f"collection_sheet.{what}"
    await audit.record(session, principal=principal, action=action, subjects=[fund_id], now=now)


def result(tried: Tried) -> dict[str, Any]:
    """Return what became of a sheet as `schemas.CollectedReceipts` says it."""
    new, columns = tried.new, tried.read.columns
    return {
        "batch_id": tried.batch_id,
        "recorded": len(new),
        "repeated": len(tried.recorded) - len(new),
        "amount": sum(one.amount for one in new),
        "results": [
            {
                "place": Wrong(one.row, columns[LOAN], "", "", "").place,
                "contract_no": one.contract_no,
                "receipt_no": one.receipt_no,
                "amount": one.amount,
                "repayment_id": tried.recorded[one.row].id,
                "outcome": "repeated" if tried.recorded[one.row].repeated else "recorded",
            }
            for one in tried.read.slips
        ],
    }
