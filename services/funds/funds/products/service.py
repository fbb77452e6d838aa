"""Products' terms in force, the cap on rates, and what the department adds."""

from datetime import date, datetime
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.products import queries
from funds.products import terms as stored
from funds.products.errors import ProductNotFound, RateAboveCap, VersionInThePast, WrongMethod
from funds.products.models import FundProduct, FundProductVersion
from funds.products.rules import Category, ProductTerms, RateCap, apply, cap_on
from funds.products.schemas import NewProduct, NewVersion, TermsOfProduct
from funds.schedules.rules import Method
from shared import audit
from shared.clock import business_date
from shared.db import driver
from shared.ids import uuid7
from shared.rows import insert_row
from shared.security import Principal

_PRODUCTS = FundProduct.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_VERSIONS = FundProductVersion.__table__  # type: ignore[attr-defined]  # likewise
_UNREPAID: Final = frozenset({Category.GRANT, Category.SAVINGS})


async def terms(session: AsyncSession, product_id: UUID, *, fund_id: UUID | None, on: date) -> ProductTerms:
    """Return a product's terms in force on a day, with the own settings of a fund (None: of no fund).

    Raises ProductNotFound, also when its first terms begin later.
    """
    row = await queries.in_force(session, product_id, on=on)
    if row is None:
        raise ProductNotFound
    found = stored.of_row(row)
    if fund_id is None:
        return found
    own = await queries.own(session, fund_id, product_code=found.code, on=on)
    return apply(found, stored.own_settings(own))


async def terms_of_code(session: AsyncSession, code: str, *, on: date) -> ProductTerms:
    """Return the terms in force of a product by its code, as `terms` of no fund; raises ProductNotFound."""
    row = await queries.by_code(session, code, on=on)
    if row is None:
        raise ProductNotFound
    return stored.of_row(row)


@cache
def rate_caps() -> tuple[RateCap, ...]:
    """Return the dated caps that are shipped, the oldest first."""
    rows = orjson.loads(files("funds.products").joinpath("data/rate_caps.json").read_bytes())
    caps = (
        RateCap(date.fromisoformat(row["valid_from"]), rates.rate(row["annual_rate"]), row["source"])
        for row in rows
    )
    return tuple(sorted(caps))


def check_rate(rate: Fraction, *, on: date, pointer: str = "/annual_rate") -> None:
    """Raise RateAboveCap where a contract of that day may not ask so much a year; never lowers it."""
    cap = cap_on(rate_caps(), on)
    if rate > cap.annual_rate:
        most = rates.text(cap.annual_rate)
        raise RateAboveCap(
            f"อัตราดอกเบี้ยสูงสุดที่กฎหมายให้เรียกได้คือร้อยละ {most} ต่อปี",
            f"The law allows at most {most} per cent a year",
            pointer=pointer,
            max_annual_rate=most,
        )


async def add(session: AsyncSession, *, new: NewProduct, actor: Principal, now: datetime) -> UUID:
    """Add a product with its first terms; returns its id.

    Raises RateAboveCap, WrongMethod, VersionInThePast and, by its constraints, ProductExists.
    """
    _check(new, new.category, now=now)
    product_id = new.id or uuid7()
    await insert_row(
        session,
        _PRODUCTS,
        id=product_id,
        code=new.code,
        fund_kind=new.fund_kind.value,
        category=new.category.value,
        borrower=new.borrower.value,
        name_th=new.name.th,
        name_en=new.name.en,
        created_at=now,
    )
    await _write(session, product_id, new, actor=actor, now=now)
    await audit.record(session, principal=actor, action="fund_product.add", subjects=[product_id], now=now)
    return product_id


async def add_version(
    session: AsyncSession, *, product_id: UUID, new: NewVersion, actor: Principal, now: datetime
) -> None:
    """Add terms of a product from a day on.

    Raises ProductNotFound, RateAboveCap, WrongMethod, VersionInThePast and, by its constraint, VersionExists.
    """
    product = await queries.product(session, product_id)
    if product is None:
        raise ProductNotFound
    _check(new, Category(product["category"]), now=now)
    await _write(session, product_id, new, actor=actor, now=now)
    action = "fund_product.add_version"
    await audit.record(session, principal=actor, action=action, subjects=[product_id], now=now)


def _check(new: NewVersion, category: Category, *, now: datetime) -> None:
    if new.valid_from < business_date(now):
        raise VersionInThePast(pointer="/valid_from")
    if (new.terms.method is Method.INTEREST_FREE) != (category is not Category.LOAN):
        raise WrongMethod(pointer="/terms/method")
    if category in _UNREPAID and new.terms.penalty_rate != 0:
        raise WrongMethod(pointer="/terms/penalty_rate")
    for name in ("annual_rate", "max_annual_rate", "penalty_rate"):
        rate = getattr(new.terms, name)
        if rate is not None:
            check_rate(rate, on=new.valid_from, pointer=f"/terms/{name}")


async def _write(
    session: AsyncSession, product_id: UUID, new: NewVersion, *, actor: Principal, now: datetime
) -> None:
    values = version_values(new.terms)
    await insert_row(
        session,
        _VERSIONS,
        product_id=product_id,
        valid_from=new.valid_from,
        offered=new.offered,
        source=new.source,
        confidence=new.confidence.value,
        shipped=False,
        created_by=actor.subject,
        created_at=now,
        **values,
    )


def version_values(terms: TermsOfProduct) -> dict[str, Any]:
    """Return a version's columns that hold its terms."""
    return {
        "annual_rate": rates.to_column(terms.annual_rate),
        "max_amount": terms.max_amount,
        "terms": terms.model_dump_json(exclude_none=True),
    }


_SHIP = """
INSERT INTO fund_products (id, code, fund_kind, category, borrower, name_th, name_en, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (code) DO UPDATE SET name_th = excluded.name_th, name_en = excluded.name_en
"""
# A version of the department's from the same day stays: its word is the newer one.
_SHIP_VERSION = """
INSERT INTO fund_product_versions
    (product_id, valid_from, offered, annual_rate, max_amount, terms, source, confidence, shipped, created_at)
SELECT id, $2, $3, $4, $5, $6, $7, $8, true, $9 FROM fund_products WHERE code = $1
ON CONFLICT (product_id, valid_from) DO UPDATE SET
    offered = excluded.offered, annual_rate = excluded.annual_rate, max_amount = excluded.max_amount,
    terms = excluded.terms, source = excluded.source, confidence = excluded.confidence
WHERE fund_product_versions.shipped AND (fund_product_versions.terms, fund_product_versions.source)
    IS DISTINCT FROM (excluded.terms, excluded.source)
"""


async def load_shipped(session: AsyncSession, *, now: datetime) -> None:
    """Bring the shipped products up to the data file; run after every migration, safe to repeat."""
    connection = await driver(session)
    for product in orjson.loads(files("funds.products").joinpath("data/products.json").read_bytes()):
        names = (product["name"]["th"], product["name"]["en"])
        nature = (product["code"], product["fund_kind"], product["category"], product["borrower"])
        await connection.execute(_SHIP, UUID(product["id"]), *nature, *names, now)
        for version in product["versions"]:
            values = version_values(TermsOfProduct.model_validate(version["terms"]))
            await connection.execute(
                _SHIP_VERSION,
                product["code"],
                date.fromisoformat(version["valid_from"]),
                version.get("offered", True),
                *values.values(),
                version["source"],
                version["confidence"],
                now,
            )
