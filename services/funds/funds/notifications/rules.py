"""Messages as texts, the pauses between attempts, and how a message is signed on its way."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from shared.dates import thai_string

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # the public prefix of the Standard Webhooks scheme
PAUSES: Final = (10, 60, 300, 1_800, 7_200, 18_000, 36_000, 86_400)
"""Seconds before each further attempt; a message that fails after the last one waits for a replay."""


class Purpose(StrEnum):
    """What a message is about."""

    REMINDER = "reminder"


class State(StrEnum):
    """State of a message."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to a borrower; `facts` holds ids, numbers, dates and amounts, no name and no phone."""

    purpose: Purpose
    subject_id: UUID
    """What it is about; with the purpose, unique."""
    fund_id: UUID
    area_code: str
    borrower_kind: str
    borrower_id: UUID
    facts: Mapping[str, Any]


def pause(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts; None when it was the last one."""
    return timedelta(seconds=PAUSES[attempts - 1]) if 1 <= attempts <= len(PAUSES) else None


def text(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return a reminder as people read it, in both languages."""
    due = date.fromisoformat(facts["due_on"])
    return {
        "th": (
            f"แจ้งเตือนชำระเงินกู้ สัญญาเลขที่ {facts['contract_no']} งวดที่ {facts['instalment']} "
            f"จำนวน {facts['amount']} บาท ครบกำหนดวันที่ {thai_string(due)} (อีก {facts['days']} วัน)"
        ),
        "en": (
            f"Loan {facts['contract_no']}: instalment {facts['instalment']} of {facts['amount']} baht "
            f"is due on {due.isoformat()} (in {facts['days']} days)"
        ),
    }


def sign(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the Standard Webhooks signature of a message: `v1,` and HMAC-SHA-256 in base64.

    `secret` is base64, with or without the prefix `whsec_`. ValueError for anything else.
    """
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
