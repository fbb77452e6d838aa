"""Villages answered, people invited, results kept."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds.access import queries, reach
from funds.access.errors import (
    AccessVillageNotFound,
    FewerThanInvited,
    FundDoesNotSuit,
    HouseholdHasAccess,
    HouseholdNotHere,
    HouseholdNotPoor,
    InvitationNotFound,
    ResultDayWrong,
    UnknownCondition,
    UnknownVillage,
    VillageFull,
    VillageNotTarget,
)
from funds.access.models import AccessInvitation, AccessVillage
from funds.access.rules import Fit, Reach, Result, is_target, suits, unknown, year_of
from funds.access.schemas import AccessVillageChange, InvitationChange, NewAccessVillage, NewInvitation
from funds.registry import service as registry
from funds.registry.errors import FundAreaNotYours
from funds.registry.rules import TAMBON
from shared import audit, etags
from shared.areas import catalogue, covers
from shared.clock import business_date
from shared.errors import FieldError
from shared.ids import uuid7
from shared.rows import insert_row, update_row
from shared.security import Principal

_VILLAGES = AccessVillage.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_INVITED = AccessInvitation.__table__  # type: ignore[attr-defined]  # likewise


async def answer(session: AsyncSession, *, new: NewAccessVillage, actor: Principal, now: datetime) -> UUID:
    """Keep a village's answers of a fiscal year; returns the entry's id.

    Raises UnknownVillage, FundAreaNotYours, UnknownCondition and, by its constraints,
    VillageAnsweredAlready, AccessVillageExists.
    """
    if new.area_code[:TAMBON] not in _tambons():
        raise UnknownVillage(pointer="/area_code")
    if not covers(actor.areas, new.area_code):
        raise FundAreaNotYours(pointer="/area_code")
    _check(new.answers)
    village_id = new.id or uuid7()
    await insert_row(
        session,
        _VILLAGES,
        id=village_id,
        area_code=new.area_code,
        fiscal_year=year_of(business_date(now), new.fiscal_year),
        answers=orjson.dumps(new.answers).decode(),
        evidence=new.evidence,
        persons=new.persons,
        answered_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await audit.record(
        session, principal=actor, action="access_village.answer", subjects=[village_id], now=now
    )
    return village_id


async def change(
    session: AsyncSession,
    *,
    village_id: UUID,
    patch: AccessVillageChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Correct a village's answers.

    Raises AccessVillageNotFound, StaleVersion, UnknownCondition, FewerThanInvited.
    """
    before = await _locked(session, village_id, actor=actor)
    etags.check(if_match, before["version"])
    given = patch.model_dump(exclude_unset=True)
    answers, persons = given.get("answers", before["answers"]), given.get("persons", before["persons"])
    _check(answers)
    if persons < before["invited"]:
        raise FewerThanInvited(invited=before["invited"])
    await update_row(
        session,
        _VILLAGES,
        village_id,
        answers=orjson.dumps(answers).decode(),
        evidence=given.get("evidence", before["evidence"]),
        persons=persons,
        answered_by=actor.subject,
        version=before["version"] + 1,
        updated_at=now,
    )
    detail = {"fields": sorted(given)}
    await audit.record(
        session,
        principal=actor,
        action="access_village.change",
        subjects=[village_id],
        now=now,
        detail=detail,
    )


async def invite(
    session: AsyncSession, *, village_id: UUID, new: NewInvitation, actor: Principal, now: datetime
) -> UUID:
    """Invite somebody of a poor household of the village; returns the invitation's id.

    Raises AccessVillageNotFound, VillageNotTarget, VillageFull, HouseholdNotHere, HouseholdNotPoor,
    HouseholdHasAccess, FundDoesNotSuit, DateInFuture and, by its constraints, InvitedAlready,
    InvitationExists.
    """
    village = await _locked(session, village_id, actor=actor)
    registry.not_in_future(new.invited_on, "/invited_on", now=now)
    if not is_target(village["answers"]):
        raise VillageNotTarget
    if village["invited"] >= village["persons"]:
        raise VillageFull(persons=village["persons"])
    await _check_household(session, village, new)
    invitation_id = new.id or uuid7()
    await insert_row(
        session,
        _INVITED,
        **new.model_dump(exclude={"id", "channel"}),
        id=invitation_id,
        channel=new.channel.value,
        village_id=village_id,
        area_code=village["area_code"],
        invited_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    subjects = [invitation_id, new.household_id]
    await audit.record(
        session, principal=actor, action="access_invitation.invite", subjects=subjects, now=now
    )
    return invitation_id


async def result(
    session: AsyncSession,
    *,
    invitation_id: UUID,
    patch: InvitationChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Keep what came of an invitation.

    Raises InvitationNotFound, StaleVersion, ResultDayWrong, DateInFuture.
    """
    before = await queries.invitation(session, invitation_id, areas=actor.areas, lock=True)
    if before is None:
        raise InvitationNotFound
    etags.check(if_match, before["version"])
    given = patch.model_dump(exclude_unset=True)
    came = Result(given.get("result", before["result"]))
    on = given.get("result_on", before["result_on"])
    registry.not_in_future(on, "/result_on", now=now)
    if (came is Result.WAITING) != (on is None) or (on is not None and on < before["invited_on"]):
        raise ResultDayWrong(pointer="/result_on")
    await update_row(
        session,
        _INVITED,
        invitation_id,
        result=came.value,
        result_on=on,
        note=given.get("note", before["note"]),
        version=before["version"] + 1,
        updated_at=now,
    )
    await audit.record(
        session,
        principal=actor,
        action="access_invitation.result",
        subjects=[invitation_id, before["household_id"]],
        now=now,
        detail={"result": came.value},
    )


async def _check_household(session: AsyncSession, village: asyncpg.Record, new: NewInvitation) -> None:
    known = await reach.one(session, new.household_id)
    if known is None or known["village_code"] != village["area_code"]:
        raise HouseholdNotHere(pointer="/household_id")
    if not known["poor"]:
        raise HouseholdNotPoor(pointer="/household_id")
    if known["reach"] == Reach.BORROWER.value:
        raise HouseholdHasAccess
    if new.fund_id is None:
        return
    (household,) = await reach.with_memberships(session, [known])
    found = suits(household, await reach.near(session, [village["area_code"]]))
    chosen = next((one for one in found if one.fund.id == new.fund_id), None)
    if chosen is None or chosen.fit is Fit.NO:
        why = [] if chosen is None else [reason.value for reason in chosen.why]
        raise FundDoesNotSuit(pointer="/fund_id", why=why)


async def _locked(session: AsyncSession, village_id: UUID, *, actor: Principal) -> asyncpg.Record:
    found = await queries.one(session, village_id, areas=actor.areas, lock=True)
    if found is None:
        raise AccessVillageNotFound
    return found


def _check(answers: Mapping[str, bool | None]) -> None:
    wrong = unknown(answers)
    if wrong:
        texts = (UnknownCondition.code, UnknownCondition.title_th, UnknownCondition.title_en)
        raise UnknownCondition(errors=[FieldError(f"/answers/{code}", *texts) for code in wrong])


@cache
def _tambons() -> frozenset[str]:
    return frozenset(area.code for area in catalogue() if len(area.code) == TAMBON)
