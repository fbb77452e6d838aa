"""What a step would give (วงเงินตามมติ): all that was asked for, or less, and a group's shares of it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import asyncpg

from funds.applications import checking
from funds.applications.decision_schemas import NewDecision
from funds.applications.errors import AmountRaised, ShareNotOfGroup, WrongDecision
from funds.applications.rules import FORWARD, given_of
from funds.members.rules import Borrower
from funds.parts import apportioned
from shared.money import baht


class Given(NamedTuple):
    """What a step would give, in satang."""

    amount: int
    less: bool
    """Less than the step before it would give."""
    shares: Mapping[UUID, int]
    """Of a group's members, as they stand by then."""


def given(
    row: asyncpg.Record, shares: Sequence[asyncpg.Record], borrower: Borrower, new: NewDecision
) -> Given:
    """Return what a decision leaves of the amount.

    Raises WrongDecision for less without a reason, and for an amount where nothing is given; AmountRaised;
    ShareNotOfGroup and SharesDoNotSum for the shares it names.
    """
    stands = given_of(row["amount"], row["resolved_amount"])
    before = {one["member_id"]: given_of(one["amount"], one["resolved_amount"]) for one in shares}
    amount = stands if new.amount is None else new.amount
    if new.decision not in FORWARD and new.amount is not None:
        raise WrongDecision("การส่งคืนหรือไม่อนุมัติไม่มีวงเงิน", "Nothing is given", pointer="/amount")
    if amount > stands:
        raise AmountRaised(
            f"ไม่เกิน {baht(stands)} บาท", f"At most {baht(stands)} baht", pointer="/amount", most=baht(stands)
        )
    if amount == stands:
        if new.shares:
            raise WrongDecision(
                "ส่วนแบ่งเปลี่ยนเมื่อวงเงินลดลงเท่านั้น", "Shares change with the amount only", pointer="/shares"
            )
        return Given(stands, less=False, shares=before)
    if new.reason is None:
        raise WrongDecision("ต้องระบุเหตุผล", "A reason is needed", pointer="/reason")
    return Given(amount, less=True, shares=_shared(before, borrower, new, amount))


def _shared(before: Mapping[UUID, int], borrower: Borrower, new: NewDecision, amount: int) -> dict[UUID, int]:
    """Return the shares that the decision names, else those before in proportion; they sum to the amount."""
    if not new.shares:
        return dict(zip(before, apportioned(amount, list(before.values())), strict=True))
    for at, one in enumerate(new.shares):
        if one.member_id not in before:  # nobody is lent what she did not ask for
            raise ShareNotOfGroup(pointer=f"/shares/{at}/member_id")
    named = {one.member_id: one.amount for one in checking.share(borrower, new.shares, amount)}
    return {member_id: named.get(member_id, 0) for member_id in before}


def check_present(shares: Mapping[UUID, int], borrower: Borrower) -> None:
    """Raise ShareNotOfGroup where somebody who left the group would get a share of what it gets."""
    if any(amount and member_id not in borrower.member_ids for member_id, amount in shares.items()):
        raise ShareNotOfGroup(pointer="/shares")
