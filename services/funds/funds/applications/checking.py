"""An application held against the product's terms, the borrower's standing and its own sums."""

from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from funds import rates
from funds.applications import queries
from funds.applications.errors import (
    BorrowerLeft,
    BorrowerNotTarget,
    BudgetDoesNotSum,
    GroupTooSmall,
    GuarantorNotValid,
    OverCeiling,
    OverTerm,
    ProductNotOffered,
    PurposeRefused,
    RateOutsideProduct,
    ShareNotOfGroup,
    SharesDoNotSum,
    UnknownBorrower,
    UnknownPurpose,
    WrongBorrowerKind,
)
from funds.applications.schemas import BudgetLine, NewGuarantor, NewShare
from funds.known_households import queries as known_households
from funds.members import queries as members
from funds.members.rules import Borrower
from funds.parts import apportioned
from funds.products import service as products
from funds.products.errors import ProductNotFound
from funds.products.rules import BorrowerKind, Category, ProductTerms
from funds.registry.rules import FundFacts
from shared import instruments
from shared.money import baht

GIVEN: Final = frozenset({Category.LOAN, Category.INTEREST_FREE_LOAN, Category.GRANT})


class Wish(NamedTuple):
    """What is asked for, in satang and fractions of one."""

    purpose: str
    amount: int
    annual_rate: Fraction | None
    months: int | None
    instalments: int | None


class SplitShare(NamedTuple):
    """A share as it is kept: its parts, if it was split by them, and its satang."""

    member_id: UUID
    parts: int | None
    amount: int


@cache
def purposes() -> frozenset[str]:
    """Return the codes of what money is applied for."""
    return frozenset(item.code for item in instruments.load("funds")["LOAN_PURPOSES"].items)


async def terms_of(session: AsyncSession, fund: FundFacts, code: str, *, on: date) -> ProductTerms:
    """Return the terms that an application of that day goes by, the fund's own settings applied.

    Raises ProductNotOffered for another kind of fund's product, for savings, and for what is not given.
    """
    try:
        general = await products.terms_of_code(session, code, on=on)
    except ProductNotFound as error:
        raise ProductNotOffered(pointer="/product_code") from error
    fits = general.fund_kind.value == fund.kind.value and general.category in GIVEN
    if not fits or not general.offered:
        raise ProductNotOffered(pointer="/product_code")
    return await products.terms(session, general.product_id, fund_id=fund.id, on=on)


def check_limits(terms: ProductTerms, wish: Wish, *, borrower: str, on: date) -> None:
    """Hold a wish against the product's limits.

    Raises WrongBorrowerKind, UnknownPurpose, PurposeRefused, OverCeiling, OverTerm, RateAboveCap,
    RateOutsideProduct.
    """
    if terms.borrower.value != borrower:
        raise WrongBorrowerKind(pointer="/borrower_kind", borrower_kind=terms.borrower.value)
    if wish.purpose in terms.refused_purposes:
        refused = sorted(terms.refused_purposes)
        listed = ", ".join(refused)
        raise PurposeRefused(f"ห้าม {listed}", f"Refused: {listed}", pointer="/purpose", refused=refused)
    if wish.purpose not in purposes():
        where = "/v1/instruments/funds/LOAN_PURPOSES"
        raise UnknownPurpose(f"ดูรหัสที่ GET {where}", f"The codes are those of GET {where}", pointer="/purpose")
    if terms.max_amount is not None and wish.amount > terms.max_amount:
        most = baht(terms.max_amount)
        raise OverCeiling(f"ไม่เกิน {most} บาท", f"At most {most} baht", pointer="/amount", max_amount=most)
    for name, unit, longest in (
        ("months", "เดือน", terms.max_months),
        ("instalments", "งวด", terms.max_instalments),
    ):
        asked: int | None = getattr(wish, name)
        if asked is not None and not terms.lent:
            raise OverTerm("เงินอุดหนุนไม่มีกำหนดชำระคืน", "A grant is not repaid", pointer=f"/{name}", most=0)
        if asked is not None and longest is not None and asked > longest:
            texts = (f"ไม่เกิน {longest} {unit}", f"At most {longest} {name}")
            raise OverTerm(*texts, pointer=f"/{name}", most=longest)
    if wish.annual_rate is not None:
        products.check_rate(wish.annual_rate, on=on)
        if wish.annual_rate > terms.max_annual_rate:
            rate = rates.text(terms.max_annual_rate)
            texts = (f"ไม่เกินร้อยละ {rate} ต่อปี", f"At most {rate} per cent a year")
            raise RateOutsideProduct(*texts, pointer="/annual_rate", max_annual_rate=rate)


