"""Move for Fund teams over HTTP."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.fund_teams import queries, service
from funds.fund_teams.errors import (
    DistrictNotYours,
    FundTeamEndsBeforeStart,
    FundTeamExists,
    FundTeamIncomplete,
    FundTeamNotFound,
    FundTeamStands,
    TeamPersonTwice,
    UnknownDistrict,
)
from funds.fund_teams.export import DESCRIBED, TEAMS, line
from funds.fund_teams.schemas import FundTeamChange, FundTeamFilters, FundTeamOut, NewFundTeam
from funds.permissions import FundReader, FundWriter
from shared import clock, etags, exports, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, ScopeMissing, StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["fund teams"])


@router.get(
    "/fund-teams",
    response_model=paging.Page[FundTeamOut],
    responses={200: DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Move for Fund teams (ทีมคู่หู คู่คิด)",
)
async def list_fund_teams(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    filters: Annotated[FundTeamFilters, Query()],
) -> Response:
    """List teams by district, those that ended too; as CSV or XLSX with the scope `export`.

    ทีมของอำเภอที่ผู้เรียกทำงานอยู่
    """
    narrowed = queries.Filters(areas=principal.areas, area=filters.area or "", on=filters.on)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=TEAMS,
            read=partial(_lines, filters=narrowed),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, shape=_shown, key=("area_code", "id"), total=total)


@router.post(
    "/fund-teams",
    status_code=status.HTTP_201_CREATED,
    response_model=FundTeamOut,
    responses=problems.responses(
        UnknownDistrict, DistrictNotYours, FundTeamIncomplete, TeamPersonTwice, FundTeamStands, FundTeamExists
    ),
    summary="Form a team (ตั้งทีมคู่หู คู่คิด)",
)
async def form_fund_team(session: Session, principal: FundWriter, body: NewFundTeam) -> Response:
    """Form a district's team of four roles, each another person. ตั้งทีมสี่บทบาท บทบาทละหนึ่งคน."""
    team_id = await service.form(session, new=body, actor=principal, now=clock.now())
    response = await _answer(session, team_id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/fund-teams/{team_id}"
    return response


@router.get(
    "/fund-teams/{team_id}",
    response_model=FundTeamOut,
    responses=problems.responses(FundTeamNotFound),
    summary="One team (ทีมคู่หู คู่คิด)",
)
async def read_fund_team(session: ReadSession, principal: FundReader, team_id: UUID) -> Response:
    """Return a team with its four members. ทีมพร้อมผู้ร่วมทีมสี่บทบาท."""
    return await _answer(session, team_id, principal)


@router.patch(
    "/fund-teams/{team_id}",
    response_model=FundTeamOut,
    responses=problems.responses(
        FundTeamNotFound,
        DistrictNotYours,
        FundTeamIncomplete,
        TeamPersonTwice,
        FundTeamEndsBeforeStart,
        FundTeamStands,
        StaleVersion,
        VersionRequired,
    ),
    summary="Change or end a team (เปลี่ยนผู้ร่วมทีมหรือสิ้นสุดทีม)",
)
async def change_fund_team(
    session: Session, principal: FundWriter, team_id: UUID, if_match: etags.IfMatch, body: FundTeamChange
) -> Response:
    """Change a team's members, all four given, or name its last day. เปลี่ยนผู้ร่วมทีมหรือกำหนดวันสิ้นสุด."""
    await service.change(
        session, team_id=team_id, patch=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return await _answer(session, team_id, principal)


async def _lines(session: AsyncSession, **wanted: Any) -> list[dict[str, Any]]:
    return [line(team) for team in await queries.page(session, **wanted)]


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as `FundTeamOut` says it."""
    team = dict(row)
    team["district"] = team.pop("area_code")
    return team


async def _answer(session: AsyncSession, team_id: UUID, principal: Principal) -> Response:
    found = await queries.one(session, team_id, areas=principal.areas)
    if found is None:
        raise FundTeamNotFound
    headers = {"ETag": etags.of(found["version"])}
    return Response(paging.json_bytes(_shown(found)), media_type="application/json", headers=headers)
