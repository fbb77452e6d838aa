"""Findings opened and closed: by looking at the data, or by people."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.findings import queries
from funds.findings.causes import CAUSES
from funds.findings.errors import FindingClosed, FindingNotFound, OwnFinding, UnknownFailing
from funds.findings.models import FundFinding
from funds.findings.queries import Look
from funds.findings.rules import INSTRUMENT, Failing, Seen, Source
from funds.findings.schemas import FindingClosing, NewFinding
from funds.handovers import queries as handovers
from funds.products.service import rate_caps
from funds.registry import service as registry
from funds.registry.errors import FundAreaNotYours
from shared import audit, instruments
from shared.areas import covers
from shared.clock import business_date
from shared.db import driver
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_TABLE = FundFinding.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it

# A finding that a person closed is not opened again by the same fact.
_OPEN = """
INSERT INTO fund_findings AS known
    (fund_id, area_code, fund_kind, code, source, fact, detail, opened_on, created_at, updated_at)
SELECT fund.id, fund.area_code, fund.kind, $1, 'automatic', seen.fact, seen.detail::jsonb, $5, $6, $6
FROM unnest($2::uuid[], $3::text[], $4::text[]) AS seen (fund_id, fact, detail)
JOIN funds AS fund ON fund.id = seen.fund_id
WHERE NOT EXISTS (
    SELECT FROM fund_findings AS known
    WHERE known.fund_id = seen.fund_id AND known.code = $1 AND known.fact = seen.fact
      AND (known.closed_on IS NULL OR known.closed_by IS NOT NULL)
)
ON CONFLICT (fund_id, code, fact) WHERE closed_on IS NULL DO NOTHING
"""
# NOT IN is hashed whatever the planner thinks of the table's size; NOT EXISTS compared each with each.
_GONE = """
UPDATE fund_findings SET closed_on = greatest(opened_on, $4), version = version + 1, updated_at = $5
WHERE code = $1 AND source = 'automatic' AND closed_on IS NULL
  AND area_code LIKE $6 || '%' AND ($7::uuid IS NULL OR fund_id = $7)
  AND (fund_id, fact) NOT IN (SELECT * FROM unnest($2::uuid[], $3::text[]))
