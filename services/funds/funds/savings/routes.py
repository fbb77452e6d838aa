"""Members' savings over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.ledger.errors import OverCapital, PeriodClosed, ReversalBeforeEntry, ReversalByRecorder
from funds.members.errors import UnknownFundMember
from funds.permissions import SavingsReader, SavingsWriter
from funds.registry.errors import DateInFuture, FundNotActive, FundNotFound
from funds.savings import errors, queries, service, showing
from funds.savings.export import ACCOUNTS, DESCRIBED
from funds.savings.rules import month_of
from funds.savings.schemas import (
    AccountFilters,
    DepositsOut,
    Month,
    MonthlySheet,
    MovementFilters,
    MovementOut,
    MovementReversal,
    NewDeposits,
    NewPledge,
    NewSavingsRules,
    NewWithdrawal,
    PledgeOut,
    SavingsAccountOut,
    SavingsRulesOut,
    SavingsStatement,
    StatementFilters,
)
from shared import audit, clock, exports, paging, problems, web
from shared.clock import business_date
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, ScopeMissing

router = web.router(tags=["savings"])
_WRITE = (FundNotFound, FundNotActive, errors.NotASavingsFund)
_READ = (FundNotFound, errors.NotASavingsFund)


@router.get(
    "/savings/{fund_id}/rules",
    responses=problems.responses(*_READ),
    summary="What a group resolved about savings (ระเบียบกลุ่ม)",
)
async def list_savings_rules(
    session: ReadSession, principal: SavingsReader, fund_id: UUID
) -> list[SavingsRulesOut]:
    """Return a group's resolutions, the newest first; each holds until the next. ระเบียบเงินออมทุกฉบับ."""
    await service.require(session, fund_id, principal=principal)
    rows = await queries.all_rules(session, fund_id)
    return [SavingsRulesOut.model_validate(dict(row)) for row in rows]


