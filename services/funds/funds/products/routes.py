"""Products over HTTP; they are everybody's to read."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, status
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from funds import rates
from funds.permissions import FundApprover, FundReader
from funds.products import queries, service
from funds.products.errors import (
    DepartmentOnly,
    ProductExists,
    ProductNotFound,
    RateAboveCap,
    VersionExists,
    VersionInThePast,
    WrongMethod,
)
from funds.products.schemas import (
    NewProduct,
    NewVersion,
    ProductFilters,
    ProductOut,
    ProductSummary,
    RateCapOut,
    RateCaps,
)
from shared import clock, paging, problems, web
from shared.areas import covers
from shared.db import ReadSession, Session
from shared.money import baht
from shared.schemas import Day, Text
from shared.security import Principal

router = web.router(tags=["fund products"])


@router.get(
    "/fund-products",
    response_model=paging.Page[ProductSummary],
    responses=problems.responses(),
    summary="Kinds of money that funds give (ประเภทเงิน)",
)
async def list_fund_products(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    filters: Annotated[ProductFilters, Query()],
) -> Response:
    """List products by code, with the rate and the ceiling of the terms in force on a day.

    ประเภทเงินพร้อมอัตราและวงเงินที่ใช้ในวันนั้น
    """
    del principal  # products are everybody's
    on = filters.on or clock.business_date(clock.now())
    narrowed = queries.Filters(on=on, fund_kind=filters.fund_kind, category=filters.category)
    after = page.place(str)
    rows = await queries.page(session, filters=narrowed, after=after, limit=page.fetch)
    total = await queries.count(session, filters=narrowed) if page.count else None
    return paging.page(page, rows, shape=_summary, key=("code",), total=total)


@router.get(
    "/fund-products/rate-caps",
    responses=problems.responses(),
    summary="The most that a loan may cost a year (เพดานอัตราดอกเบี้ย ป.พ.พ. มาตรา 654)",
)
async def list_rate_caps(principal: FundReader) -> RateCaps:
    """List the dated caps on rates; a contract of a day may not ask more than the cap in force then.

    เพดานอัตราดอกเบี้ยตามวันทำสัญญา
    """
    del principal  # the law is everybody's
    return RateCaps(items=[RateCapOut.model_validate(cap._asdict()) for cap in service.rate_caps()])


@router.get(
    "/fund-products/{product_id}",
    responses=problems.responses(ProductNotFound),
    summary="One product with all its dated terms (เงื่อนไขประเภทเงิน)",
)
async def get_fund_product(
    session: ReadSession,
    principal: FundReader,
    product_id: UUID,
    on: Annotated[Day | None, Query(description="The day whose terms are shown as in force")] = None,
) -> ProductOut:
    """Return a product, the terms in force on a day and all versions, the newest first.

    เงื่อนไขที่ใช้อยู่และทุกฉบับ
    """
    del principal  # products are everybody's
    return await _product(session, product_id, on=on or clock.business_date(clock.now()))


@router.post(
    "/fund-products",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(ProductExists, RateAboveCap, WrongMethod, VersionInThePast, DepartmentOnly),
    summary="Add a product (เพิ่มประเภทเงิน)",
)
async def add_fund_product(
    session: Session, principal: FundApprover, new: NewProduct, response: Response
) -> ProductOut:
    """Add a kind of money with its first terms; a rate above the cap is refused, never lowered.

    เพิ่มประเภทเงินพร้อมเงื่อนไขแรก อัตราเกินเพดานไม่รับ
    """
    _department(principal)
    product_id = await service.add(session, new=new, actor=principal, now=clock.now())
    response.headers["Location"] = f"/v1/fund-products/{product_id}"
    return await _product(session, product_id, on=new.valid_from)


@router.post(
    "/fund-products/{product_id}/versions",
    status_code=status.HTTP_201_CREATED,
    responses=problems.responses(
        ProductNotFound, VersionExists, RateAboveCap, WrongMethod, VersionInThePast, DepartmentOnly
    ),
    summary="Add terms from a day on (เงื่อนไขฉบับใหม่)",
)
async def add_fund_product_version(
    session: Session, principal: FundApprover, product_id: UUID, new: NewVersion, response: Response
) -> ProductOut:
    """Add terms that hold from a day on; contracts made before keep theirs.

    เพิ่มเงื่อนไขตั้งแต่วันที่กำหนด สัญญาเดิมไม่เปลี่ยน
    """
    _department(principal)
    await service.add_version(session, product_id=product_id, new=new, actor=principal, now=clock.now())
    response.headers["Location"] = f"/v1/fund-products/{product_id}"
    return await _product(session, product_id, on=new.valid_from)


def _department(principal: Principal) -> None:
    if not covers(principal.areas, ""):
        raise DepartmentOnly


def _summary(row: Any) -> dict[str, Any]:
    shown = {name: row[name] for name in ("id", "code", "fund_kind", "category", "borrower")}
    most = row["max_amount"]
    return {
        **shown,
        "name": {"th": row["name_th"], "en": row["name_en"]},
        "valid_from": row["valid_from"],
        "offered": row["offered"],
        "annual_rate": rates.text(rates.of_column(row["annual_rate"])),
        "max_amount": None if most is None else baht(most),
    }


async def _product(session: AsyncSession, product_id: UUID, *, on: date) -> ProductOut:
    row = await queries.in_force(session, product_id, on=on)
    if row is None:
        raise ProductNotFound
    rest = {name: row["terms"].get(name) for name in ("annual_rate", "max_amount")}
    named = {name: row[name] for name in row if name not in {"name_th", "name_en", "source", "confidence"}}
    name = Text(th=row["name_th"], en=row["name_en"])
    versions = await queries.versions(session, product_id)
    return ProductOut.model_validate({**named, **rest, "name": name, "versions": versions})
