"""Teams formed, their members changed, ended."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.fund_teams import queries
from funds.fund_teams.errors import (
    DistrictNotYours,
    FundTeamEndsBeforeStart,
    FundTeamIncomplete,
    FundTeamNotFound,
    TeamPersonTwice,
    UnknownDistrict,
)
from funds.fund_teams.models import FundTeam
from funds.fund_teams.rules import DISTRICT, TeamRole, missing, repeated
from funds.fund_teams.schemas import FundTeamChange, NewFundTeam, TeamMember
from shared import audit, etags
from shared.areas import catalogue, covers
from shared.db import driver
from shared.errors import FieldError
from shared.ids import uuid7
from shared.rows import Row, insert, insert_row, update_row
from shared.security import Principal

_TABLE = FundTeam.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it


async def form(session: AsyncSession, *, new: NewFundTeam, actor: Principal, now: datetime) -> UUID:
    """Form a district's team; returns its id.

    Raises UnknownDistrict, DistrictNotYours, FundTeamIncomplete, TeamPersonTwice and, by its constraints,
    FundTeamStands, FundTeamExists.
    """
    if new.district not in _districts():
        raise UnknownDistrict(pointer="/district")
    if not covers(actor.areas, new.district):
        raise DistrictNotYours(pointer="/district")
    _check(new.members)
    team_id = new.id or uuid7()
    await insert_row(
        session,
        _TABLE,
        id=team_id,
        area_code=new.district,
        valid_from=new.valid_from,
        created_by=actor.subject,
        created_at=now,
        updated_at=now,
    )
    await _seat(session, team_id, new.members)
    await audit.record(session, principal=actor, action="fund_team.form", subjects=[team_id], now=now)
    return team_id


async def change(
    session: AsyncSession,
    *,
    team_id: UUID,
    patch: FundTeamChange,
    if_match: str,
    actor: Principal,
    now: datetime,
) -> None:
    """Change a team's members or end it.

    Raises FundTeamNotFound, DistrictNotYours, StaleVersion, FundTeamIncomplete, TeamPersonTwice,
    FundTeamEndsBeforeStart and, where its end is taken back, FundTeamStands.
    """
    before = await queries.one(session, team_id, areas=actor.areas, lock=True)
    if before is None:
        raise FundTeamNotFound
    if not covers(actor.areas, before["area_code"]):
        raise DistrictNotYours
    etags.check(if_match, before["version"])
    given = patch.model_dump(exclude_unset=True)
    ends = given.get("valid_to", before["valid_to"])
    if ends is not None and ends < before["valid_from"]:
        raise FundTeamEndsBeforeStart(pointer="/valid_to")
    if "members" in given:
        _check(patch.members)
        await (await driver(session)).execute("DELETE FROM fund_team_members WHERE team_id = $1", team_id)
        await _seat(session, team_id, patch.members)
    await update_row(session, _TABLE, team_id, valid_to=ends, version=before["version"] + 1, updated_at=now)
    detail = {"fields": sorted(given)}
    await audit.record(
        session, principal=actor, action="fund_team.change", subjects=[team_id], now=now, detail=detail
    )


def _check(members: Sequence[TeamMember]) -> None:
    lacking = missing(member.role for member in members)
    if lacking or len(members) != len(TeamRole):
        wanted = ", ".join(lacking)
        raise FundTeamIncomplete(
            f"ยังขาด {wanted}" if wanted else "",
            f"Missing: {wanted}" if wanted else "",
            pointer="/members",
            missing=list(lacking),
        )
    for name in ("display_name", "subject"):
        places = repeated([getattr(member, name) for member in members])
        if places:
            code, th, en = TeamPersonTwice.code, TeamPersonTwice.title_th, TeamPersonTwice.title_en
            raise TeamPersonTwice(errors=[FieldError(f"/members/{at}/{name}", code, th, en) for at in places])


async def _seat(session: AsyncSession, team_id: UUID, members: Sequence[TeamMember]) -> None:
    rows = [
        Row("fund_team_members", {"team_id": team_id, **one.model_dump(), "role": one.role.value})
        for one in members
    ]
    await insert(session, *rows)


@cache
def _districts() -> frozenset[str]:
    return frozenset(area.code for area in catalogue() if len(area.code) == DISTRICT)
