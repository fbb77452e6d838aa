"""Health checks recorded, corrected and confirmed by another person."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds.findings import queries as findings
from funds.health_checks import editions, queries
from funds.health_checks.errors import (
    AnswerNotAllowed,
    HealthCheckConfirmed,
    HealthCheckNotFound,
    HealthCheckUnfinished,
    MorePassedThanItems,
    OwnHealthCheck,
    ReportedNotTaken,
    WrongFiscalYear,
)
from funds.health_checks.events import FundLevelChanged
from funds.health_checks.models import HealthCheck
from funds.health_checks.rules import ITEMS, CheckState, Outcome, outcome, year_fits
from funds.health_checks.schemas import HealthCheckChange, NewHealthCheck, Reported
from funds.registry import service as registry
from funds.registry.rules import Kind
from shared import audit, etags, outbox
from shared.dates import fiscal_year
from shared.errors import FieldError
from shared.ids import uuid7
from shared.instruments import Instrument
from shared.rows import insert_row, update_row
from shared.scoring import BadAnswer
from shared.security import Principal

_TABLE = HealthCheck.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def record(session: AsyncSession, *, new: NewHealthCheck, actor: Principal, now: datetime) -> UUID:
    """Record a fund's check of a fiscal year as a draft; returns its id.

    Raises FundNotFound, FundNotActive, NoHealthInstrument, DateInFuture, WrongFiscalYear, AnswerNotAllowed,
    ReportedNotTaken, MorePassedThanItems and, by its constraints, FundCheckedAlready, HealthCheckExists.
    """
    fund = await registry.require(session, new.fund_id, principal=actor)
    year = _year(new.fiscal_year, new.checked_on, now=now)
    form = await editions.in_force(session, fund.kind, year=year)
    check_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        id=check_id,
        fund_id=fund.id,
        area_code=fund.area_code,
        fund_kind=fund.kind.value,
        fiscal_year=year,
        checked_on=new.checked_on,
        instrument=form.code,
        edition=form.version,
        incomplete=form.incomplete,
        **_result(form, new.answers, new.reported),
        remarks=new.remarks,
        recorded_by=[actor.subject],
        created_at=now,
        updated_at=now,
    )
    subjects = [check_id, fund.id]
    await audit.record(session, principal=actor, action="health_check.record", subjects=subjects, now=now)
    return check_id


async def change(
    session: AsyncSession,
    *,
    check_id: UUID,
    patch: HealthCheckChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Correct a draft; who does so can no longer confirm it.

    Raises HealthCheckNotFound, StaleVersion, HealthCheckConfirmed and what `record` raises about contents.
    """
    before = await _draft(session, check_id, actor=actor)
    etags.check(if_match, before["version"])
    form = await editions.numbered(session, before["instrument"], before["edition"])
    given = patch.model_dump(exclude_unset=True)
    checked_on = given.get("checked_on", before["checked_on"])
    _year(before["fiscal_year"], checked_on, now=now)
    stored = before["reported"]
    reported = patch.reported if "reported" in given else stored and Reported.model_validate(stored)
    await update_row(
        session,
        _TABLE,
        check_id,
        checked_on=checked_on,
        **_result(form, given.get("answers", before["answers"]), reported),
        remarks=given.get("remarks", before["remarks"]),
        recorded_by=sorted({*before["recorded_by"], actor.subject}),
        version=before["version"] + 1,
        updated_at=now,
    )
    await audit.record(
        session,
        principal=actor,
        action="health_check.change",
        subjects=[check_id, before["fund_id"]],
        now=now,
        detail={"fields": sorted(given)},
    )


