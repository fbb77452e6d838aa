"""What comes back from an afternoon of collecting."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import UploadFile
from pydantic import Field

from funds.loans.rules import Channel
from shared.money import BahtOut, BahtPositive
from shared.schemas import Schema


class FilledLoanSheet(Schema):
    """A collection sheet of loans that was filled in (ใบเก็บเงินกู้ที่กรอกแล้ว)."""

    file: UploadFile
    """.xlsx without macros, at most 2 MiB, 1,000 rows with money; its columns are found by their headings."""
    paid_on: date
    """The day the money came."""
    booked_on: date | None = None
    """Business date of the entries where the day the money came lies in a closed period."""
    channel: Channel
    counted: Annotated[BahtPositive, Field(examples=["12300.00"])]
    """All money of the sheet as it was counted (ยอดเงินที่นับได้): the sum of its rows, else nothing is taken."""


class CollectedSlip(Schema):
    """What became of a row."""

    place: str
    """Of its amount: the cell, such as H7."""
    contract_no: str
    receipt_no: str
    amount: BahtOut
    repayment_id: UUID
    outcome: Literal["recorded", "repeated"]
    """`repeated`: it was recorded before, with the same content."""


class CollectedReceipts(Schema):
    """What became of a sheet: all of it is recorded; sending it again records nothing twice."""

    batch_id: UUID
    """`GET /v1/repayments?batch_id=` lists what this request recorded."""
    recorded: int
    repeated: int
    amount: BahtOut
    """Recorded now."""
    results: list[CollectedSlip]
