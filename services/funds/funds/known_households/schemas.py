"""What funds answers about the households it knows."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.areas import VillageCode
from shared.schemas import Schema

Dimension = Literal["health", "living", "education", "income", "access"]
IncomeBand = Literal["under_38000", "38000_to_100000", "over_100000"]


class EligibleHousehold(Schema):
    """A household that the poverty fund (กข.คจ.) may lend to: certified, on the target register now."""

    household_id: UUID = Field(examples=["01976f6e-4a43-7c7e-9c39-0a3d5c6b7a10"])
    village_code: VillageCode = Field(examples=["34150101"])
    certified: bool
    """On the target register (ทะเบียนครัวเรือนเป้าหมาย) now."""
    certified_on: date | None
    """Day of the meeting that certified it."""
    case_id: UUID | None
    edition_year: int | None = Field(examples=[2565])
    """Survey year (Buddhist era) that the status below is of; null when no edition has told of it."""
    dimensions: list[Dimension] = Field(examples=[["income", "living"]])
    """Dimensions in which somebody of the household is poor."""
    survey_poor: int
    """Persons poor by the survey."""
    target_poor: int
    """Persons poor by the survey who are on the welfare register, verified."""
    income_band: IncomeBand | None
    """Baht per person and year."""
    updated_at: datetime
    """When funds last learned something of it."""
