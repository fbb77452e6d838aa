"""Hand-overs recorded, counted against the ledger, and signed by both sides."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds.handovers import queries
from funds.handovers.errors import (
    DifferenceUnexplained,
    HandoverNotFound,
    HandoverSigned,
    MoneyNotCounted,
    SameSigner,
    SideSignedAlready,
)
from funds.handovers.models import FundHandover, HandoverBalance, HandoverSignature
from funds.handovers.rules import COUNTED, HandoverState, agrees, to_count
from funds.handovers.schemas import CountedBalance, HandoverChange, NewHandover, NewSignature
from funds.ledger import queries as ledger
from funds.ledger.rules import Account
from funds.registry import service as registry
from shared import audit, etags
from shared.db import driver
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = FundHandover.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_BALANCES = HandoverBalance.__table__  # type: ignore[attr-defined]  # likewise
_SIGNATURES = HandoverSignature.__table__  # type: ignore[attr-defined]  # likewise

_FORGET_BALANCES = "DELETE FROM fund_handover_balances WHERE handover_id = $1"
_FORGET_SIGNATURES = "DELETE FROM fund_handover_signatures WHERE handover_id = $1"


async def record(
    session: AsyncSession, *, fund_id: UUID, new: NewHandover, actor: Principal, now: datetime
) -> UUID:
    """Record a hand-over with what was counted; returns its id.

    Raises FundNotFound, DateInFuture, MoneyNotCounted and, by its constraint, HandoverExists.
    """
    fund = await registry.require(session, fund_id, principal=actor, active=False)
    registry.not_in_future(new.handed_on, "/handed_on", now=now)
    handover_id = new.id or uuid7()
    words = new.model_dump()
    await insert_row(
        session,
        _TABLE,
        id=handover_id,
        fund_id=fund_id,
        area_code=fund.area_code,
        handed_on=new.handed_on,
        reason=new.reason.value,
        books=_json(words["books"]),
        documents=_json(words["documents"]),
        explanation=new.explanation,
        journal_number=await queries.journal_number(session, fund_id),
        recorded_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await _count(session, fund_id, handover_id, new.balances, on=new.handed_on)
    await _recorded(session, "record", fund_id, handover_id, actor=actor, now=now)
    return handover_id


async def change(
    session: AsyncSession,
    *,
    fund_id: UUID,
    handover_id: UUID,
    patch: HandoverChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Correct a draft: it is counted against the books as they are now, and signed anew.

    Raises FundNotFound, HandoverNotFound, HandoverSigned, StaleVersion, MoneyNotCounted.
    """
    before = await _draft(session, fund_id, handover_id, actor=actor)
    etags.check(if_match, before["version"])
    values = patch.model_dump(exclude_unset=True, exclude={"balances"})
    for name in ("books", "documents"):
        if name in values:
            values[name] = _json(values[name])
    counted = patch.balances
    if "balances" not in patch.model_fields_set:
        counted = [
            CountedBalance.model_construct(account=one.account.value, counted=one.counted)
            for one in before["balances"]
        ]
    connection = await driver(session)
    await connection.execute(_FORGET_BALANCES, handover_id)
    await connection.execute(_FORGET_SIGNATURES, handover_id)
    await _count(session, fund_id, handover_id, counted, on=before["handed_on"])
    values["journal_number"] = await queries.journal_number(session, fund_id)
    await update_row(session, _TABLE, handover_id, **values, version=before["version"] + 1, updated_at=now)
    await _recorded(
        session,
        "change",
        fund_id,
        handover_id,
        actor=actor,
        now=now,
        detail={"fields": sorted(patch.model_fields_set)},
    )


async def sign(
    session: AsyncSession,
    *,
    fund_id: UUID,
    handover_id: UUID,
    signature: NewSignature,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Sign for one side, as the caller, the version that she has read; the second one makes it final.

    Raises FundNotFound, HandoverNotFound, HandoverSigned, StaleVersion, SideSignedAlready, SameSigner,
    DifferenceUnexplained.
    """
    before = await _draft(session, fund_id, handover_id, actor=actor)
    etags.check(if_match, before["version"])
    signed = before["signatures"]
    if signature.side in {one["side"] for one in signed}:
        raise SideSignedAlready(pointer="/side")
    if actor.subject in {one["subject"] for one in signed}:
        raise SameSigner
    if not agrees(before["balances"]) and before["explanation"] is None:
        raise DifferenceUnexplained
    await insert_row(
        session,
        _SIGNATURES,
        handover_id=handover_id,
        side=signature.side.value,
        subject=actor.subject,
        display_name=signature.display_name,
        handover_version=before["version"],
        signed_at=now,
    )
    final = {"state": HandoverState.SIGNED.value, "signed_at": now} if signed else {}
    await update_row(session, _TABLE, handover_id, **final, version=before["version"] + 1, updated_at=now)
    side = {"side": signature.side.value}
    await _recorded(session, "sign", fund_id, handover_id, actor=actor, now=now, detail=side)


async def _draft(
    session: AsyncSession, fund_id: UUID, handover_id: UUID, *, actor: Principal
) -> dict[str, Any]:
    await registry.require(session, fund_id, principal=actor, active=False)
    found = await queries.one(session, fund_id=fund_id, handover_id=handover_id, lock=True)
    if found is None:
        raise HandoverNotFound
    if found["state"] == HandoverState.SIGNED.value:
        raise HandoverSigned
    return found


async def _count(
    session: AsyncSession, fund_id: UUID, handover_id: UUID, balances: Sequence[CountedBalance], *, on: date
) -> None:
    """Write what was counted beside what the ledger says at the end of that day. Raises MoneyNotCounted."""
    accounts = [Account(one.account) for one in balances]
    books = {account: await ledger.balance(session, fund_id, account, on=on) for account in COUNTED}
    missing = [one.value for one in to_count(books) if one not in accounts]
    if len(set(accounts)) < len(accounts) or missing:
        listed = ", ".join(missing)
        texts = (f"ยังไม่ได้นับ {listed}", f"Not counted: {listed}") if missing else ()
        raise MoneyNotCounted(*texts, pointer="/balances", missing=missing)
    for account, one in zip(accounts, balances, strict=True):
        await insert_row(
            session,
            _BALANCES,
            handover_id=handover_id,
            account=account.value,
            counted=one.counted,
            booked=books[account],
        )


async def _recorded(
    session: AsyncSession,
    verb: str,
    fund_id: UUID,
    handover_id: UUID,
    *,
    actor: Principal,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    await audit.record(
        session,
        principal=actor,
        action=f"fund_handover.{verb}",
        subjects=[fund_id, handover_id],
        now=now,
        detail=detail,
    )


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