async def confirm(
    session: AsyncSession, *, check_id: UUID, if_match: str, actor: Principal, now: datetime
) -> None:
    """Confirm a check as it was read, from above and as somebody who has not written in it.

    Tells another level. Raises HealthCheckNotFound, HealthCheckConfirmed, StaleVersion, NotFromAbove,
    OwnHealthCheck, HealthCheckUnfinished.
    """
    found = await _draft(session, check_id, actor=actor)
    etags.check(if_match, found["version"])
    await registry.from_above(session, found["fund_id"], found["area_code"], actor=actor)
    if actor.subject in found["recorded_by"]:
        raise OwnHealthCheck
    if found["level"] is None and not (found["incomplete"] and found["answers"]):
        errors = [
            FieldError(f"/answers/{code}", HealthCheckUnfinished.code, "ยังไม่ได้ตอบ", "is not answered")
            for code in found["missing"]
        ]
        raise HealthCheckUnfinished(errors=errors)
    codes = await findings.open_codes(session, found["fund_id"])
    await update_row(
        session,
        _TABLE,
        check_id,
        state=CheckState.CONFIRMED.value,
        open_findings=codes,
        confirmed_by=actor.subject,
        confirmed_at=now,
        version=found["version"] + 1,
        updated_at=now,
    )
    await _tell(session, found, now=now)
    subjects = [check_id, found["fund_id"]]
    await audit.record(session, principal=actor, action="health_check.confirm", subjects=subjects, now=now)


async def _tell(session: AsyncSession, found: asyncpg.Record, *, now: datetime) -> None:
    """Publish a level that differs from the one before; an older year's check changes no present level."""
    fund_id, year, level = found["fund_id"], found["fiscal_year"], found["level"]
    other = await queries.another_level(session, fund_id, year=year)
    previous = None if other is None else other["level"]
    if level is None or level == previous or (other is not None and other["fiscal_year"] > year):
        return
    fact = FundLevelChanged(
        fund_id=fund_id,
        kind=Kind(found["fund_kind"]),
        area_code=found["area_code"],
        fiscal_year=year,
        level=level,
        previous_level=previous,
        instrument=found["instrument"],
    )
    await outbox.add(session, fact, subject=fund_id, sequence=year, now=now)


async def _draft(session: AsyncSession, check_id: UUID, *, actor: Principal) -> asyncpg.Record:
    found = await queries.one(session, check_id, areas=actor.areas, lock=True)
    if found is None:
        raise HealthCheckNotFound
    if found["state"] != CheckState.DRAFT.value:
        raise HealthCheckConfirmed
    return found


def _year(year: int | None, checked_on: date, *, now: datetime) -> int:
    registry.not_in_future(checked_on, "/checked_on", now=now)
    if year is not None and not year_fits(year, checked_on):
        raise WrongFiscalYear(pointer="/fiscal_year")
    return year or fiscal_year(checked_on)


def _result(form: Instrument, answers: Mapping[str, int | None], reported: Reported | None) -> dict[str, Any]:
    """Return the columns that hold answers and what they give."""
    if reported is not None and not form.incomplete:
        raise ReportedNotTaken(pointer="/reported")
    if reported is not None and reported.passed > ITEMS[form.code]:
        raise MorePassedThanItems(pointer="/reported/passed")
    found = _outcome(form, answers)
    values = {
        "answers": orjson.dumps(dict(answers)).decode(),
        "reported": None if reported is None else reported.model_dump_json(),
        "passed": found.passed if answers else None,
        "items": found.items if answers else None,
        "level": found.level,
        "mandatory_failed": list(found.mandatory_failed),
        "missing": list(found.missing),
    }
    if reported is not None:
        values |= {"passed": reported.passed, "items": ITEMS[form.code], "level": reported.level}
    return values


def _outcome(form: Instrument, answers: Mapping[str, int | None]) -> Outcome:
    try:
        return outcome(form, answers)
    except BadAnswer as bad:
        th, en = AnswerNotAllowed.title_th, AnswerNotAllowed.title_en
        raise AnswerNotAllowed(errors=[FieldError(f"/answers/{bad.item}", bad.code, th, en)]) from bad
