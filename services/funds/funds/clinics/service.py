"""Clinics planned, changed, cancelled; advice given at their stops."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds.clinics import queries
from funds.clinics.errors import (
    CaseAtTwoStops,
    CaseNotForClinic,
    ClinicCancelled,
    ClinicNotFound,
    ClinicNotPlanned,
    ClinicNotYet,
    NotAtClinic,
    TeamNotOfTheDay,
)
from funds.clinics.models import Clinic
from funds.clinics.rules import ClinicState, twice
from funds.clinics.schemas import Advice, ClinicCancelling, ClinicChange, NewClinic, NewStop
from funds.fund_teams import queries as fund_teams
from funds.fund_teams.errors import DistrictNotYours
from funds.problem_cases import service as problem_cases
from shared import audit, etags
from shared.areas import covers
from shared.clock import business_date
from shared.db import driver
from shared.errors import FieldError
from shared.ids import uuid7
from shared.rows import Row, insert, insert_row, update_row
from shared.security import Principal

_TABLE = Clinic.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_ADVISE = """
UPDATE clinic_cases SET attended = $3, advice = $4, advised_by = $5, advised_at = $6
WHERE clinic_id = $1 AND case_id = $2
"""
_CLEAR = ("DELETE FROM clinic_cases WHERE clinic_id = $1", "DELETE FROM clinic_stops WHERE clinic_id = $1")


async def plan(session: AsyncSession, *, new: NewClinic, actor: Principal, now: datetime) -> UUID:
    """Plan a clinic of a district's team; returns its id.

    Raises DistrictNotYours, TeamNotOfTheDay, CaseNotForClinic, CaseAtTwoStops and, by its constraint,
    ClinicExists.
    """
    if not covers(actor.areas, new.district):
        raise DistrictNotYours(pointer="/district")
    await _check_team(session, new.team_id, district=new.district, on=new.held_on, actor=actor)
    await _check_stops(session, new.stops, district=new.district)
    clinic_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        id=clinic_id,
        area_code=new.district,
        held_on=new.held_on,
        title=new.title,
        team_id=new.team_id,
        agenda=orjson.dumps(new.agenda).decode(),
        created_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await _write_stops(session, clinic_id, new.stops)
    await audit.record(session, principal=actor, action="clinic.plan", subjects=[clinic_id], now=now)
    return clinic_id


async def change(
    session: AsyncSession,
    *,
    clinic_id: UUID,
    patch: ClinicChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Change a planned clinic.

    Raises ClinicNotFound, DistrictNotYours, StaleVersion, ClinicNotPlanned, TeamNotOfTheDay,
    CaseNotForClinic, CaseAtTwoStops.
    """
    before = await _locked(session, clinic_id, actor=actor)
    etags.check(if_match, before["version"])
    if before["state"] != ClinicState.PLANNED.value:
        raise ClinicNotPlanned
    given = patch.model_dump(exclude_unset=True)
    team_id, on = given.get("team_id", before["team_id"]), given.get("held_on", before["held_on"])
    district = before["area_code"]
    await _check_team(session, team_id, district=district, on=on, actor=actor)
    agenda = given.get("agenda", before["agenda"])
    if "stops" in given:
        await _check_stops(session, patch.stops, district=district)
        for statement in _CLEAR:
            await (await driver(session)).execute(statement, clinic_id)
        await _write_stops(session, clinic_id, patch.stops)
    await update_row(
        session,
        _TABLE,
        clinic_id,
        held_on=on,
        team_id=team_id,
        title=given.get("title", before["title"]),
        agenda=orjson.dumps(agenda).decode(),
        version=before["version"] + 1,
        updated_at=now,
    )
    detail = {"fields": sorted(given)}
    await audit.record(
        session, principal=actor, action="clinic.change", subjects=[clinic_id], now=now, detail=detail
    )


async def cancel(
    session: AsyncSession, *, clinic_id: UUID, cancelling: ClinicCancelling, actor: Principal, now: datetime
) -> None:
    """Cancel a planned clinic; raises ClinicNotFound, DistrictNotYours, ClinicNotPlanned."""
    before = await _locked(session, clinic_id, actor=actor)
    if before["state"] != ClinicState.PLANNED.value:
        raise ClinicNotPlanned
    await _set_state(session, before, ClinicState.CANCELLED, reason=cancelling.reason, now=now)
    await audit.record(session, principal=actor, action="clinic.cancel", subjects=[clinic_id], now=now)


