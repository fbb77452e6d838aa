"""What comes back from a monthly meeting."""

from datetime import date

from fastapi import UploadFile

from funds.savings.rules import HeldAs
from funds.savings.schemas import DepositsOut, DocumentNo, Month
from shared.money import BahtOut
from shared.schemas import Schema


class FilledSheet(Schema):
    """A collection sheet that was filled in (ใบเก็บเงินที่กรอกแล้ว)."""

    file: UploadFile
    """.xlsx without macros, at most 2 MiB; its columns are found by their headings."""
    month: Month
    paid_on: date
    held_as: HeldAs
    document_no: DocumentNo


class CollectedOut(DepositsOut):
    """What became of the sheet; sending it again records nothing twice."""

    loans: BahtOut
    """Written in the column of loans that sheets of some time ago had: summed, not recorded.

    Receipts come of the sheet of loans (`/v1/funds/{fund_id}/collection-sheet`).
    """
