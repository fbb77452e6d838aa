"""Entries written by hand: proposed, then posted or rejected by somebody else."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds.adjustments import queries
from funds.adjustments.errors import (
    AccountNotByHand,
    AccountNotKept,
    AdjustmentDecided,
    AdjustmentNotFound,
    NotByHand,
    NotOfItsKind,
    OwnAdjustment,
)
from funds.adjustments.models import LedgerAdjustment
from funds.adjustments.rules import DOCUMENT, AdjustmentState, Decision, controlled, fits, not_kept
from funds.adjustments.schemas import NewAdjustment, NewDecision, NewReversal
from funds.ledger import queries as books
from funds.ledger import reading
from funds.ledger import service as ledger
from funds.ledger.chart import chart
from funds.ledger.errors import AlreadyReversed, EntryInFuture, JournalNotFound, PeriodClosed
from funds.ledger.rules import Account, Entry, JournalKind, Line
from funds.registry import service as registry
from funds.registry.errors import FundNotActive, ReasonMissing
from funds.registry.rules import State
from shared import audit
from shared.clock import business_date
from shared.errors import FieldError
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = LedgerAdjustment.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def propose(
    session: AsyncSession, *, fund_id: UUID, new: NewAdjustment, actor: Principal, now: datetime
) -> UUID:
    """Propose an entry; nothing is booked yet. Returns its id.

    Raises BooksNotFound, FundNotActive, AccountNotByHand, AccountNotKept, NotOfItsKind, UnbalancedEntry,
    LineNotValid, EntryInFuture, PeriodClosed, AdjustmentExists (by its constraint).
    """
    found = await _standing(session, fund_id, actor=actor)
    lines = [Line(line.account, line.debit, line.credit) for line in new.lines]
    _at(AccountNotByHand, controlled(lines))
    _at(AccountNotKept, not_kept(lines, chart(found["kind"])))
    if not fits(new.kind, lines):
        raise NotOfItsKind(pointer="/lines")
    _bookable(found, new.business_date, now=now)
    kind = JournalKind(new.kind.value)
    adjustment_id = new.id or uuid7()
    ledger.check(Entry(kind, DOCUMENT, adjustment_id, new.business_date, lines))
    values = {
        "id": adjustment_id,
        "kind": kind.value,
        "business_date": new.business_date,
        "document_no": new.document_no,
        "memo": new.memo,
    }
    await _insert(session, found, values=values, lines=lines, actor=actor, now=now)
    return adjustment_id


async def propose_reversal(
    session: AsyncSession,
    *,
    fund_id: UUID,
    journal_id: UUID,
    new: NewReversal,
    actor: Principal,
    now: datetime,
) -> UUID:
    """Propose to reverse a journal that was written by hand; returns the proposal's id.

    Raises BooksNotFound, FundNotActive, JournalNotFound, NotByHand, AlreadyReversed,
    ReversalBeforeEntry, EntryInFuture, PeriodClosed.
    """
    found = await _standing(session, fund_id, actor=actor)
    original = await reading.journal(session, fund_id, journal_id)
    if original is None:
        raise JournalNotFound
    if original["document_kind"] != DOCUMENT or original["reverses"] is not None:
        raise NotByHand
    if original["reversed_by"] is not None:
        raise AlreadyReversed
    ledger.not_before(original["business_date"], new.business_date, pointer="/business_date")
    _bookable(found, new.business_date, now=now)
    lines = [Line(Account(row["account"]), row["credit"], row["debit"]) for row in original["lines"]]
    adjustment_id = new.id or uuid7()
    values = {
        "id": adjustment_id,
        "kind": JournalKind.REVERSAL.value,
        "business_date": new.business_date,
        "document_no": original["document_no"],
        "memo": new.memo,
        "reverses": journal_id,
    }
    await _insert(session, found, values=values, lines=lines, actor=actor, now=now)
    return adjustment_id


async def decide(
    session: AsyncSession,
    *,
    fund_id: UUID,
    adjustment_id: UUID,
    new: NewDecision,
    actor: Principal,
    now: datetime,
) -> None:
    """Post an entry or reject it, as somebody else than who proposed it.

    Raises BooksNotFound, FundNotActive, AdjustmentNotFound, OwnAdjustment, AdjustmentDecided, ReasonMissing
    for a rejection, and what posting raises: PeriodClosed, OverCapital, AlreadyReversed.
    """
    if new.decision is Decision.POST:
        await _standing(session, fund_id, actor=actor)
    else:
        await books.books(session, fund_id, areas=actor.areas)
    found = await queries.one(session, fund_id, adjustment_id, lock=True)
    if found is None:
        raise AdjustmentNotFound
    if found["state"] != AdjustmentState.PROPOSED.value:
        raise AdjustmentDecided
    if found["proposed_by"] == actor.subject:
        raise OwnAdjustment
    if new.decision is Decision.REJECT and new.reason is None:
        raise ReasonMissing(pointer="/reason")
    journal_id = None
    if new.decision is Decision.POST:
        journal_id = (await _post(session, found, actor=actor, now=now)).journal_id
    state = AdjustmentState.REJECTED if journal_id is None else AdjustmentState.POSTED
    await update_row(
        session,
        _TABLE,
        adjustment_id,
        state=state.value,
        decided_by=actor.subject,
        decided_at=now,
        reason=new.reason,
        journal_id=journal_id,
        version=found["version"] + 1,
        updated_at=now,
    )
    subjects, detail = [adjustment_id, fund_id], {"decision": new.decision.value}
    await audit.record(
        session, principal=actor, action="adjustment.decide", subjects=subjects, now=now, detail=detail
    )


async def _standing(session: AsyncSession, fund_id: UUID, *, actor: Principal) -> asyncpg.Record:
    """Return the books of a fund that is not closed, now or meanwhile; a suspended one is put in order so."""
    found = await books.books(session, fund_id, areas=actor.areas)
    fund = await registry.lock(session, fund_id, principal=actor, active=False)
    if fund.state is State.CLOSED:
        raise FundNotActive(state=fund.state.value)
    return found


async def _post(
    session: AsyncSession, found: Mapping[str, Any], *, actor: Principal, now: datetime
) -> ledger.Posted:
    if found["reverses"] is not None:
        return await ledger.reverse(
            session,
            fund_id=found["fund_id"],
            journal_id=found["reverses"],
            business_date=found["business_date"],
            memo=found["memo"],
            actor=actor,
            now=now,
            by_two=True,
        )
    stored = orjson.loads(found["lines"]) if isinstance(found["lines"], str) else found["lines"]
    entry = Entry(
        kind=JournalKind(found["kind"]),
        document_kind=DOCUMENT,
        document_id=found["id"],
        document_no=found["document_no"],
        business_date=found["business_date"],
        lines=[Line(Account(one["account"]), one["debit"], one["credit"]) for one in stored],
        memo=found["memo"],
    )
    return await ledger.post(session, fund_id=found["fund_id"], entry=entry, actor=actor, now=now)


async def _insert(  # what both kinds of proposals store
    session: AsyncSession,
    found: Mapping[str, Any],
    *,
    values: Mapping[str, Any],
    lines: Sequence[Line],
    actor: Principal,
    now: datetime,
) -> None:
    stored = [{"account": one.account.value, "debit": one.debit, "credit": one.credit} for one in lines]
    await insert_row(
        session,
        _TABLE,
        **values,
        fund_id=found["fund_id"],
        area_code=found["area_code"],
        lines=orjson.dumps(stored).decode(),
        proposed_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    subjects = [values["id"], found["fund_id"]]
    await audit.record(session, principal=actor, action="adjustment.propose", subjects=subjects, now=now)


def _bookable(found: Mapping[str, Any], day: date, *, now: datetime) -> None:
    """Raise what posting would raise, before somebody else is asked: the date is wrong already."""
    if day > business_date(now):
        raise EntryInFuture(pointer="/business_date")
    if found["closed_until"] is not None and day <= found["closed_until"]:
        raise PeriodClosed(pointer="/business_date")


def _at(refusal: type[AccountNotByHand | AccountNotKept], places: Sequence[int]) -> None:
    if places:
        texts = (refusal.code, refusal.title_th, refusal.title_en)
        raise refusal(errors=[FieldError(f"/lines/{at}/account", *texts) for at in places])
