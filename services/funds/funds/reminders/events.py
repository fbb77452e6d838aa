"""What is told of reminders: ids, area codes and dates."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.events import Event


class ReminderDue(Event, type="funds.reminder.due.v1"):
    """A borrower is reminded of an instalment (แจ้งเตือนก่อนครบกำหนดชำระ)."""

    reminder_id: UUID
    loan_id: UUID
    fund_id: UUID
    area_code: str = Field(examples=["34150103"])
    instalment: int = Field(examples=[3])
    due_on: date
    days: Literal[30, 15, 7]
