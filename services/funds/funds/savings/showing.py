"""Members' savings as the API shows them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from funds.savings.judging import Outcome
from funds.savings.schemas import (
    DepositProblem,
    DepositResult,
    DepositsOut,
    MonthlySheet,
    MovementOut,
    PledgeOut,
    SavingsAccountOut,
    SavingsStatement,
    SheetLine,
    StatementLine,
)
from shared.errors import Refusal
from shared.money import baht
from shared.schemas import Text

_AMOUNTS = ("savings", "shares", "pledge")


def month(day: date) -> str:
    """Return a month as 2026-01."""
    return f"{day:%Y-%m}"


def pledge(row: Mapping[str, Any]) -> PledgeOut:
    """Return a pledge."""
    kept = {name: row[name] for name in PledgeOut.model_fields}
    return PledgeOut.model_validate({**kept, "month_from": month(row["month_from"])})


def movement(row: Mapping[str, Any]) -> MovementOut:
    """Return a movement."""
    kept = {name: row[name] for name in MovementOut.model_fields}
    of = None if row["month"] is None else month(row["month"])
    return MovementOut.model_validate({**kept, "month": of})


def account(row: Mapping[str, Any]) -> SavingsAccountOut:
    """Return a member's account."""
    return SavingsAccountOut.model_validate(dict(row))


def exported(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return an account with amounts as a file shows them."""
    return {**row, **{name: baht(row[name]) for name in _AMOUNTS}}


def deposits(outcomes: Sequence[Outcome]) -> DepositsOut:
    """Return what became of a sheet."""
    results = [
        DepositResult(
            index=at,
            id=one.item.id,
            member_id=one.item.member_id,
            outcome="refused" if one.refusal is not None else "recorded" if one.recorded else "repeated",
            problem=None if one.refusal is None else _problem(one.refusal),
        )
        for at, one in enumerate(outcomes)
    ]
    told = [one.outcome for one in results]
    taken = [one.item for one in outcomes if one.recorded]
    return DepositsOut(
        recorded=told.count("recorded"),
        repeated=told.count("repeated"),
        refused=told.count("refused"),
        savings=sum(item.savings for item in taken),
        shares=sum(item.shares for item in taken),
        results=results,
    )


def _problem(refusal: Refusal) -> DepositProblem:
    title = Text(th=refusal.title_th, en=refusal.title_en)
    detail = Text(th=refusal.detail_th, en=refusal.detail_en) if refusal.detail_th else None
    return DepositProblem(status=refusal.status, code=refusal.code, title=title, detail=detail)


def statement(
    who: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], *, since: date | None
) -> SavingsStatement:
    """Return a pass book of the rows from a day on, with what was there before."""
    savings = shares = 0
    lines: list[StatementLine] = []
    opening = (0, 0)
    for row in rows:
        savings, shares = savings + row["savings"], shares + row["shares"]
        if since is not None and row["moved_on"] < since:
            opening = (savings, shares)
            continue
        lines.append(StatementLine.model_validate({**row, "savings_after": savings, "shares_after": shares}))
    return SavingsStatement(
        member_id=who["member_id"],
        member_no=who["member_no"],
        name=who["name"],
        opening_savings=opening[0],
        opening_shares=opening[1],
        lines=lines,
        closing_savings=savings,
        closing_shares=shares,
    )


def sheet(rows: Sequence[Mapping[str, Any]], *, of: date) -> MonthlySheet:
    """Return a month's sheet with its totals."""
    lines = [
        SheetLine.model_validate({**row, "missing": max(row["pledge"] - row["savings"], 0)}) for row in rows
    ]
    return MonthlySheet(
        month=month(of),
        members=len(lines),
        paid=sum(1 for line in lines if line.savings or line.shares),
        pledge=sum(line.pledge for line in lines),
        savings=sum(line.savings for line in lines),
        shares=sum(line.shares for line in lines),
        missing=sum(line.missing for line in lines),
        lines=lines,
    )
