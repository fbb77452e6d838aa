"""A fund sets for itself what a product leaves it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.committees import queries as committees
from funds.fund_settings.errors import (
    NothingSet,
    SettingInThePast,
    SettingOutsideProduct,
    UnknownMeeting,
    UnknownProduct,
)
from funds.fund_settings.models import FundSetting
from funds.fund_settings.schemas import NewFundSetting
from funds.products import service as products
from funds.products.errors import ProductNotFound
from funds.products.rules import OwnSettings, ProductTerms, outside
from funds.registry import service as registry
from funds.registry.rules import FundFacts
from shared import audit
from shared.clock import business_date
from shared.errors import FieldError
from shared.ids import uuid7
from shared.rows import insert_row
from shared.security import Principal

_TABLE = FundSetting.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_RATES = ("annual_rate", "penalty_rate")
_SET = (*_RATES, "max_amount", "max_months", "max_instalments", "min_group_size")


async def add(
    session: AsyncSession, *, fund_id: UUID, new: NewFundSetting, actor: Principal, now: datetime
) -> UUID:
    """Set something for a product from a day on; returns the setting's id.

    Raises FundNotFound, FundNotActive, NothingSet, SettingInThePast, UnknownProduct, SettingOutsideProduct,
    RateAboveCap, UnknownMeeting and, by its constraint, SettingExists.
    """
    fund = await registry.require(session, fund_id, principal=actor)
    chosen = {name: getattr(new, name) for name in _SET}
    if all(value is None for value in chosen.values()):
        raise NothingSet
    if new.valid_from < business_date(now):
        raise SettingInThePast(pointer="/valid_from")
    for name in _RATES:
        if chosen[name] is not None:
            products.check_rate(chosen[name], on=new.valid_from, pointer=f"/{name}")
    beyond = outside(await _terms(session, fund, new), OwnSettings(**chosen))
    if beyond:
        raise SettingOutsideProduct(
            errors=[FieldError(f"/{name}", SettingOutsideProduct.code) for name in beyond]
        )
    await _check_meeting(session, fund, new)
    setting_id = new.id or uuid7()
    columns = {
        name: rates.to_column(value) if name in _RATES and value is not None else value
        for name, value in chosen.items()
    }
    await insert_row(
        session,
        _TABLE,
        **new.model_dump(include={"product_code", "valid_from", "meeting_id", "source"}),
        **columns,
        id=setting_id,
        fund_id=fund_id,
        area_code=fund.area_code,
        created_by=actor.subject,
        created_at=now,
    )
    await audit.record(
        session, principal=actor, action="fund_setting.add", subjects=[fund_id, setting_id], now=now
    )
    return setting_id


async def _terms(session: AsyncSession, fund: FundFacts, new: NewFundSetting) -> ProductTerms:
    try:
        terms = await products.terms_of_code(session, new.product_code, on=new.valid_from)
    except ProductNotFound:
        raise UnknownProduct(pointer="/product_code") from None
    if terms.fund_kind.value != fund.kind.value:
        raise UnknownProduct(pointer="/product_code")
    return terms


async def _check_meeting(session: AsyncSession, fund: FundFacts, new: NewFundSetting) -> None:
    if new.meeting_id is None:
        return
    held = await committees.meeting(session, new.meeting_id)
    if held is None or held["fund_id"] != fund.id or held["held_on"] > new.valid_from:
        raise UnknownMeeting(pointer="/meeting_id")
