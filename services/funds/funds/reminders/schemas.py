"""What the API gives about reminders."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from funds.reminders.rules import ReminderState, Skipped
from shared.areas import AreaCode
from shared.money import BahtOut
from shared.schemas import Filters, Schema


class ReminderFilters(Filters):
    """Which reminders."""

    area: AreaCode | None = None
    """This area and all below it."""
    fund_id: UUID | None = None
    loan_id: UUID | None = None
    state: ReminderState | None = None
    due_from: date | None = None
    """Of instalments due on this day or later."""
    due_to: date | None = None


class ReminderOut(Schema):
    """A reminder of an instalment (การแจ้งเตือนก่อนครบกำหนด)."""

    id: UUID
    loan_id: UUID
    fund_id: UUID
    area_code: AreaCode = Field(examples=["341501"])
    schedule_no: int
    number: int
    """Of the instalment."""
    due_on: date
    days: int = Field(examples=[7])
    """Days before the due date: 30, 15 or 7."""
    due_at: datetime
    """When it is to be sent."""
    state: ReminderState
    reason: Skipped | None
    """Why it was skipped."""
    amount: BahtOut | None
    """What was still to be brought when it was decided: owed of the instalment, less what was paid ahead."""
    decided_at: datetime | None


class AttemptOut(Schema):
    """An attempt to deliver a message."""

    attempt: int
    adapter: str = Field(examples=["webhook"])
    at: datetime
    ok: bool
    status: int | None
    """What the receiver answered."""
    error: str | None
    proof: str | None
    """Where the file lies and its SHA-256, or how the receiver's answer begins."""


class DeliveryOut(Schema):
    """What became of a reminder's message (หลักฐานการส่ง)."""

    id: UUID
    """Of the message: `webhook-id`, or the file's name."""
    state: str = Field(examples=["delivered"])
    """`waiting`, `delivered`, or `failed` after the last attempt."""
    attempts: int
    due_at: datetime
    """When it is, or was, to be delivered."""
    delivered_at: datetime | None
    tries: list[AttemptOut]


class ReminderDetail(ReminderOut):
    """A reminder with the proof of its delivery."""

    delivery: DeliveryOut | None
    """Null when it was not sent."""
