"""What is told of funds: ids, kinds and area codes."""

from datetime import date
from uuid import UUID

from pydantic import Field

from funds.registry.rules import Kind
from shared.events import Event


class FundRegistered(Event, type="funds.fund.registered.v1"):
    """A fund is in the registry (ขึ้นทะเบียนกองทุน)."""

    fund_id: UUID
    kind: Kind = Field(examples=["womens"])
    area_code: str = Field(examples=["341501"])
    founded_on: date | None
