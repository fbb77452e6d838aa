"""What happens to a household happens to its case."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from households.cases import queries, service
from households.cases.errors import CaseOnDropped
from households.cases.rules import Step, WithdrawReason, follow_move, take
from households.cases.service import Taken
from shared.security import Principal

_ITSELF = Principal(
    subject="service:households",
    client=None,
    scopes=frozenset(),
    areas=("",),
    roles=(),
    request_id="",
)
"""Who acts when a case follows what happened to its household."""


async def moves(session: AsyncSession, *, household_ids: Collection[UUID], now: datetime) -> None:
    """Let the open cases of households that moved follow them, or end where they left the district."""
    villages = await queries.residence(session, household_ids)
    taken = [
        Taken(step, case, now_is)
        for case in await queries.locked_open(session, household_ids)
        if villages.get(case.household_id, case.village_code) != case.village_code
        for step, now_is in [follow_move(case, villages[case.household_id])]
    ]
    await service.write(session, taken, actor=_ITSELF, now=now)


async def deaths(session: AsyncSession, *, household_ids: Collection[UUID], now: datetime) -> None:
    """Withdraw the open cases of those households in which nobody lives any more."""
    empty = await queries.died_out(session, household_ids)
    died = WithdrawReason.DIED.value
    taken = [
        Taken(Step.WITHDRAW, case, take(case, Step.WITHDRAW, reason=died))
        for case in await queries.locked_open(session, empty)
    ]
    await service.write(session, taken, actor=_ITSELF, now=now)


async def merge(
    session: AsyncSession, *, kept_id: UUID, dropped_id: UUID, actor: Principal, now: datetime
) -> None:
    """Withdraw the open case of a household that turned out to be a duplicate of one with its own case.

    Raises CaseOnDropped when only the duplicate has one: the officer keeps that household instead, so that
    nobody loses a certification by a merge. Undoing the merge does not reopen the case; an officer does.
    """
    cases = {one.household_id: one for one in await queries.locked_open(session, [kept_id, dropped_id])}
    if dropped_id not in cases:
        return
    if kept_id not in cases:
        raise CaseOnDropped(pointer="/dropped_id")
    duplicate = WithdrawReason.DUPLICATE.value
    withdrawn = take(cases[dropped_id], Step.WITHDRAW, reason=duplicate)
    await service.write(session, [Taken(Step.WITHDRAW, cases[dropped_id], withdrawn)], actor=actor, now=now)
