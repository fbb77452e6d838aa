"""What is checked before lending (ป้องกัน): the six items with who, when and evidence, and the risk score."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import queries
from funds.applications.decision_schemas import CheckedItem, RiskAnswers
from funds.applications.errors import (
    ChecklistIncomplete,
    CheckNotFound,
    RiskAnswerNotValid,
    UnknownCheckItem,
)
from funds.applications.rules import EDITABLE, State
from funds.applications.service import TABLE, locked, record, stands, to_json
from funds.attachments import Attachment
from funds.registry import service as registry
from shared import etags, instruments, scoring
from shared.db import driver
from shared.instruments import Instrument, Item
from shared.rows import update_row
from shared.security import Principal

CHECKLIST: Final = "WOMEN_FUND_PTT"
"""The instrument whose group P is the checklist of every loan."""
PREVENT: Final = "P"
RISK: Final = "LOAN_RISK"
_OPEN: Final = EDITABLE | {State.SUBMITTED}
"""Who recommends has seen it: from the first recommendation on it stays, until it is sent back."""

_CHECK = """
INSERT INTO application_checks
    (application_id, item, done, done_on, done_by, evidence, recorded_by, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (application_id, item) DO UPDATE SET done = excluded.done, done_on = excluded.done_on,
    done_by = excluded.done_by, evidence = excluded.evidence, recorded_by = excluded.recorded_by,
    recorded_at = excluded.recorded_at
"""
_ATTACH = """
UPDATE application_checks SET file_key = $3, file_type = $4, file_size = $5, file_sha256 = $6,
    recorded_by = $7, recorded_at = $8
WHERE application_id = $1 AND item = $2
"""


@cache
def items() -> tuple[Item, ...]:
    """Return the items of the checklist in their order."""
    shipped = instruments.load("funds")[CHECKLIST]
    return next(group.items for group in shipped.groups if group.code == PREVENT)


@cache
def risk_instrument() -> Instrument:
    """Return the form that scores risk."""
    return instruments.load("funds")[RISK]


def missing(checks: Sequence[Any], risk: object | None) -> list[str]:
    """Return what is not done yet: codes of items, and the risk form's code where nothing was scored."""
    done = {one["item"] for one in checks if one["done"]}
    left = [item.code for item in items() if item.code not in done]
    return left if risk is not None else [*left, RISK]


async def require_complete(session: AsyncSession, row: asyncpg.Record) -> None:
    """Raise ChecklistIncomplete, naming what is missing, unless all items are done and risk is scored."""
    left = missing(await queries.checks(session, row["id"]), row["risk"])
    if left:
        listed = ", ".join(left)
        raise ChecklistIncomplete(f"ยังขาด {listed}", f"Missing: {listed}", missing=left)


async def check(
    session: AsyncSession,
    *,
    application_id: UUID,
    given: Sequence[CheckedItem],
    if_match: str = "*",
    actor: Principal,
    now: datetime,
) -> None:
    """Record items of the checklist; each as it is said last, what is not named stays.

    Raises ApplicationNotFound, FundNotActive, StaleVersion, WrongApplicationState, UnknownCheckItem,
    DateInFuture.
    """
    row, _ = await locked(session, application_id, actor=actor)
    etags.check(if_match, row["version"])
    stands(row, _OPEN)
    known = {item.code for item in items()}
    connection = await driver(session)
    for at, one in enumerate(given):
        if one.item not in known:
            listed = ", ".join(item.code for item in items())
            where = f"{CHECKLIST} ({listed})"
            raise UnknownCheckItem(f"ใช้รหัสใน {where}", f"Of {where}", pointer=f"/items/{at}/item")
        registry.not_in_future(one.done_on, f"/items/{at}/done_on", now=now)
        words = (one.item, one.done, one.done_on, one.done_by, one.evidence)
        await connection.execute(_CHECK, application_id, *words, actor.subject, now)
    await _changed(session, row, now=now)
    detail = {"items": {one.item: one.done for one in given}}
    await record(session, "check", application_id, actor=actor, now=now, detail=detail)


async def attach(
    session: AsyncSession,
    *,
    application_id: UUID,
    item: str,
    file: Attachment,
    actor: Principal,
    now: datetime,
) -> None:
    """Name the file that proves an item; raises ApplicationNotFound, WrongApplicationState, CheckNotFound.

    A file that was there before stays in the store; the audit row says which it was.
    """
    row, _ = await locked(session, application_id, actor=actor)
    stands(row, _OPEN)
    found = await check_of(session, application_id, item)
    what = (file.key, file.media_type, file.size, file.sha256)
    await (await driver(session)).execute(_ATTACH, application_id, item, *what, actor.subject, now)
    await _changed(session, row, now=now)
    detail = {"item": item, "sha256": file.sha256, "before_key": found["file_key"]}
    await record(session, "attach", application_id, actor=actor, now=now, detail=detail)


async def check_of(session: AsyncSession, application_id: UUID, item: str) -> asyncpg.Record:
    """Return an item as it is recorded; raises CheckNotFound."""
    recorded = await queries.checks(session, application_id)
    found = next((one for one in recorded if one["item"] == item), None)
    if found is None:
        raise CheckNotFound
    return found


async def assess(
    session: AsyncSession,
    *,
    application_id: UUID,
    given: RiskAnswers,
    if_match: str = "*",
    actor: Principal,
    now: datetime,
) -> None:
    """Score an application's risk; every item is answered, 0 is no risk.

    Raises ApplicationNotFound, FundNotActive, StaleVersion, WrongApplicationState, RiskAnswerNotValid.
    """
    row, _ = await locked(session, application_id, actor=actor)
    etags.check(if_match, row["version"])
    stands(row, _OPEN)
    instrument = risk_instrument()
    try:
        result = scoring.score(instrument, given.answers)
    except scoring.BadAnswer as error:
        raise RiskAnswerNotValid(pointer=f"/answers/{error.item}", reason=error.code) from error
    if result.missing:
        listed = ", ".join(result.missing)
        raise RiskAnswerNotValid(f"ยังไม่ตอบ {listed}", f"No answer to {listed}", pointer="/answers")
    risk = {
        "instrument": instrument.code,
        "version": instrument.version,
        "answers": given.answers,
        "score": scoring.two_places(result.value),
        "percent": None if result.percent is None else scoring.two_places(result.percent),
        "level": None if result.level is None else result.level.code,
        "scored_by": actor.subject,
        "scored_at": now,
    }
    await update_row(
        session, TABLE, application_id, risk=to_json(risk), version=row["version"] + 1, updated_at=now
    )
    await record(session, "assess", application_id, actor=actor, now=now, detail={"level": risk["level"]})


async def _changed(session: AsyncSession, row: asyncpg.Record, *, now: datetime) -> None:
    await update_row(session, TABLE, row["id"], version=row["version"] + 1, updated_at=now)
