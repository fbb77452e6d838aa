"""What the service tells others about target cases."""

from datetime import date
from uuid import UUID

from pydantic import Field

from households.cases.rules import WithdrawReason
from shared.events import Event


class CaseCertified(Event, type="households.case.certified.v1"):
    """A committee's meeting put a household on the target register (รับรองครัวเรือนเป้าหมาย)."""

    case_id: UUID
    household_id: UUID
    village_code: str = Field(examples=["34150103"])
    edition_id: UUID | None
    """The edition that marked the household; null when the team found it in the field."""
    committee_id: UUID
    resolution_id: UUID
    certified_on: date


class CaseWithdrawn(Event, type="households.case.withdrawn.v1"):
    """A household left its way: moved, died, refused, or was a duplicate (ถอนจากทะเบียน)."""

    case_id: UUID
    household_id: UUID
    village_code: str = Field(examples=["34150103"])
    reason: WithdrawReason
    withdrawn_on: date


class CaseGraduated(Event, type="households.case.graduated.v1"):
    """A household is out of poverty and leaves the register (พ้นความยากจน)."""

    case_id: UUID
    household_id: UUID
    village_code: str = Field(examples=["34150103"])
    graduated_on: date
