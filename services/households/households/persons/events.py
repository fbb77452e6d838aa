"""What the service tells others about persons: surrogate ids only."""

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.events import Event


class PersonDied(Event, type="households.person.died.v1"):
    """A person of the registry has died (เสียชีวิต)."""

    person_id: UUID
    household_id: UUID | None
    """Where she was a member; null when nowhere."""
    village_code: str = Field(examples=["34150103"])
    died_on: date
