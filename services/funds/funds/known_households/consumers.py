"""What households tells, read tolerantly: only the fields used here, unknown ones ignored."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from funds.known_households import service
from funds.known_households.rules import CaseFact, Death, Location, Status
from shared.areas import VillageCode
from shared.consumers import Handler
from shared.events import Received


class Told(BaseModel):
    """Base of the models read here: what a newer producer adds is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class HouseholdPlaced(Told):
    """`households.household.registered.v1` and `.moved.v1`."""

    household_id: UUID
    village_code: VillageCode


class HouseholdStatusChanged(Told):
    """`households.household.status_changed.v1`."""

    household_id: UUID
    village_code: VillageCode
    edition_id: UUID
    edition_year: int
    dimensions: tuple[str, ...] = ()
    survey_poor: int
    target_poor: int
    income_band: str | None = None


class CaseCertified(Told):
    """`households.case.certified.v1`."""

    case_id: UUID
    household_id: UUID
    village_code: VillageCode
    certified_on: date


class CaseLeft(Told):
    """`households.case.withdrawn.v1` and `.graduated.v1`."""

    case_id: UUID
    household_id: UUID
    village_code: VillageCode


class PersonDied(Told):
    """`households.person.died.v1`."""

    person_id: UUID
    household_id: UUID | None = None
    village_code: VillageCode
    died_on: date


async def on_household_placed(
    session: AsyncSession, events: Sequence[Received[HouseholdPlaced]], *, now: datetime
) -> None:
    """Learn where households are."""
    facts = [Location(e.data.household_id, e.sequence, e.data.village_code) for e in events]
    await service.locate(session, facts, now=now)


async def on_status_changed(
    session: AsyncSession, events: Sequence[Received[HouseholdStatusChanged]], *, now: datetime
) -> None:
    """Learn what an edition says of households."""
    facts = [
        Status(
            key=e.data.household_id,
            sequence=e.sequence,
            village_code=e.data.village_code,
            edition_id=e.data.edition_id,
            edition_year=e.data.edition_year,
            dimensions=e.data.dimensions,
            survey_poor=e.data.survey_poor,
            target_poor=e.data.target_poor,
            income_band=e.data.income_band,
        )
        for e in events
    ]
    await service.set_status(session, facts, now=now)


async def on_case_certified(
    session: AsyncSession, events: Sequence[Received[CaseCertified]], *, now: datetime
) -> None:
    """Learn which households stand on the target register."""
    facts = [
        CaseFact(e.data.case_id, e.sequence, e.data.household_id, e.data.village_code, e.data.certified_on)
        for e in events
    ]
    await service.set_cases(session, facts, now=now)


async def on_case_left(session: AsyncSession, events: Sequence[Received[CaseLeft]], *, now: datetime) -> None:
    """Learn which households left the target register."""
    facts = [
        CaseFact(e.data.case_id, e.sequence, e.data.household_id, e.data.village_code, None) for e in events
    ]
    await service.set_cases(session, facts, now=now)


async def on_person_died(
    session: AsyncSession, events: Sequence[Received[PersonDied]], *, now: datetime
) -> None:
    """Learn who died; what it does to loans is `deaths`', whose handler the worker takes in place of this."""
    del now
    await service.set_deaths(session, deaths_of(events))


def deaths_of(events: Sequence[Received[PersonDied]]) -> list[Death]:
    """Return the facts that news of deaths bring."""
    return [
        Death(e.data.person_id, e.sequence, e.data.household_id, e.data.village_code, e.data.died_on)
        for e in events
    ]


HANDLERS: dict[str, Handler[Any]] = {
    "households.household.registered.v1": Handler(HouseholdPlaced, on_household_placed),
    "households.household.moved.v1": Handler(HouseholdPlaced, on_household_placed),
    "households.household.status_changed.v1": Handler(HouseholdStatusChanged, on_status_changed),
    "households.case.certified.v1": Handler(CaseCertified, on_case_certified),
    "households.case.withdrawn.v1": Handler(CaseLeft, on_case_left),
    "households.case.graduated.v1": Handler(CaseLeft, on_case_left),
    "households.person.died.v1": Handler(PersonDied, on_person_died),
}
