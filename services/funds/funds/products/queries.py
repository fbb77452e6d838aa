"""Every SELECT on products; they are everybody's, a fund's own settings are read for the fund given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import Select, Text, cast, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from funds.products.models import FundProduct, FundProductVersion
from funds.products.rules import Category, FundKind
from shared.db import counted, driver, fetch

_PRODUCTS = FundProduct.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
_VERSIONS = FundProductVersion.__table__  # type: ignore[attr-defined]  # likewise
_VERSION = [_VERSIONS.c[name] for name in ("valid_from", "offered", "source", "confidence")]

_IN_FORCE = """
SELECT products.id, code, fund_kind, category, borrower, name_th, name_en, version.*
FROM fund_products AS products
CROSS JOIN LATERAL (
    SELECT valid_from, offered, terms::text AS terms, source, confidence
    FROM fund_product_versions
    WHERE product_id = products.id AND valid_from <= $2
    ORDER BY valid_from DESC LIMIT 1
) AS version
WHERE products.id = $1
"""

# The table is the registry's; read here because a fund's resolution has no meaning without the product.
# Each column counts from its own newest resolution: a later one on the term leaves the rate as it was.
_OWN = """
SELECT {columns}
FROM fund_settings WHERE fund_id = $1 AND product_code = $2 AND valid_from <= $3
""".format(
    columns=", ".join(
        f"(array_agg({name} ORDER BY valid_from DESC) FILTER (WHERE {name} IS NOT NULL))[1] AS {name}"
        for name in (
            "annual_rate", "penalty_rate", "max_amount", "max_months", "max_instalments", "min_group_size",
        )
    )
)  # fmt: skip


def _read(row: asyncpg.Record) -> dict[str, Any]:
    return {**row, "terms": orjson.loads(row["terms"])}


async def in_force(session: AsyncSession, product_id: UUID, *, on: date) -> Mapping[str, Any] | None:
    """Return a product with the terms in force on a day, as `terms.of_row` takes it."""
    row = await (await driver(session)).fetchrow(_IN_FORCE, product_id, on)
    return None if row is None else _read(row)


async def own(session: AsyncSession, fund_id: UUID, *, product_code: str, on: date) -> Mapping[str, Any]:
    """Return what a fund has resolved for a product until a day, as `terms.own_settings` takes it."""
    row = await (await driver(session)).fetchrow(_OWN, fund_id, product_code, on)
    return dict(row)


async def by_code(session: AsyncSession, code: str, *, on: date) -> Mapping[str, Any] | None:
    """Return the product of a code with its terms on a day."""
    rows = await fetch(session, select(_PRODUCTS.c.id).where(_PRODUCTS.c.code == code))
    return await in_force(session, rows[0]["id"], on=on) if rows else None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which products are listed, with the terms of which day."""

    on: date
    fund_kind: FundKind | None = None
    category: Category | None = None


def _listed(filters: Filters) -> Select[Any]:
    newest = (
        select(_VERSIONS.c.product_id, func.max(_VERSIONS.c.valid_from).label("valid_from"))
        .where(_VERSIONS.c.valid_from <= filters.on)
        .group_by(_VERSIONS.c.product_id)
        .subquery()
    )
    statement = (
        select(*_PRODUCTS.c, *_VERSION, _VERSIONS.c.annual_rate, _VERSIONS.c.max_amount)
        .join(newest, newest.c.product_id == _PRODUCTS.c.id)
        .join(
            _VERSIONS,
            tuple_(_VERSIONS.c.product_id, _VERSIONS.c.valid_from)
            == tuple_(newest.c.product_id, newest.c.valid_from),
        )
    )
    if filters.fund_kind is not None:
        statement = statement.where(_PRODUCTS.c.fund_kind == filters.fund_kind.value)
    if filters.category is not None:
        statement = statement.where(_PRODUCTS.c.category == filters.category.value)
    return statement


async def page(
    session: AsyncSession, *, filters: Filters, after: str | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` products by code, with what their terms on a day cost and give."""
    statement = _listed(filters)
    if after is not None:
        statement = statement.where(_PRODUCTS.c.code > after)
    return await fetch(session, statement.order_by(_PRODUCTS.c.code).limit(limit))


async def count(session: AsyncSession, *, filters: Filters) -> int:
    """Return how many products the filters leave."""
    return await counted(session, _listed(filters))


async def versions(session: AsyncSession, product_id: UUID) -> list[dict[str, Any]]:
    """Return all versions of a product's terms, the newest first."""
    columns = [*_VERSION, cast(_VERSIONS.c.terms, Text).label("terms"), _VERSIONS.c.shipped]
    statement = (
        select(*columns, _VERSIONS.c.created_at)
        .where(_VERSIONS.c.product_id == product_id)
        .order_by(_VERSIONS.c.valid_from.desc())
    )
    return [_read(row) for row in await fetch(session, statement)]


async def product(session: AsyncSession, product_id: UUID) -> asyncpg.Record | None:
    """Return a product without its terms."""
    rows = await fetch(session, select(*_PRODUCTS.c).where(_PRODUCTS.c.id == product_id))
    return rows[0] if rows else None