"""


class Looked(NamedTuple):
    """How many findings a look opened, and how many it closed because their cause was gone."""

    opened: int
    closed: int


@cache
def limits() -> dict[str, Any]:
    """Return from when on something is a failing, by kind of fund; dated, with its source."""
    read: dict[str, Any] = orjson.loads(files("funds.findings").joinpath("data/limits.json").read_bytes())
    return read


@cache
def failings() -> dict[str, instruments.Item]:
    """Return the failings that there are, by code."""
    return {item.code: item for item in instruments.load("funds")[INSTRUMENT].items}


async def look(
    session: AsyncSession, *, now: datetime, area: str = "", fund_id: UUID | None = None
) -> Looked:
    """Look for every failing that the data shows, in the funds of an area or in one.

    Repeating it the same day changes nothing; what is gone is closed. One statement a failing.
    """
    caps = [
        {"valid_from": cap.valid_from.isoformat(), "annual_rate": rates.text(cap.annual_rate)}
        for cap in rate_caps()
    ]
    wanted = Look(business_date(now), _json(limits()), _json(caps), area, fund_id)
    opened = closed = 0
    for failing in CAUSES:
        done = await _merge(session, failing, await queries.seen(session, failing, wanted), wanted, now=now)
        opened, closed = opened + done.opened, closed + done.closed
    done = await _merge(session, Failing.NO_HANDOVER, await _handovers(session, wanted), wanted, now=now)
    return Looked(opened + done.opened, closed + done.closed)


async def open_seen(
    session: AsyncSession, failing: Failing, seen: Sequence[Seen], *, on: date, now: datetime
) -> int:
    """Open findings of one failing in this transaction; returns how many are new.

    For who learns of a failing before the daily look does, with the facts that the look would find.
    """
    given = ([one.fund_id for one in seen], [one.fact for one in seen], [_json(one.detail) for one in seen])
    done = await (await driver(session)).execute(_OPEN, failing.value, *given, on, now)
    return int(done.rpartition(" ")[2])


async def record(session: AsyncSession, *, new: NewFinding, actor: Principal, now: datetime) -> UUID:
    """Record a failing that somebody saw; returns its id.

    Raises FundNotFound, UnknownFailing, DateInFuture and, by its constraint, FindingExists.
    """
    fund = await registry.require(session, new.fund_id, principal=actor, active=False)
    if new.code not in failings():
        raise UnknownFailing(pointer="/code")
    registry.not_in_future(new.seen_on, "/seen_on", now=now)
    finding_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        id=finding_id,
        fund_id=fund.id,
        area_code=fund.area_code,
        fund_kind=fund.kind.value,
        code=new.code,
        source=Source.RECORDED.value,
        fact=f"recorded:{finding_id}",
        detail="{}",
        note=new.note,
        opened_on=new.seen_on,
        recorded_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    subjects = [finding_id, fund.id]
    await audit.record(session, principal=actor, action="finding.record", subjects=subjects, now=now)
    return finding_id


async def close(
    session: AsyncSession, *, finding_id: UUID, closing: FindingClosing, actor: Principal, now: datetime
) -> None:
    """Close a finding with a reason, from above; the same fact opens it no more.

    Raises FindingNotFound, FindingClosed, NotFromAbove, OwnFinding.
    """
    found = await queries.one(session, finding_id, areas=actor.areas, lock=True)
    if found is None:
        raise FindingNotFound
    if found["closed_on"] is not None:
        raise FindingClosed
    await registry.from_above(session, found["fund_id"], found["area_code"], actor=actor)
    if found["recorded_by"] == actor.subject:
        raise OwnFinding
    await update_row(
        session,
        _TABLE,
        finding_id,
        closed_on=max(found["opened_on"], business_date(now)),
        closed_by=actor.subject,
        close_reason=closing.reason,
        version=found["version"] + 1,
        updated_at=now,
    )
    subjects = [finding_id, found["fund_id"]]
    await audit.record(session, principal=actor, action="finding.close", subjects=subjects, now=now)


async def refresh(
    session: AsyncSession, *, area: str | None, fund_id: UUID | None, actor: Principal, now: datetime
) -> Looked:
    """Look at the funds of an area of the caller's, or at one fund, without waiting for tomorrow.

    Raises FundNotFound, FundAreaNotYours.
    """
    if fund_id is not None:
        await registry.require(session, fund_id, principal=actor, active=False)
    elif not covers(actor.areas, area or ""):
        raise FundAreaNotYours(pointer="/area")
    looked = await look(session, now=now, area=area or "", fund_id=fund_id)
    detail = {"area": area, **looked._asdict()}
    subjects = [] if fund_id is None else [fund_id]
    await audit.record(
        session, principal=actor, action="finding.refresh", subjects=subjects, now=now, detail=detail
    )
    return looked


_CLAIM = """
INSERT INTO finding_runs (run_on, opened, closed, done_at) VALUES ($1, 0, 0, $2)
ON CONFLICT DO NOTHING RETURNING run_on
"""
_DONE = "UPDATE finding_runs SET opened = $2, closed = $3 WHERE run_on = $1"


async def daily(session: AsyncSession, *, now: datetime) -> Looked | None:
    """Look at all funds once a business day, whichever worker comes first; None when that was done."""
    connection = await driver(session)
    today = business_date(now)
    if await connection.fetchval(_CLAIM, today, now) is None:
        return None
    looked = await look(session, now=now)
    await connection.execute(_DONE, today, *looked)
    return looked


async def _handovers(session: AsyncSession, wanted: Look) -> list[Seen]:
    since = wanted.on - timedelta(days=limits()["handover_look_back_days"])
    rows = await handovers.changes_without_handover(
        session, areas=(wanted.area,), today=wanted.on, since=since, days=limits()["handover_days"]
    )
    return [
        Seen(row["fund_id"], f"changed:{row['changed_on']}", _change(row))
        for row in rows
        if wanted.fund_id in (None, row["fund_id"])
    ]


def _change(row: Any) -> dict[str, Any]:
    return {"changed_on": row["changed_on"].isoformat(), "seats": row["seats"]}


async def _merge(
    session: AsyncSession, failing: Failing, seen: Sequence[Seen], wanted: Look, *, now: datetime
) -> Looked:
    opened = await open_seen(session, failing, seen, on=wanted.on, now=now)
    given = ([one.fund_id for one in seen], [one.fact for one in seen])
    narrowed = (wanted.area, wanted.fund_id)
    done = await (await driver(session)).execute(_GONE, failing.value, *given, wanted.on, now, *narrowed)
    return Looked(opened, int(done.rpartition(" ")[2]))


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()
