"""Access to capital over HTTP: poor households, villages that lack access, villages' answers.

Who lists households by whether they borrow learns of debts: these operations ask for the scopes of loans.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response, status
from sqlalchemy.ext.asyncio import AsyncSession

from funds.access import queries, reach, service
from funds.access.errors import (
    AccessVillageExists,
    AccessVillageNotFound,
    FewerThanInvited,
    UnknownCondition,
    UnknownVillage,
    VillageAnsweredAlready,
)
from funds.access.export import HOUSEHOLDS, HOUSEHOLDS_DESCRIBED
from funds.access.rules import WHY_TEXTS, Suit, VillageFacts, is_target, suggested, suits
from funds.access.schemas import (
    AccessVillageChange,
    AccessVillageFilters,
    AccessVillageOut,
    AccessVillageSummary,
    NewAccessVillage,
    PoorHousehold,
    PoorHouseholdFilters,
    SuggestionFilters,
    VillageSuggestion,
)
from funds.permissions import FundWriter, LoanReader
from funds.registry.errors import FundAreaNotYours
from shared import clock, etags, exports, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InvalidCursor, ScopeMissing, StaleVersion, VersionRequired
from shared.security import Principal

router = web.router(tags=["capital access"])


@router.get(
    "/capital-access/households",
    response_model=paging.Page[PoorHousehold],
    responses={200: HOUSEHOLDS_DESCRIBED, **problems.responses(InvalidCursor, ScopeMissing)},
    summary="Poor households that reach no fund (ครัวเรือนยากจนที่ยังเข้าไม่ถึงแหล่งทุน)",
)
async def list_poor_households(
    session: ReadSession,
    principal: LoanReader,
    page: paging.PageParams,
    filters: Annotated[PoorHouseholdFilters, Query()],
) -> Response:
    """List poor households without a membership and a loan, and which fund suits each and why.

    รายการครัวเรือนยากจนที่ยังไม่เป็นสมาชิกและยังไม่ได้กู้ พร้อมกองทุนที่เหมาะสมและเหตุผล
    """
    given = filters.model_dump(exclude={"area"})
    wanted = reach.Wanted(areas=principal.areas, area=filters.area or "", **given)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=HOUSEHOLDS,
            read=partial(reach.page, wanted=wanted),
            principal=principal,
            area=filters.area,
            now=clock.now(),
        )
    after = page.place(str, UUID)
    rows = await reach.page(session, wanted=wanted, after=after, limit=page.fetch)
    total = await reach.count(session, wanted=wanted) if page.count else None
    near = await _with_funds(session, rows)
    return paging.page(page, near, key=("village_code", "household_id"), total=total)


@router.get(
    "/capital-access/suggestions",
    response_model=paging.Page[VillageSuggestion],
    responses=problems.responses(InvalidCursor),
    summary="Villages whose poor reach no fund (หมู่บ้านที่ควรสร้างโอกาส)",
)
async def list_village_suggestions(
    session: ReadSession,
    principal: LoanReader,
    page: paging.PageParams,
    filters: Annotated[SuggestionFilters, Query()],
) -> Response:
    """List villages with poor households who do not borrow, and what the data says of each condition.

    รายการหมู่บ้านที่มีครัวเรือนยากจนยังไม่ได้กู้ พร้อมคำตอบเงื่อนไขเท่าที่ข้อมูลบอกได้
    """
    after = page.place(str)
    where: dict[str, Any] = {"areas": principal.areas, "area": filters.area or ""}
    rows = await reach.lacking(session, **where, after=after, limit=page.fetch)
    total = await reach.count_lacking(session, **where) if page.count else None
    return paging.page(page, rows, key=("area_code",), shape=_suggestion, total=total)


@router.get(
    "/capital-access/villages",
    response_model=paging.Page[AccessVillageSummary],
    responses=problems.responses(InvalidCursor),
    summary="Target villages (หมู่บ้านเป้าหมายเข้าถึงแหล่งทุน)",
)
async def list_access_villages(
    session: ReadSession,
    principal: LoanReader,
    page: paging.PageParams,
    filters: Annotated[AccessVillageFilters, Query()],
) -> Response:
    """List villages whose conditions are answered, with how many people are invited. หมู่บ้านที่ตอบเงื่อนไขแล้ว."""
    narrowed = queries.Filters(principal.areas, filters.area or "", filters.fiscal_year)
    after = page.place(str, int, UUID)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, key=("area_code", "fiscal_year", "id"), shape=_shown, total=total)


@router.post(
    "/capital-access/villages",
    status_code=status.HTTP_201_CREATED,
    response_model=AccessVillageOut,
    responses=problems.responses(
        UnknownVillage, FundAreaNotYours, UnknownCondition, VillageAnsweredAlready, AccessVillageExists
    ),
    summary="Answer a village's conditions (ตอบเงื่อนไขคัดเลือกหมู่บ้าน)",
)
async def answer_access_village(session: Session, principal: FundWriter, body: NewAccessVillage) -> Response:
    """Answer the five conditions for a village; one that is met makes it a target of 20 people.

    ตอบเงื่อนไขห้าข้อ เข้าเงื่อนไขข้อใดข้อหนึ่งเป็นหมู่บ้านเป้าหมาย หมู่บ้านละ 20 คน
    """
    village_id = await service.answer(session, new=body, actor=principal, now=clock.now())
    response = await _answer(session, village_id, principal)
    response.status_code = status.HTTP_201_CREATED
    response.headers["Location"] = f"/v1/capital-access/villages/{village_id}"
    return response


@router.get(
    "/capital-access/villages/{village_id}",
    response_model=AccessVillageOut,
    responses=problems.responses(AccessVillageNotFound),
    summary="One target village (หมู่บ้านเป้าหมาย)",
)
async def read_access_village(session: ReadSession, principal: LoanReader, village_id: UUID) -> Response:
    """Return a village's answers, what the data says, what came of invitations. คำตอบ ข้อมูล และผลการเชิญ."""
    return await _answer(session, village_id, principal)


