"""A fund's own settings over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response, status

from funds.fund_settings import queries, service
from funds.fund_settings.errors import (
    NothingSet,
    SettingExists,
    SettingInThePast,
    SettingOutsideProduct,
    UnknownMeeting,
    UnknownProduct,
)
from funds.fund_settings.schemas import FundSettingOut, NewFundSetting, SettingFilters
from funds.permissions import FundReader, FundWriter
from funds.products.errors import RateAboveCap
from funds.registry import service as registry
from funds.registry.errors import FundNotActive, FundNotFound
from shared import clock, paging, problems, web
from shared.db import ReadSession, Session
from shared.errors import InternalError, InvalidCursor

router = web.router(tags=["fund settings"])


@router.get(
    "/funds/{fund_id}/settings",
    response_model=paging.Page[FundSettingOut],
    responses=problems.responses(FundNotFound, InvalidCursor),
    summary="What a fund has set for itself (ระเบียบของกองทุน)",
)
async def list_fund_settings(
    session: ReadSession,
    principal: FundReader,
    fund_id: UUID,
    page: paging.PageParams,
    filters: Annotated[SettingFilters, Query()],
) -> Response:
    """List a fund's own settings by the day from which they hold. ระเบียบของกองทุน เรียงตามวันเริ่มใช้."""
    await registry.require(session, fund_id, principal=principal, active=False)
    code = filters.product_code
    after = page.place(date.fromisoformat, UUID)
    rows = await queries.page(session, fund_id=fund_id, product_code=code, after=after, limit=page.fetch)
    total = await queries.count(session, fund_id=fund_id, product_code=code) if page.count else None
    return paging.page(page, rows, key=("valid_from", "id"), shape=_shown, total=total)


@router.post(
    "/funds/{fund_id}/settings",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        FundNotFound,
        FundNotActive,
        NothingSet,
        SettingInThePast,
        UnknownProduct,
        SettingOutsideProduct,
        RateAboveCap,
        UnknownMeeting,
        SettingExists,
    ),
    summary="Set something for a product (กำหนดระเบียบของกองทุน)",
)
async def add_fund_setting(
    session: Session, principal: FundWriter, fund_id: UUID, body: NewFundSetting, response: Response
) -> FundSettingOut:
    """Set a fund's own rate, term or limits from a day on, inside the product's limits; never backwards.

    กำหนดอัตราดอกเบี้ย ระยะเวลา หรือวงเงินของกองทุน ภายในกรอบของประเภทเงิน ไม่ย้อนหลัง
    """
    setting_id = await service.add(session, fund_id=fund_id, new=body, actor=principal, now=clock.now())
    response.headers["Location"] = f"/v1/funds/{fund_id}/settings"
    row = await queries.one(session, fund_id=fund_id, setting_id=setting_id)
    if row is None:
        raise InternalError
    return FundSettingOut.model_validate(dict(row))


def _shown(row: Mapping[str, Any]) -> FundSettingOut:
    return FundSettingOut.model_validate(dict(row))
