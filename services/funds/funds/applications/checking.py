"""An application held against the product's terms, the borrower's standing and its own sums."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications.errors import (
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
from funds.applications.rules import split
from funds.applications.schemas import BudgetLine, NewGuarantor, NewShare
from funds.known_households import queries as known_households
from funds.members import queries as members
from funds.members.rules import Borrower
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
        raise PurposeRefused(pointer="/purpose")
    if wish.purpose not in purposes():
        raise UnknownPurpose(pointer="/purpose")
    if terms.max_amount is not None and wish.amount > terms.max_amount:
        most = baht(terms.max_amount)
        raise OverCeiling(f"ไม่เกิน {most} บาท", f"At most {most} baht", pointer="/amount", max_amount=most)
    for name, longest in (("months", terms.max_months), ("instalments", terms.max_instalments)):
        asked: int | None = getattr(wish, name)
        if asked is not None and (not terms.lent or (longest is not None and asked > longest)):
            raise OverTerm(pointer=f"/{name}", most=longest if terms.lent else 0)
    if wish.annual_rate is not None:
        products.check_rate(wish.annual_rate, on=on)
        if wish.annual_rate > terms.max_annual_rate:
            raise RateOutsideProduct(pointer="/annual_rate")


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
        return [SplitShare(*one) for one in zip(who, whole, split(amount, whole), strict=True)]
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
    known = await members.present(session, fund.id, named) if named else {}
    for at, one in enumerate(given):
        if one.member_id is None:
            continue
        own = one.member_id in borrower.member_ids
        if own or one.member_id not in known or named.count(one.member_id) > 1:
            raise GuarantorNotValid(pointer=f"/guarantors/{at}/member_id")
