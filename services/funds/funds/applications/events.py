"""What the service tells others about applications."""

from datetime import date
from uuid import UUID

from pydantic import Field

from funds.applications.rules import Decision, State
from funds.products.rules import BorrowerKind, Category, StepLevel
from shared.events import Event


class ApplicationDecided(Event, type="funds.application.decided.v1"):
    """A step decided on an application (ลงมติคำขอ); `state` is where it stands now."""

    application_id: UUID
    fund_id: UUID
    area_code: str = Field(examples=["341501"])
    product_code: str = Field(examples=["WOMENS_REVOLVING"])
    category: Category
    borrower_kind: BorrowerKind
    step: str = Field(examples=["PROVINCE_SUBCOMMITTEE"])
    level: StepLevel
    decision: Decision
    state: State
    decided_on: date
