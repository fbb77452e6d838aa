"""Cut-off sheets over HTTP."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger.errors import OverCapital, PeriodClosed, ReversalByRecorder
from funds.members.errors import UnknownFundMember
from funds.permissions import FundApprover, SavingsReader, SavingsWriter
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound
from funds.savings import service as savings
from funds.savings.errors import NotASavingsFund
from funds.savings_sheets import errors, queries, service
from funds.savings_sheets.schemas import (
    NewAnnualSheet,
    NewOpeningSheet,
    SheetOut,
    SheetReversal,
    SheetRowOut,
)
from shared import audit, clock, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor

router = web.router(tags=["savings"])
_WRITE = (FundNotFound, FundNotActive, NotASavingsFund)
_SHEET = (errors.SavingsSheetNotFound, errors.SavingsSheetEnded)


@router.get(
    "/savings/{fund_id}/sheets",
    response_model=paging.Page[SheetOut],
    responses=problems.responses(FundNotFound, NotASavingsFund, InvalidCursor),
    summary="Cut-off sheets (ใบตัดยอด)",
)
async def list_savings_sheets(
    session: ReadSession, principal: SavingsReader, fund_id: UUID, page: paging.PageParams
) -> Response:
    """List a group's opening and year-end sheets. รายการใบตัดยอดยกมาและสิ้นปี."""
    await savings.require(session, fund_id, principal=principal)
    after = page.place(UUID)
    rows = await queries.page(session, fund_id, after=after, limit=page.fetch)
    total = await queries.count(session, fund_id) if page.count else None
    return paging.page(page, rows, shape=_shown, key=("id",), total=total)


