"""What the API says about changes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from shared.schemas import Schema


class ChangeOut(Schema):
    """One change (การเปลี่ยนแปลง)."""

    id: UUID
    version: int
    """The version of the household or person after it."""
    kind: str = Field(examples=["household.moved"])
    detail: dict[str, Any] = Field(examples=[{"village_code": ["34150103", "34150104"]}])
    """Field → [before, after], or the ids and dates concerned."""
    actor: str
    changed_at: datetime
