"""An application as the API shows it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.applications import preventing, queries
from funds.applications.decision_schemas import RiskOut
from funds.applications.errors import ApplicationNotFound
from funds.applications.rules import given_of
from funds.products.rules import LENT, Category
from shared import etags, paging
from shared.money import baht

_AMOUNTS = ("amount", "resolved_amount", "reserved")
_CHECK = (
    "item", "done", "done_on", "done_by", "evidence", "file_type", "file_sha256", "recorded_by",
    "recorded_at",
)  # fmt: skip


async def answer(
    session: AsyncSession, application_id: UUID, *, areas: Sequence[str], code: int = 200
) -> Response:
    """Return an application of the caller's areas whole, with its ETag; raises ApplicationNotFound."""
    row = await queries.one(session, application_id, areas=areas)
    if row is None:
        raise ApplicationNotFound
    checks = await queries.checks(session, application_id)
    body = {
        **listed(row),
        **{name: row[name] for name in ("plan", "months", "instalments", "authors", "reason", "round")},
        "risk": None if row["risk"] is None else RiskOut.model_validate(row["risk"]),
        "annual_rate": None
        if row["annual_rate"] is None
        else rates.text(rates.of_column(row["annual_rate"])),
        "budget": [in_baht(line) for line in row["budget"]],
        "shares": [_share(one) for one in await queries.shares(session, application_id)],
        "guarantors": [dict(one) for one in await queries.guarantors(session, application_id)],
        "steps": [_step(step, taken=at < row["step_no"]) for at, step in enumerate(row["steps"])],
        "checks": [{name: check[name] for name in _CHECK} for check in checks],
        "missing": preventing.missing(checks, row["risk"]) if Category(row["category"]) in LENT else [],
        "decisions": [_decision(one) for one in await queries.decisions(session, application_id)],
    }
    headers = {"ETag": etags.of(row["version"])}
    return Response(paging.json_bytes(body), code, media_type="application/json", headers=headers)


_LISTED = (
    "id", "fund_id", "area_code", "application_no", "product_id", "product_code", "category", "borrower_kind",
    "borrower_id", "borrower_name", "title", "purpose", "amount", "applied_on", "state", "next_step",
    "next_level", "risk_level", "submitted_on", "approved_on", "valid_until", "reserved", "version",
    "created_at", "updated_at",
)  # fmt: skip


def listed(row: Mapping[str, Any] | asyncpg.Record) -> dict[str, Any]:
    """Return a row as the list shows it; satang become decimal strings of baht."""
    return in_baht({name: row[name] for name in _LISTED} | {"resolved_amount": row["given"]})


def in_baht(row: Mapping[str, Any] | asyncpg.Record) -> dict[str, Any]:
    """Return a row with its satang as decimal strings of baht."""
    shown = dict(row)
    return {name: baht(value) if name in _AMOUNTS else value for name, value in shown.items()}


def _share(row: asyncpg.Record) -> dict[str, Any]:
    return in_baht({**row, "resolved_amount": given_of(row["amount"], row["resolved_amount"])})


def _step(step: Mapping[str, Any], *, taken: bool) -> dict[str, Any]:
    return {**{name: step[name] for name in ("code", "level", "kind")}, "taken": taken}


def _decision(row: asyncpg.Record) -> dict[str, Any]:
    said = {name: value for name, value in row.items() if name != "application_id"}
    return {**said, "amount": None if row["amount"] is None else baht(row["amount"])}
