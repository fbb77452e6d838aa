"""What the service tells others about editions: surrogate ids, dimensions, numbers of persons."""

from uuid import UUID

from pydantic import Field

from households.poverty.rules import Dimension, IncomeBand
from shared.events import Event


class HouseholdStatusChanged(Event, type="households.household.status_changed.v1"):
    """A household's poverty status is another one than was told before (สถานะความยากจนของครัวเรือน)."""

    household_id: UUID
    village_code: str = Field(examples=["34150103"])
    edition_id: UUID
    edition_year: int = Field(examples=[2565], description="Buddhist era")
    dimensions: list[Dimension]
    """The dimensions in which the household or one of its members is poor; none when it left poverty."""
    survey_poor: int
    """Persons who are poor by the survey."""
    target_poor: int
    """Persons who are poor by the survey and verified on the welfare register."""
    income_band: IncomeBand


class EditionImported(Event, type="households.edition.imported.v1"):
    """An edition's rows are in the registry and counted (นำเข้าข้อมูล)."""

    edition_id: UUID
    source: str = Field(examples=["TPMAP"])
    edition_year: int = Field(examples=[2565])
    households: int
    persons: int
    survey_poor: int
    target_poor: int
