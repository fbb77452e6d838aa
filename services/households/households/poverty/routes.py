"""Poverty figures over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from households.permissions import HouseholdReader, PovertyReader
from households.poverty import service, thresholds
from households.poverty.errors import AreaNotFound, NoEdition
from households.poverty.schemas import HouseholdHistory, Summary, SummaryFilters, Thresholds
from households.registry.errors import HouseholdNotFound
from shared import audit, clock, problems, web
from shared.db import ReadSession, Session

router = web.router(tags=["poverty"])


@router.get(
    "/poverty/summary",
    response_model=Summary,
    responses=problems.responses(NoEdition, AreaNotFound),
    summary="Poverty figures of an edition (สรุปความยากจน)",
)
async def summarise_poverty(
    session: ReadSession, principal: PovertyReader, filters: Annotated[SummaryFilters, Query()]
) -> dict[str, Any]:
    """Return totals and figures by area, dimension or indicator, as the edition's last import left them.

    Callers who may not read households or cases do not see counts under five. สรุปจำนวนคนจนตามพื้นที่ มิติ หรือตัวชี้วัด
    """
    return await service.summary(session, filters=filters, actor=principal)


@router.get(
    "/poverty/households/{household_id}",
    response_model=HouseholdHistory,
    responses=problems.responses(HouseholdNotFound),
    summary="A household's status by edition (สถานะความยากจนของครัวเรือนรายปี)",
)
async def read_poverty_of_household(
    session: Session, principal: HouseholdReader, household_id: UUID
) -> dict[str, Any]:
    """Return what each survey found of a household, the newest first. Leaves an audit row.

    สถานะความยากจนของครัวเรือนในแต่ละปี ปีล่าสุดก่อน
    """
    found = await service.household(session, household_id=household_id, actor=principal)
    await audit.record(
        session,
        principal=principal,
        action="household.read_poverty",
        subjects=[household_id],
        now=clock.now(),
    )
    return found


@router.get(
    "/poverty/thresholds",
    response_model=Thresholds,
    summary="The dated lines of income (เส้นรายได้)",
)
async def list_poverty_thresholds(principal: PovertyReader) -> dict[str, Any]:  # noqa: ARG001
    """Return the lines by which incomes are judged, each with its years and source. เส้นรายได้แต่ละปี พร้อมที่มา."""
    return {
        "items": [
            {
                "code": line.code,
                "baht": line.baht,
                "valid_years": line.valid_years,
                "confidence": line.confidence,
                "title": {"th": line.th, "en": line.en},
                "source": line.source,
            }
            for line in thresholds.shipped()
        ]
    }
