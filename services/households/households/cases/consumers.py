"""What happens to a household happens to its case: the service reads its own events, also a feed's.

The registry and the feeds know nothing of cases; they say what they did, and cases follow.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from households.cases import following
from shared.consumers import Handler
from shared.events import Received


class Told(BaseModel):
    """Base of the models read here: fields that are not used are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class HouseholdMoved(Told):
    """`households.household.moved.v1`: where it lives is asked of the registry, so order does not matter."""

    household_id: UUID


class PersonDied(Told):
    """`households.person.died.v1`."""

    household_id: UUID | None = None


async def on_household_moved(
    session: AsyncSession, events: Sequence[Received[HouseholdMoved]], *, now: datetime
) -> None:
    """Let open cases follow their households; a move out of the district withdraws them."""
    await following.moves(session, household_ids={e.data.household_id for e in events}, now=now)


async def on_person_died(
    session: AsyncSession, events: Sequence[Received[PersonDied]], *, now: datetime
) -> None:
    """Withdraw the open cases of households in which nobody lives any more."""
    ids = {e.data.household_id for e in events if e.data.household_id is not None}
    await following.deaths(session, household_ids=ids, now=now)


HANDLERS: dict[str, Handler[Any]] = {
    "households.household.moved.v1": Handler(HouseholdMoved, on_household_moved, emits=True),
    "households.person.died.v1": Handler(PersonDied, on_person_died, emits=True),
}
