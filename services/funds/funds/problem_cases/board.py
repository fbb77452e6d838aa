"""The board of an area's funds: how many, what they lend, how many have problems, what the cure has done.

One set-based statement over funds, the ledger's projections, loans with members and shares, and the cases'
frozen figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds.registry.rules import Kind
from shared.areas import LEVELS, widest
from shared.dates import fiscal_year
from shared.db import driver
from shared.money import baht, percent

DIGITS: Final = {level: digits for digits, level in LEVELS.items()}

# A household borrows by itself, by a member of it, or by a member's part in a group's loan; a member whose
# household is not known counts as one.
_LINES = """
WITH fund AS (
    SELECT id, left(area_code, $4) AS area FROM funds
    WHERE kind = $3 AND state <> 'closed' AND area_code LIKE ANY($1) AND area_code LIKE $2 || '%'
), capital AS (
    SELECT fund.area, sum(months.credit - months.debit) AS capital
    FROM fund JOIN ledger_months AS months ON months.fund_id = fund.id AND months.account = '3000'
    GROUP BY fund.area
), open_loan AS (
    SELECT fund.area, loan.id, loan.borrower_kind, loan.borrower_id
    FROM fund JOIN loans AS loan ON loan.fund_id = fund.id
    WHERE loan.state IN ('active', 'frozen') AND loan.outstanding > 0
), borrower AS (
    SELECT area, borrower_id AS household FROM open_loan WHERE borrower_kind = 'household'
    UNION
    SELECT area, coalesce(member.household_id, member.id)
    FROM open_loan JOIN fund_members AS member ON member.id = open_loan.borrower_id
    WHERE borrower_kind = 'member'
    UNION
    SELECT area, coalesce(member.household_id, member.id)
    FROM open_loan JOIN loan_shares AS share ON share.loan_id = open_loan.id
    JOIN fund_members AS member ON member.id = share.member_id
    WHERE borrower_kind = 'group'
), newest AS (
    SELECT DISTINCT ON (cases.fund_id) fund.area, cases.id, cases.state
    FROM fund JOIN problem_cases AS cases ON cases.fund_id = fund.id
    WHERE ($5::date IS NULL OR cases.opened_on >= $5) AND ($6::date IS NULL OR cases.opened_on <= $6)
    ORDER BY cases.fund_id, cases.opened_on DESC, cases.id DESC
), cured AS (
    SELECT newest.area, count(*) AS problem_funds, count(*) FILTER (WHERE newest.state = 'solved') AS solved,
        sum(opening.overdue_principal) AS overdue_before,
        sum(coalesce(later.overdue_principal, opening.overdue_principal)) AS overdue_after
    FROM newest
    JOIN problem_figures AS opening ON opening.case_id = newest.id AND opening.round = 0
    LEFT JOIN LATERAL (
        SELECT overdue_principal FROM problem_figures AS f
        WHERE f.case_id = newest.id AND f.round > 1 ORDER BY f.round DESC LIMIT 1
    ) AS later ON true
    GROUP BY newest.area
)
SELECT fund.area AS area_code, count(*)::int AS funds,
    coalesce(max(capital.capital), 0)::bigint AS capital,
    (SELECT count(*) FROM borrower WHERE borrower.area = fund.area)::int AS borrowing_households,
    coalesce(max(cured.problem_funds), 0)::int AS problem_funds,
    coalesce(max(cured.overdue_before), 0)::bigint AS overdue_before,
    coalesce(max(cured.solved), 0)::int AS solved,
    coalesce(max(cured.overdue_after), 0)::bigint AS overdue_after
FROM fund
LEFT JOIN capital ON capital.area = fund.area
LEFT JOIN cured ON cured.area = fund.area
GROUP BY fund.area
"""
_PAGE = f"SELECT * FROM ({_LINES}) AS board WHERE $7::text IS NULL OR area_code > $7 ORDER BY 1 LIMIT $8"  # noqa: S608  # our own constant texts
_COUNT = """
SELECT count(DISTINCT left(area_code, $4)) FROM funds
WHERE kind = $3 AND state <> 'closed' AND area_code LIKE ANY($1) AND area_code LIKE $2 || '%'
"""


@dataclass(frozen=True, slots=True)
class Board:
    """Whose funds, where, of which kind, in lines of which level, with cases opened when."""

    areas: Sequence[str]
    """The caller's areas."""
    area: str = ""
    level: str = "district"
    fund_kind: Kind = Kind.POVERTY
    opened: tuple[date, date] | None = None


def _given(board: Board) -> tuple[Any, ...]:
    prefixes = [f"{prefix}%" for prefix in widest(board.areas)]
    return prefixes, board.area, board.fund_kind.value, DIGITS[board.level]  # type: ignore[index]  # a level's name


async def page(
    session: AsyncSession, *, board: Board, after: tuple[str] | None, limit: int
) -> list[asyncpg.Record]:
    """Return up to `limit` lines by area, from the first after `after`; amounts in satang."""
    first, last = board.opened or (None, None)
    begin = None if after is None else after[0]
    return list(await (await driver(session)).fetch(_PAGE, *_given(board), first, last, begin, limit))


async def count(session: AsyncSession, *, board: Board) -> int:
    """Return how many lines there are."""
    return int(await (await driver(session)).fetchval(_COUNT, *_given(board)))


def shown(row: asyncpg.Record, *, board: Board) -> dict[str, Any]:
    """Return a line as `BoardLine` says it."""
    line = dict(row)
    for name in ("capital", "overdue_before", "overdue_after"):
        line[name] = baht(line[name])
    return {
        **line,
        "problem_share": percent(row["problem_funds"], row["funds"]),
        "links": _links(row["area_code"], board),
    }


_BELOW: Final = {"country": "province", "province": "district", "district": "tambon", "tambon": "village"}


def _links(area: str, board: Board) -> dict[str, str]:
    """Return where a line's figures come from."""
    where = {"area": area} if area else {}
    kind = board.fund_kind.value
    days = {}
    if board.opened is not None:
        days = {"opened_from": board.opened[0].isoformat(), "opened_to": board.opened[1].isoformat()}
    cases = _link("/v1/problem-cases", newest="true", fund_kind=kind, **days, **where)
    links = {
        "funds": _link("/v1/funds", kind=kind, **where),
        "capital": _link("/v1/fund-reports", by="fund", kind=kind, **where),
        "borrowing_households": _link("/v1/loans", open="true", fund_kind=kind, **where),
        **dict.fromkeys(("problem_funds", "solved", "overdue_before", "overdue_after"), cases),
    }
    if board.level in _BELOW:
        rows = {"level": _BELOW[board.level], "fund_kind": kind, **where}
        if board.opened is not None:
            rows["fiscal_year"] = str(fiscal_year(board.opened[0]))
        links["rows"] = _link("/v1/problem-cases/board", **rows)
    return links


def _link(path: str, **query: str) -> str:
    return f"{path}?{urlencode(query)}"