async def borrower_of(
    session: AsyncSession, fund: FundFacts, kind: BorrowerKind, borrower_id: UUID
) -> Borrower:
    """Return who applies; raises UnknownBorrower."""
    found = await members.borrower(session, kind.value, borrower_id, fund_id=fund.id)
    if found is None:
        raise UnknownBorrower(pointer="/borrower_id")
    return found


async def check_standing(session: AsyncSession, terms: ProductTerms, borrower: Borrower) -> None:
    """Hold a borrower against the product as she stands now. Raises GroupTooSmall, BorrowerNotTarget."""
    if borrower.kind == "group" and borrower.size < (terms.min_group_size or 1):
        least = terms.min_group_size or 1
        raise GroupTooSmall(
            f"ต้องมีสมาชิกอย่างน้อย {least} คน", f"At least {least} members are needed", min_group_size=least
        )
    if not terms.target_households_only:
        return
    known = await known_households.one(session, borrower.id) if borrower.kind == "household" else None
    if known is None or not known["certified"]:
        raise BorrowerNotTarget(
            "กข.คจ. ให้ยืมเฉพาะครัวเรือนเป้าหมายที่ได้รับการรับรองแล้ว",
            "The poverty fund lends to certified target households only",
        )


async def check_still_there(
    session: AsyncSession, row: asyncpg.Record, fund: FundFacts, terms: ProductTerms, shared: Collection[UUID]
) -> None:
    """Hold what is taken up against who is there by then; `shared` are the members with a share of it.

    Raises BorrowerLeft, GroupTooSmall, BorrowerNotTarget.
    """
    borrower = await members.borrower(session, row["borrower_kind"], row["borrower_id"], fund_id=fund.id)
    if borrower is None or not set(shared) <= set(borrower.member_ids):
        raise BorrowerLeft
    guarantors = [
        one["member_id"] for one in await queries.guarantors(session, row["id"]) if one["member_id"]
    ]
    if guarantors and len(await members.present(session, fund.id, guarantors)) < len(guarantors):
        raise BorrowerLeft
    await check_standing(session, terms, borrower)


def check_budget(lines: Sequence[BudgetLine], amount: int) -> list[dict[str, Any]]:
    """Return the budget as it is kept; raises BudgetDoesNotSum."""
    total = sum(line.amount for line in lines)
    if total != amount:
        raise BudgetDoesNotSum(
            f"รวมงบประมาณ {baht(total)} บาท วงเงินที่ขอ {baht(amount)} บาท",
            f"The budget is {baht(total)} baht, the amount {baht(amount)}",
            pointer="/budget",
        )
    return [{"item": line.item, "amount": line.amount} for line in lines]


def share(borrower: Borrower, given: Sequence[NewShare], amount: int) -> list[SplitShare]:
    """Return a group's shares, which sum to the amount; equal ones where none are given.

    Raises ShareNotOfGroup, SharesDoNotSum. Other borrowers have none.
    """
    if borrower.kind != "group":
        if given:
            raise ShareNotOfGroup(pointer="/shares")
        return []
    who = [one.member_id for one in given] or list(borrower.member_ids)
    for at, member_id in enumerate(who):
        if member_id not in borrower.member_ids or member_id in who[:at]:
            raise ShareNotOfGroup(pointer=f"/shares/{at}/member_id")
    parts = [one.parts for one in given] or [1] * len(who)
    whole = [part for part in parts if part is not None]
    if not who:
        return []
    if len(whole) == len(parts):
        return [SplitShare(*one) for one in zip(who, whole, apportioned(amount, whole), strict=True)]
    amounts = [one.amount for one in given if one.amount is not None]
    if whole or sum(amounts) != amount:
        raise SharesDoNotSum(pointer="/shares")
    return [SplitShare(member_id, None, one) for member_id, one in zip(who, amounts, strict=True)]


async def check_guarantors(
    session: AsyncSession, fund: FundFacts, borrower: Borrower, given: Sequence[NewGuarantor]
) -> None:
    """Raise GuarantorNotValid where one is the borrower, named twice, or no present member of the fund.

    Members of a group that borrows answer for it anyway and so are no guarantors of it.
    """
    named = [one.member_id for one in given if one.member_id is not None]
    known = await members.present(session, fund.id, named) if named else set()
    for at, one in enumerate(given):
        if one.member_id is None:
            continue
        own = one.member_id in borrower.member_ids
        if own or one.member_id not in known or named.count(one.member_id) > 1:
            raise GuarantorNotValid(pointer=f"/guarantors/{at}/member_id")
