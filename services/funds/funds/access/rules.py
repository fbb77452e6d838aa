"""What is true of access: which villages are targets, which fund suits which household, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from funds.registry.rules import TAMBON, Kind
from shared.dates import fiscal_year

INSTRUMENT: Final = "FUND_ACCESS_VILLAGE"
CONDITIONS: Final = ("1", "2", "3", "4", "5")
"""Items of the instrument; a village that meets one of them is a target."""

PERSONS: Final = 20
"""People invited in a village (หมู่บ้านละ 20 คน)."""


class Reach(StrEnum):
    """How far a household has come to a fund."""

    NONE = "none"
    MEMBER = "member"
    """Somebody of it is a member, nobody borrows."""
    BORROWER = "borrower"


class Channel(StrEnum):
    """How somebody was invited."""

    VISIT = "visit"
    FORUM = "forum"
    """At a village forum (เวทีประชาคม)."""
    LETTER = "letter"
    PHONE = "phone"


class Result(StrEnum):
    """What came of an invitation."""

    WAITING = "waiting"
    JOINED = "joined"
    APPLIED = "applied"
    BORROWED = "borrowed"
    DECLINED = "declined"
    NOT_REACHED = "not_reached"


class Fit(StrEnum):
    """Whether a fund suits a household."""

    YES = "yes"
    WITH_CONDITION = "with_condition"
    NO = "no"


class Why(StrEnum):
    """Why a fund suits or not."""

    ON_REGISTER = "on_register"
    NOT_ON_REGISTER = "not_on_register"
    INTEREST_FREE = "interest_free"
    MEMBER_ALREADY = "member_already"
    GROUP_FIRST = "group_first"
    IN_GROUP = "in_group"
    SAVE_FIRST = "save_first"
    JOIN_FIRST = "join_first"
    NO_MONEY = "no_money"


WHY_TEXTS: Final[Mapping[Why, tuple[str, str]]] = {
    Why.ON_REGISTER: ("อยู่ในทะเบียนครัวเรือนเป้าหมาย", "on the register of target households"),
    Why.NOT_ON_REGISTER: ("ยังไม่อยู่ในทะเบียนครัวเรือนเป้าหมาย", "not on the register of target households"),
    Why.INTEREST_FREE: ("ไม่คิดดอกเบี้ย", "lends without interest"),
    Why.MEMBER_ALREADY: ("เป็นสมาชิกกองทุนแล้ว", "is a member already"),
    Why.GROUP_FIRST: ("ต้องสมัครสมาชิกและรวมกลุ่มสตรีก่อน", "join, and form a group of women, first"),
    Why.IN_GROUP: ("อยู่ในกลุ่มที่กู้ได้แล้ว", "is in a group that may borrow"),
    Why.SAVE_FIRST: ("ต้องสมัครสมาชิกและออมสัจจะก่อน", "join and save first"),
    Why.JOIN_FIRST: ("ต้องสมัครสมาชิกก่อน", "join first"),
    Why.NO_MONEY: ("กองทุนไม่มีเงินให้ยืมในขณะนี้", "the fund has no money to lend now"),
}

_FIRST: Final[Mapping[Kind, Why]] = {
    Kind.WOMENS: Why.GROUP_FIRST,
    Kind.SAVINGS: Why.SAVE_FIRST,
    Kind.VILLAGE: Why.JOIN_FIRST,
    Kind.INSTITUTION: Why.SAVE_FIRST,
}
_ORDER: Final = {kind: place for place, kind in enumerate(Kind)}
_FITS: Final = (Fit.YES, Fit.WITH_CONDITION, Fit.NO)


@dataclass(frozen=True, slots=True)
class Household:
    """A poor household: where it is, whether on the register, and which funds have a member of it.

    `grouped` are those funds in which such a member is in a borrowing group.
    """

    id: UUID
    village_code: str
    certified: bool
    member_of: frozenset[UUID] = frozenset()
    grouped: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class NearFund:
    """A fund in reach: where it stands and what it could lend now, in satang."""

    id: UUID
    kind: Kind
    area_code: str
    name_th: str
    available: int


@dataclass(frozen=True, slots=True)
class Suit:
    """How a fund suits a household."""

    fund: NearFund
    fit: Fit
    why: tuple[Why, ...]


def in_reach(fund: NearFund, village_code: str) -> bool:
    """Tell whether a fund serves a village: it stands there, or in its tambon as a whole."""
    return fund.area_code in (village_code, village_code[:TAMBON])


def suit(household: Household, fund: NearFund) -> Suit:
    """Return whether a fund suits a household, and why.

    The poverty fund (กข.คจ.) lends to households on the register and asks no membership; the women's fund
    lends to groups, the others to members, of whom savings groups and institutions ask saving first. A fund
    without money suits nobody now.
    """
    why: tuple[Why, ...]
    if fund.kind is Kind.POVERTY:
        known = Why.ON_REGISTER if household.certified else Why.NOT_ON_REGISTER
        fit, why = (Fit.YES if household.certified else Fit.NO), (known, Why.INTEREST_FREE)
    elif fund.id in household.member_of:
        fit, why = Fit.YES, (Why.MEMBER_ALREADY,)
        if fund.kind is Kind.WOMENS:
            grouped = fund.id in household.grouped
            fit = Fit.YES if grouped else Fit.WITH_CONDITION
            why = (*why, Why.IN_GROUP if grouped else Why.GROUP_FIRST)
    else:
        fit, why = Fit.WITH_CONDITION, (_FIRST[fund.kind],)
    if fund.available <= 0:
        fit, why = Fit.NO, (*why, Why.NO_MONEY)
    return Suit(fund, fit, why)


def suits(household: Household, funds: Iterable[NearFund]) -> list[Suit]:
    """Return how the funds in reach suit a household, the best first."""
    found = [suit(household, fund) for fund in funds if in_reach(fund, household.village_code)]
    return sorted(found, key=lambda one: (_FITS.index(one.fit), _ORDER[one.fund.kind], one.fund.id))


@dataclass(frozen=True, slots=True)
class VillageFacts:
    """What the data says of a village: its poor households, by how far they have come."""

    funds: int
    poor: int
    without_access: int
    """Poor, no member and no loan."""
    members_only: int
    """Poor, a member, no loan."""
    certified_without_loan: int


def suggested(facts: VillageFacts) -> dict[str, bool | None]:
    """Return what the data says of each condition; None where it says nothing.

    1 (income under the line) and 3 (loans too small) are not in the data: people answer them.
    """
    has_fund = facts.funds > 0
    return {
        "1": None,
        "2": has_fund and facts.without_access + facts.members_only > 0,
        "3": None,
        "4": has_fund and facts.without_access > 0,
        "5": facts.certified_without_loan > 0,
    }


def is_target(answers: Mapping[str, bool | None]) -> bool:
    """Tell whether a village is a target: it meets one condition."""
    return any(answers.values())


def unknown(answers: Iterable[str]) -> Sequence[str]:
    """Return the codes that are no conditions."""
    return [code for code in answers if code not in CONDITIONS]


def year_of(day: date, year: int | None) -> int:
    """Return the fiscal year meant: the one named, else that of the day."""
    return year if year is not None else fiscal_year(day)
