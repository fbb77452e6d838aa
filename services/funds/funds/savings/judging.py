"""What becomes of each item of a sheet of deposits."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from funds.members import queries as members
from funds.members.errors import UnknownFundMember
from funds.registry.rules import FundFacts
from funds.savings import queries
from funds.savings.errors import BY_FAULT, SavingsDocumentUsed, SavingsMovementExists
from funds.savings.rules import Holding, Kind, SavingsRules, deposit_fault, explained, month_of
from funds.savings.schemas import NewDeposit, NewDeposits
from shared.errors import Refusal


class Outcome(NamedTuple):
    """What became of a deposit: recorded, recorded before, or why it was refused."""

    item: NewDeposit
    recorded: bool = False
    refusal: Refusal | None = None


async def judged(session: AsyncSession, fund: FundFacts, new: NewDeposits) -> list[Outcome]:
    """Return what becomes of each item, given what was recorded before and the items before it."""
    ids = [item.member_id for item in new.items]
    present = await members.present(session, fund.id, ids)
    known = await queries.known(session, [item.id for item in new.items])
    named = await queries.documented(session, fund.id, new.document_no, ids)
    held = await queries.holdings(session, fund.id, ids)
    resolved = await queries.rules(session, fund.id, on=new.paid_on)
    outcomes, seen = [], set[UUID]()
    for item in new.items:
        before = known.get(item.id)
        holding = held.get(item.member_id, Holding())
        if before is not None and _same(before, item, new, fund):
            outcomes.append(Outcome(item))
            continue
        refusal = _refusal(item, holding, resolved, taken=before is not None or item.id in seen)
        if refusal is None and item.member_id not in present:
            refusal = UnknownFundMember()
        if refusal is None and item.member_id in named:
            refusal = SavingsDocumentUsed()
        if refusal is None:
            seen.add(item.id)
            named.add(item.member_id)
        outcomes.append(Outcome(item, recorded=refusal is None, refusal=refusal))
    return outcomes


def _refusal(item: NewDeposit, holding: Holding, resolved: SavingsRules, *, taken: bool) -> Refusal | None:
    if taken:
        return SavingsMovementExists()
    fault = deposit_fault(holding, Holding(item.savings, item.shares), resolved)
    return None if fault is None else BY_FAULT[fault](*explained(fault, holding, resolved))


def _same(before: Mapping[str, Any], item: NewDeposit, new: NewDeposits, fund: FundFacts) -> bool:
    """Tell whether a movement recorded before is this very item of this very sheet."""
    said = {
        "fund_id": fund.id,
        "kind": Kind.DEPOSIT,
        "member_id": item.member_id,
        "savings": item.savings,
        "shares": item.shares,
        "moved_on": new.paid_on,
        "month": month_of(new.month),
        "held_as": new.held_as,
        "document_no": new.document_no,
    }
    return all(before[name] == value for name, value in said.items())