@router.post(
    "/savings/{fund_id}/rules",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(*_WRITE, errors.SavingsRuleExists, errors.PledgeOutside),
    summary="Record a resolution (บันทึกมติระเบียบเงินออม)",
)
async def add_savings_rules(
    session: Session, principal: SavingsWriter, fund_id: UUID, body: NewSavingsRules
) -> SavingsRulesOut:
    """Record what the group resolved, in force from a day on; nothing before is changed. บันทึกระเบียบใหม่."""
    await service.resolve(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    rows = await queries.all_rules(session, fund_id)
    (made,) = (row for row in rows if row["valid_from"] == body.valid_from)
    return SavingsRulesOut.model_validate(dict(made))


@router.get(
    "/savings/{fund_id}/pledges",
    response_model=paging.Page[PledgeOut],
    responses=problems.responses(*_READ, InvalidCursor),
    summary="Pledges of members (เงินสัจจะ)",
)
async def list_savings_pledges(
    session: ReadSession, principal: SavingsReader, fund_id: UUID, page: paging.PageParams
) -> Response:
    """List pledges; the newest of a member holds. รายการสัจจะ รายการล่าสุดของสมาชิกมีผล."""
    await service.require(session, fund_id, principal=principal)
    after = page.place(UUID)
    rows = await queries.pledges(session, fund_id, after=after, limit=page.fetch)
    total = await queries.count_pledges(session, fund_id) if page.count else None
    return paging.page(page, rows, shape=showing.pledge, key=("id",), total=total)


@router.post(
    "/savings/{fund_id}/pledges",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(*_WRITE, UnknownFundMember, errors.PledgeOutside, errors.PledgeExists),
    summary="Record a pledge (บันทึกเงินสัจจะ)",
)
async def add_savings_pledge(
    session: Session, principal: SavingsWriter, fund_id: UUID, body: NewPledge
) -> PledgeOut:
    """Record what a member promises to save a month, from a month on. บันทึกสัจจะรายเดือนของสมาชิก."""
    made = await service.pledge(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    return showing.pledge(await queries.pledge(session, made))


@router.get(
    "/savings/{fund_id}/monthly-sheet",
    responses=problems.responses(*_READ),
    summary="Who promised and who brought what in a month (ใบรวมเงินสัจจะ)",
)
async def read_monthly_sheet(
    session: Session, principal: SavingsReader, fund_id: UUID, month: Annotated[Month, Query()]
) -> MonthlySheet:
    """Return a month's sheet with what is missing of each pledge. Audited. ใบรวมเงินสัจจะของเดือน."""
    await service.require(session, fund_id, principal=principal)
    of = month_of(month)
    rows = await queries.sheet(session, fund_id, month=of)
    await _seen(session, "savings.sheet", [fund_id], principal)
    return showing.sheet(rows, of=of)


@router.post(
    "/savings/{fund_id}/deposits",
    responses=problems.responses(*_WRITE, DateInFuture, PeriodClosed),
    summary="Record a sheet of deposits (รับเงินสัจจะ)",
)
async def record_savings_deposits(
    session: Session, principal: SavingsWriter, fund_id: UUID, body: NewDeposits
) -> DepositsOut:
    """Record what members brought, each with its own outcome; the client's ids make repeating harmless.

    บันทึกรับเงินสัจจะและหุ้นเป็นชุด รายการที่ผิดไม่กระทบรายการอื่น ส่งซ้ำได้ไม่บันทึกซ้ำ
    """
    outcomes = await service.deposit(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    return showing.deposits(outcomes)


@router.post(
    "/savings/{fund_id}/withdrawals",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        *_WRITE,
        DateInFuture,
        UnknownFundMember,
        PeriodClosed,
        OverCapital,
        errors.SavingsDocumentUsed,
        errors.SavingsMovementExists,
        *errors.BY_FAULT.values(),
    ),
    summary="Pay savings out (ถอนเงินออม)",
)
async def record_savings_withdrawal(
    session: Session, principal: SavingsWriter, fund_id: UUID, body: NewWithdrawal
) -> MovementOut:
    """Pay savings or shares out under the group's rules. จ่ายถอนเงินออมหรือหุ้นตามระเบียบกลุ่ม."""
    made = await service.withdraw(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    return showing.movement(await service.movement(session, fund_id, made))


@router.get(
    "/savings/{fund_id}/movements",
    response_model=paging.Page[MovementOut],
    responses=problems.responses(*_READ, InvalidCursor),
    summary="What moved savings (รายการเคลื่อนไหว)",
)
async def list_savings_movements(
    session: ReadSession,
    principal: SavingsReader,
    fund_id: UUID,
    page: paging.PageParams,
    filters: Annotated[MovementFilters, Query()],
) -> Response:
    """List deposits, withdrawals, interest and dividends, each with its journal. รายการเคลื่อนไหวเงินออม."""
    await service.require(session, fund_id, principal=principal)
    wanted = queries.Movements(fund_id, **filters.model_dump())
    after = None if page.after is None else (UUID(page.after[0]),)
    rows = await queries.movements(session, wanted=wanted, after=after, limit=page.fetch)
    total = await queries.count(session, wanted) if page.count else None
    return paging.page(page, rows, shape=showing.movement, key=("id",), total=total)


@router.get(
    "/savings/{fund_id}/movements/{movement_id}",
    responses=problems.responses(*_READ, errors.SavingsMovementNotFound),
    summary="One deposit or withdrawal (รายการฝากหรือถอน)",
)
async def read_savings_movement(
    session: ReadSession, principal: SavingsReader, fund_id: UUID, movement_id: UUID
) -> MovementOut:
    """Return what moved a member's savings, with its document and journal. รายการฝากหรือถอนพร้อมเอกสาร."""
    await service.require(session, fund_id, principal=principal)
    return showing.movement(await service.movement(session, fund_id, movement_id))


@router.post(
    "/savings/{fund_id}/movements/{movement_id}/reversal",
    responses=problems.responses(
        *_WRITE,
        errors.SavingsMovementNotFound,
        errors.MovementReversed,
        errors.MovementNotReversible,
        ReversalByRecorder,
        ReversalBeforeEntry,
        errors.NotEnoughSavings,
        DateInFuture,
        PeriodClosed,
        OverCapital,
    ),
    summary="Reverse a deposit or withdrawal (กลับรายการ)",
)
async def reverse_savings_movement(
    session: Session, principal: SavingsWriter, fund_id: UUID, movement_id: UUID, body: MovementReversal
) -> MovementOut:
    """Book the mirror of a wrong deposit or withdrawal; nothing is edited. กลับรายการฝากหรือถอนที่บันทึกผิด."""
    await service.reverse(
        session, fund_id=fund_id, movement_id=movement_id, reversal=body, actor=principal, now=clock.now()
    )
    return showing.movement(await service.movement(session, fund_id, movement_id))


@router.get(
    "/savings/{fund_id}/accounts",
    response_model=paging.Page[SavingsAccountOut],
    responses={200: DESCRIBED, **problems.responses(*_READ, InvalidCursor, ScopeMissing)},
    summary="What members have (ยอดเงินออมของสมาชิก)",
)
async def list_savings_accounts(
    session: Session,
    principal: SavingsReader,
    fund_id: UUID,
    page: paging.PageParams,
    filters: Annotated[AccountFilters, Query()],
) -> Response:
    """List members' savings and shares; as CSV or XLSX (`Accept`) with the scope `export`. Audited.

    ยอดเงินสัจจะและหุ้นของสมาชิก บันทึกการเข้าถึง ส่งออกได้เมื่อมีสิทธิ์ export
    """
    fund = await service.require(session, fund_id, principal=principal)
    now = clock.now()
    wanted: dict[str, Any] = {"fund_id": fund_id, "on": business_date(now), "empty": filters.empty}
    kind = exports.wanted(page.request)
    if kind is not None:

        async def read(session: AsyncSession, *, after: Any, limit: int) -> Any:
            found = await queries.accounts(session, **wanted, after=after, limit=limit)
            return [showing.exported(row) for row in found]

        return await exports.answer(
            page.request, kind, export=ACCOUNTS, read=read, principal=principal, area=fund.area_code, now=now
        )
    after = None if page.after is None else (UUID(page.after[0]),)
    rows = await queries.accounts(session, **wanted, after=after, limit=page.fetch)
    total = await queries.count_accounts(session, fund_id, empty=filters.empty) if page.count else None
    await _seen(session, "savings_account.list", [fund_id], principal)
    return paging.page(page, rows, shape=showing.account, key=("member_id",), total=total)


@router.get(
    "/savings/{fund_id}/accounts/{member_id}",
    responses=problems.responses(*_READ, errors.SavingsAccountNotFound),
    summary="What a member has (ยอดเงินออม)",
)
async def read_savings_account(
    session: Session, principal: SavingsReader, fund_id: UUID, member_id: UUID
) -> SavingsAccountOut:
    """Return a member's savings, shares and pledge. Leaves an audit row. ยอดเงินออมและสัจจะของสมาชิก."""
    await service.require(session, fund_id, principal=principal)
    found = await _account(session, fund_id, member_id)
    await _seen(session, "savings_account.read", [fund_id, member_id], principal)
    return showing.account(found)


@router.get(
    "/savings/{fund_id}/accounts/{member_id}/statement",
    responses=problems.responses(*_READ, errors.SavingsAccountNotFound),
    summary="A member's pass book (สมุดเงินออม)",
)
async def read_savings_statement(
    session: Session,
    principal: SavingsReader,
    fund_id: UUID,
    member_id: UUID,
    filters: Annotated[StatementFilters, Query()],
) -> SavingsStatement:
    """Return a member's movements of a time with running balances. Audited. รายการเดินบัญชีเงินออม."""
    await service.require(session, fund_id, principal=principal)
    who = await _account(session, fund_id, member_id)
    rows = await queries.statement(session, member_id, until=filters.moved_to)
    await _seen(session, "savings_account.statement", [fund_id, member_id], principal)
    return showing.statement(who, rows, since=filters.moved_from)


async def _account(session: AsyncSession, fund_id: UUID, member_id: UUID) -> Any:
    found = await queries.account(session, fund_id, member_id, on=business_date(clock.now()))
    if found is None:
        raise errors.SavingsAccountNotFound
    return found


async def _seen(session: AsyncSession, action: str, subjects: Sequence[UUID], principal: Any) -> None:
    await audit.record(session, principal=principal, action=action, subjects=subjects, now=clock.now())
