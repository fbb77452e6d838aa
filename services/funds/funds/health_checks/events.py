"""What is told of health checks."""

from uuid import UUID

from pydantic import Field

from funds.registry.rules import Kind
from shared.events import Event


class FundLevelChanged(Event, type="funds.fund.level_changed.v1"):
    """A fund's confirmed level is another one than before (ระดับศักยภาพกองทุนเปลี่ยน).

    `sequence` of the envelope is the fiscal year: a fund has one check a year.
    """

    fund_id: UUID
    kind: Kind = Field(examples=["poverty"])
    area_code: str = Field(examples=["34190201"])
    fiscal_year: int = Field(examples=[2569])
    level: int = Field(examples=[3])
    previous_level: int | None = Field(examples=[2])
    """Of the newest check of an earlier year; null when this is the first."""
    instrument: str = Field(examples=["KKK_GOVERNANCE_18"])
