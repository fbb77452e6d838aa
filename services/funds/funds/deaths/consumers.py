"""What the news of a death does to loans, in the transaction that takes the news over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from funds.deaths import service
from funds.known_households import service as known_households
from funds.known_households.consumers import PersonDied, deaths_of
from shared.consumers import Handler
from shared.events import Received


async def on_person_died(
    session: AsyncSession, events: Sequence[Received[PersonDied]], *, now: datetime
) -> None:
    """Learn who died, freeze her loans and open a case for each."""
    deaths = deaths_of(events)
    await known_households.set_deaths(session, deaths)
    await service.take_notice(session, deaths, now=now)


HANDLERS: dict[str, Handler[Any]] = {"households.person.died.v1": Handler(PersonDied, on_person_died)}
"""In place of known_households' own handler of the event: the worker puts them together."""
