"""What is true of findings: which failings there are, which the data shows, and what tells two apart."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

INSTRUMENT: Final = "FUND_COMMON_FAILINGS"


class Failing(StrEnum):
    """The failings that the data shows by itself; the codes are the instrument's items."""

    STALE_BOOKS = "A.1"
    """No entry for longer than the limit, or none at all (บัญชีไม่เป็นปัจจุบันหรือไม่มี)."""
    RULES_BROKEN = "A.2"
    """A loan above the ceiling or the rate, or longer than the product or the fund's own rules allow."""
    NO_MEETING = "A.3"
    RATE_ABOVE_CAP = "A.4"
    NOT_ENTITLED = "A.5"
    """Lent to somebody who was no member, or to a household that is not on the target register."""
    NO_HANDOVER = "B.2"
    """Chair, secretary or treasurer left without a signed hand-over."""
    SEAT_VACANT = "B.4"
    """Nobody is chair or treasurer: the committee does not work on."""
    BORROWER_DIED = "B.5"
    """A borrower with an open loan has died."""


class Source(StrEnum):
    """Found by the data, or recorded by a person."""

    AUTOMATIC = "automatic"
    RECORDED = "recorded"


class Seen(NamedTuple):
    """A failing of a fund as it shows today.

    `fact` tells it from others of its kind: the same fact is the same finding tomorrow. `detail` holds ids,
    dates and amounts, never a name.
    """

    fund_id: UUID
    fact: str
    detail: Mapping[str, Any]


def death_fact(loan_id: UUID, person_id: UUID) -> str:
    """Return what tells the finding of a borrower's death, for whoever opens it before the daily look."""
    return f"loan:{loan_id}:person:{person_id}"


def links(code: str, fund_id: UUID, detail: Mapping[str, Any]) -> dict[str, str]:
    """Return where the books and papers that show a finding are read."""
    fund, found = f"/v1/funds/{fund_id}", {"fund": f"/v1/funds/{fund_id}"}
    if "loan_id" in detail:
        loan = f"/v1/loans/{detail['loan_id']}"
        found |= {"loan": loan, "contract": f"{loan}/contract.pdf", "schedules": f"{loan}/schedules"}
    if code == Failing.STALE_BOOKS and "since" in detail:
        found["journals"] = f"/v1/ledgers/{fund_id}/journals?from={detail['since']}"
    if code == Failing.NO_MEETING:
        found["meetings"] = f"{fund}/meetings"
    if code in (Failing.NO_HANDOVER, Failing.SEAT_VACANT):
        found |= {"committee": f"{fund}/committee", "handovers": f"{fund}/handovers"}
    return found
