"""Local holidays over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, status
from starlette.responses import Response

from funds.holidays import queries, service
from funds.holidays.errors import HolidayAreaNotYours, HolidayExists, HolidayNotFound
from funds.holidays.rules import YEARS
from funds.holidays.schemas import CalendarOut, HolidayFilters, HolidayOut, NewHoliday
from funds.permissions import FundReader, FundWriter
from shared import clock, etags, paging, problems, web
from shared.areas import AreaCode
from shared.db import ReadSession, Session
from shared.errors import StaleVersion, VersionRequired

router = web.router(tags=["fund holidays"])


@router.get(
    "/fund-holidays",
    response_model=paging.Page[HolidayOut],
    responses=problems.responses(),
    summary="Days set for areas (วันหยุดเฉพาะพื้นที่)",
)
async def list_fund_holidays(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    filters: Annotated[HolidayFilters, Query()],
) -> Response:
    """List the days that were set beside the calendar of Thailand, by day. วันหยุดและวันทำงานที่พื้นที่กำหนดเพิ่ม."""
    del principal  # a calendar is everybody's
    after = page.place(date.fromisoformat, str)
    rows = await queries.page(
        session,
        area=filters.area or "",
        since=filters.since or date.min,
        until=filters.until or date.max,
        after=after,
        limit=page.fetch,
    )
    return paging.page(page, rows, key=("on_date", "area_code"))


@router.get(
    "/fund-holidays/calendar/{year}",
    responses=problems.responses(),
    summary="The holidays of a year, as schedules know them (ปฏิทินวันหยุด)",
)
async def get_fund_calendar(
    session: ReadSession,
    principal: FundReader,
    year: Annotated[int, Path(ge=YEARS[0], le=YEARS[-1], description="Christian year")],
    area: Annotated[
        AreaCode | None, Query(description="With the days set for this area and above it")
    ] = None,
) -> CalendarOut:
    """Return Thailand's public holidays with the days set for an area and those it lies in.

    วันหยุดราชการรวมกับวันที่พื้นที่กำหนด
    """
    del principal  # a calendar is everybody's
    items = await service.year(session, year=year, area_code=area or "")
    return CalendarOut(year=year, area_code=area or "", items=items)


@router.post(
    "/fund-holidays",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(HolidayExists, HolidayAreaNotYours),
    summary="Set a day for an area (กำหนดวันหยุด)",
)
async def add_fund_holiday(
    session: Session, principal: FundWriter, new: NewHoliday, response: Response
) -> HolidayOut:
    """Set a holiday that the calendar does not know, or a working day that it takes for one.

    กำหนดวันหยุดเพิ่ม หรือกำหนดวันหยุดราชการให้เป็นวันทำงาน
    """
    holiday_id = await service.add(session, new=new, actor=principal, now=clock.now())
    row = await queries.one(session, holiday_id)
    response.headers["Location"] = f"/v1/fund-holidays/{holiday_id}"
    response.headers["ETag"] = etags.of(1)
    return HolidayOut.model_validate(dict(row or {}))


@router.delete(
    "/fund-holidays/{holiday_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=problems.responses(HolidayNotFound, HolidayAreaNotYours, StaleVersion, VersionRequired),
    summary="Take a day back (ยกเลิกวันหยุด)",
)
async def remove_fund_holiday(
    session: Session, principal: FundWriter, holiday_id: UUID, if_match: etags.IfMatch
) -> None:
    """Take a day back; due dates of schedules that exist stay. ยกเลิกวันที่กำหนด ตารางผ่อนชำระที่มีแล้วไม่เปลี่ยน."""
    await service.remove(session, holiday_id=holiday_id, if_match=if_match, actor=principal, now=clock.now())