@router.post(
    "/savings/{fund_id}/sheets/opening",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        *_WRITE,
        DateInFuture,
        UnknownFundMember,
        errors.BooksNotEmpty,
        errors.SheetTotalDiffers,
        errors.SheetEmpty,
        errors.MemberTwice,
        errors.SavingsSheetExists,
    ),
    summary="Record opening balances (บันทึกใบตัดยอดยกมา)",
)
async def record_opening_sheet(
    session: Session, principal: SavingsWriter, fund_id: UUID, body: NewOpeningSheet
) -> SheetOut:
    """Record what members had when the group began here; booked when somebody else signs the total.

    บันทึกยอดยกมาของสมาชิก ลงบัญชีเมื่อผู้อื่นลงนามรับรองยอดรวม
    """
    made = await service.record_opening(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    return await _one(session, fund_id, made)


@router.post(
    "/savings/{fund_id}/sheets/annual",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(*_WRITE, DateInFuture, errors.BooksDisagree, errors.SavingsSheetExists),
    summary="Close a year (ทำใบตัดยอดสิ้นปี)",
)
async def record_annual_sheet(
    session: Session, principal: SavingsWriter, fund_id: UUID, body: NewAnnualSheet
) -> SheetOut:
    """Freeze everybody's balance at the end of a day; refused where it is not what the books say.

    ตรึงยอดเงินออมและหุ้นของทุกคน ณ สิ้นวัน ต้องตรงกับบัญชีคุม
    """
    made = await service.record_annual(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    return await _one(session, fund_id, made)


@router.get(
    "/savings/{fund_id}/sheets/{sheet_id}",
    responses=problems.responses(FundNotFound, NotASavingsFund, errors.SavingsSheetNotFound),
    summary="One sheet (ข้อมูลใบตัดยอด)",
)
async def read_savings_sheet(
    session: ReadSession, principal: SavingsReader, fund_id: UUID, sheet_id: UUID
) -> SheetOut:
    """Return a sheet with its totals. ใบตัดยอดพร้อมยอดรวม."""
    await savings.require(session, fund_id, principal=principal)
    return await _one(session, fund_id, sheet_id)


@router.get(
    "/savings/{fund_id}/sheets/{sheet_id}/rows",
    response_model=paging.Page[SheetRowOut],
    responses=problems.responses(FundNotFound, NotASavingsFund, errors.SavingsSheetNotFound, InvalidCursor),
    summary="Who had what (รายการในใบตัดยอด)",
)
async def list_savings_sheet_rows(
    session: Session, principal: SavingsReader, fund_id: UUID, sheet_id: UUID, page: paging.PageParams
) -> Response:
    """List members' balances on a sheet. Leaves an audit row. ยอดของสมาชิกในใบตัดยอด บันทึกการเข้าถึง."""
    await savings.require(session, fund_id, principal=principal)
    sheet = await _one(session, fund_id, sheet_id)
    after = page.place(UUID)
    rows = await queries.rows(session, sheet_id, after=after, limit=page.fetch)
    await audit.record(
        session,
        principal=principal,
        action="savings_sheet.rows",
        subjects=[fund_id, sheet_id],
        now=clock.now(),
    )
    total = sheet.members if page.count else None
    return paging.page(page, rows, key=("member_id",), shape=_row, total=total)


@router.post(
    "/savings/{fund_id}/sheets/{sheet_id}/signature",
    responses=problems.responses(
        *_WRITE,
        *_SHEET,
        errors.OwnSheet,
        errors.BooksNotEmpty,
        errors.SheetChanged,
        errors.BooksDisagree,
        PeriodClosed,
    ),
    summary="Sign a sheet (ลงนามใบตัดยอด)",
)
async def sign_savings_sheet(
    session: Session, principal: FundApprover, fund_id: UUID, sheet_id: UUID
) -> SheetOut:
    """Sign as another person than who recorded it; an opening is booked by it. ลงนามโดยผู้ที่ไม่ใช่ผู้บันทึก."""
    await service.sign(session, fund_id=fund_id, sheet_id=sheet_id, actor=principal, now=clock.now())
    return await _one(session, fund_id, sheet_id)


@router.post(
    "/savings/{fund_id}/sheets/{sheet_id}/withdrawal",
    responses=problems.responses(*_WRITE, *_SHEET),
    summary="Take a sheet back (ถอนใบตัดยอด)",
)
async def withdraw_savings_sheet(
    session: Session, principal: SavingsWriter, fund_id: UUID, sheet_id: UUID
) -> SheetOut:
    """Take a sheet back that nobody has signed. ถอนใบตัดยอดที่ยังไม่ลงนาม."""
    await service.withdraw(session, fund_id=fund_id, sheet_id=sheet_id, actor=principal, now=clock.now())
    return await _one(session, fund_id, sheet_id)


@router.post(
    "/savings/{fund_id}/sheets/{sheet_id}/reversal",
    responses=problems.responses(
        *_WRITE,
        errors.SavingsSheetNotFound,
        errors.SheetNotReversible,
        errors.OpeningBuiltUpon,
        ReversalByRecorder,
        PeriodClosed,
        OverCapital,
    ),
    summary="Take a signed sheet back (กลับรายการใบตัดยอด)",
)
async def reverse_savings_sheet(
    session: Session, principal: FundApprover, fund_id: UUID, sheet_id: UUID, body: SheetReversal
) -> SheetOut:
    """Take back a sheet that was signed wrongly, as another person than who signed it, with the reason.

    An opening leaves the books again, on its own day, while nothing else stands in them; then the right one
    is recorded and signed. กลับใบตัดยอดที่ลงนามผิดพร้อมเหตุผล โดยผู้ที่ไม่ได้ลงนาม
    ใบยกมากลับได้เมื่อไม่มีรายการบัญชีอื่น แล้วบันทึกใบใหม่ที่ถูกต้อง
    """
    await service.reverse(
        session, fund_id=fund_id, sheet_id=sheet_id, reversal=body, actor=principal, now=clock.now()
    )
    return await _one(session, fund_id, sheet_id)


async def _one(session: AsyncSession, fund_id: UUID, sheet_id: UUID) -> SheetOut:
    found = await queries.one(session, fund_id, sheet_id)
    if found is None:
        raise errors.SavingsSheetNotFound
    return _shown(found)


def _shown(row: Any) -> SheetOut:
    return SheetOut.model_validate({name: row[name] for name in SheetOut.model_fields})


def _row(row: Mapping[str, Any]) -> SheetRowOut:
    return SheetRowOut.model_validate(dict(row))