async def advise(
    session: AsyncSession,
    *,
    clinic_id: UUID,
    case_id: UUID,
    advice: Advice,
    actor: Principal,
    now: datetime,
) -> None:
    """Keep what a fund was advised: the clinic is held, the fund's case is treated.

    Raises ClinicNotFound, NotAtClinic, ClinicNotYet, ClinicCancelled, ProblemCaseNotFound and, where the
    case has gone on since, WrongCaseStep. Advice given again replaces what was written.
    """
    clinic = await queries.one(session, clinic_id, areas=actor.areas, lock=True)
    if clinic is None:
        raise ClinicNotFound
    if not await queries.at_clinic(session, clinic_id, case_id):
        raise NotAtClinic
    if clinic["state"] == ClinicState.CANCELLED.value:
        raise ClinicCancelled
    if clinic["held_on"] > business_date(now):
        raise ClinicNotYet
    await problem_cases.treated(session, case_id=case_id, actor=actor, now=now)
    connection = await driver(session)
    said = (advice.attended, advice.advice, actor.subject, now)
    await connection.execute(_ADVISE, clinic_id, case_id, *said)
    if clinic["state"] == ClinicState.PLANNED.value:
        await _set_state(session, clinic, ClinicState.HELD, reason=None, now=now)
    await audit.record(
        session, principal=actor, action="clinic.advise", subjects=[clinic_id, case_id], now=now
    )


async def _locked(session: AsyncSession, clinic_id: UUID, *, actor: Principal) -> asyncpg.Record:
    found = await queries.one(session, clinic_id, areas=actor.areas, lock=True)
    if found is None:
        raise ClinicNotFound
    if not covers(actor.areas, found["area_code"]):
        raise DistrictNotYours
    return found


async def _set_state(
    session: AsyncSession, clinic: asyncpg.Record, state: ClinicState, *, reason: str | None, now: datetime
) -> None:
    await update_row(
        session,
        _TABLE,
        clinic["id"],
        state=state.value,
        state_reason=reason,
        version=clinic["version"] + 1,
        updated_at=now,
    )


async def _check_team(
    session: AsyncSession, team_id: UUID, *, district: str, on: date, actor: Principal
) -> None:
    team = await fund_teams.one(session, team_id, areas=actor.areas)
    stands = (
        team is not None
        and team["area_code"] == district
        and team["valid_from"] <= on
        and (team["valid_to"] is None or on <= team["valid_to"])
    )
    if not stands:
        raise TeamNotOfTheDay(pointer="/team_id")


async def _check_stops(session: AsyncSession, stops: Sequence[NewStop], *, district: str) -> None:
    again = twice([stop.cases for stop in stops])
    if again:
        texts = (CaseAtTwoStops.code, CaseAtTwoStops.title_th, CaseAtTwoStops.title_en)
        raise CaseAtTwoStops(errors=[FieldError(f"/stops/{a}/cases/{b}", *texts) for a, b in again])
    places = [
        (case_id, f"/stops/{a}/cases/{b}")
        for a, stop in enumerate(stops)
        for b, case_id in enumerate(stop.cases)
    ]
    fit = await queries.fitting(session, [case_id for case_id, _ in places], district=district)
    texts = (CaseNotForClinic.code, CaseNotForClinic.title_th, CaseNotForClinic.title_en)
    errors = [FieldError(place, *texts) for case_id, place in places if case_id not in fit]
    if errors:
        raise CaseNotForClinic(errors=errors)


async def _write_stops(session: AsyncSession, clinic_id: UUID, stops: Sequence[NewStop]) -> None:
    rows = [
        Row(
            "clinic_stops",
            {"clinic_id": clinic_id, "number": number, "place": stop.place, "starts_at": stop.starts_at},
        )
        for number, stop in enumerate(stops, 1)
    ]
    cases = [
        Row("clinic_cases", {"clinic_id": clinic_id, "case_id": case_id, "stop": number})
        for number, stop in enumerate(stops, 1)
        for case_id in stop.cases
    ]
    await insert(session, *rows)
    await insert(session, *cases)