@router.patch(
    "/capital-access/villages/{village_id}",
    response_model=AccessVillageOut,
    responses=problems.responses(
        AccessVillageNotFound, UnknownCondition, FewerThanInvited, StaleVersion, VersionRequired
    ),
    summary="Correct a village's answers (แก้ไขคำตอบเงื่อนไข)",
)
async def change_access_village(
    session: Session,
    principal: FundWriter,
    village_id: UUID,
    if_match: etags.IfMatch,
    body: AccessVillageChange,
) -> Response:
    """Correct answers, evidence or the number of people by merge patch. แก้ไขคำตอบ หลักฐาน หรือจำนวนคน."""
    await service.change(
        session, village_id=village_id, patch=body, if_match=if_match, actor=principal, now=clock.now()
    )
    return await _answer(session, village_id, principal)


def _suggestion(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "suggested": suggested(reach.facts(row))}


async def _with_funds(session: AsyncSession, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return households as `PoorHousehold` says them: funds of a page are read at once."""
    households = await reach.with_memberships(session, rows)
    near = await reach.near(session, [one.village_code for one in households])
    return [
        {**row, "funds": [_suit(one) for one in suits(household, near)]}
        for row, household in zip(rows, households, strict=True)
    ]


def _suit(found: Suit) -> dict[str, Any]:
    why = [
        {"code": reason.value, "text": {"th": WHY_TEXTS[reason][0], "en": WHY_TEXTS[reason][1]}}
        for reason in found.why
    ]
    fund = found.fund
    return {"fund_id": fund.id, "kind": fund.kind, "name": fund.name_th, "fit": found.fit, "why": why}


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "target": is_target(row["answers"])}


async def _answer(session: AsyncSession, village_id: UUID, principal: Principal) -> Response:
    row = await queries.one(session, village_id, areas=principal.areas)
    if row is None:
        raise AccessVillageNotFound
    facts = await reach.village(session, row["area_code"])
    shown = {
        **_shown(row),
        "figures": {name: getattr(facts, name) for name in VillageFacts.__dataclass_fields__},
        "suggested": suggested(facts),
        "results": await queries.results(session, village_id),
        "reached": await queries.reached(session, village_id),
    }
    headers = {"ETag": etags.of(row["version"])}
    return Response(paging.json_bytes(shown), media_type="application/json", headers=headers)
