"""What the service tells others about households: surrogate ids and area codes only."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.events import Event


class HouseholdRegistered(Event, type="households.household.registered.v1"):
    """A household is known now (ครัวเรือนใหม่ในทะเบียน)."""

    household_id: UUID
    village_code: str = Field(examples=["34150103"])
    origin: Literal["feed", "field"]


class HouseholdMoved(Event, type="households.household.moved.v1"):
    """A household lives in another village now (ครัวเรือนย้ายหมู่บ้าน)."""

    household_id: UUID
    from_village_code: str = Field(examples=["34150103"])
    village_code: str = Field(examples=["34150104"])
    moved_on: date
