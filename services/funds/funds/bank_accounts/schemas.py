"""What the API takes and gives about bank accounts."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from funds.bank_accounts.rules import account_digits
from shared.errors import invalid_value
from shared.free_text import FreeText
from shared.schemas import Schema, Text
from shared.thai import clean_text


def _account(text: str) -> str:
    try:
        return account_digits(text)
    except ValueError:
        raise invalid_value(
            "not_an_account_number", "เลขบัญชีต้องมี 8 ถึง 15 หลัก", "is no account number of 8 to 15 digits"
        ) from None


BankCode = Annotated[str, Field(pattern=r"^[0-9]{3}$", examples=["034"])]
AccountNumber = Annotated[str, AfterValidator(_account), Field(max_length=40, examples=["020-1-23456-7"])]
"""Dashes and Thai digits are read too."""
AccountName = Annotated[
    FreeText,
    AfterValidator(clean_text),
    Field(min_length=1, max_length=200, examples=["กองทุนพัฒนาบทบาทสตรี ตำบลวารินชำราบ"]),
]
Branch = Annotated[
    FreeText, AfterValidator(clean_text), Field(min_length=1, max_length=100, examples=["วารินชำราบ"])
]


class NewBankAccount(Schema):
    """A bank account to register (บัญชีเงินฝากธนาคาร)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "bank_code": "034",
                    "account_no": "020-1-23456-7",
                    "account_name": "กองทุนพัฒนาบทบาทสตรี ตำบลวารินชำราบ",
                    "branch": "วารินชำราบ",
                    "opened_on": "2013-02-01",
                }
            ]
        }
    )

    id: UUID | None = None
    bank_code: BankCode
    """One of `GET /v1/funds/banks`."""
    account_no: AccountNumber
    account_name: AccountName
    branch: Branch | None = None
    opened_on: date | None = None


class BankAccountChange(Schema):
    """A merge patch of an account; another number is another account. `closed_on` closes it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"closed_on": "2026-01-31"}]})

    account_name: AccountName = ""
    branch: Branch | None = None
    opened_on: date | None = None
    closed_on: date | None = None


class BankAccountOut(Schema):
    """A fund's bank account; the number in full for `funds:write`, else its last four digits."""

    id: UUID
    fund_id: UUID
    bank_code: str = Field(examples=["034"])
    bank: Text
    account_no: str = Field(examples=["xxxxxx4567"])
    account_name: str
    branch: str | None
    opened_on: date | None
    closed_on: date | None
    version: int
    created_at: datetime
    updated_at: datetime


class BankOut(Schema):
    """A bank (ธนาคาร)."""

    code: str = Field(examples=["034"])
    name: Text


class BankList(Schema):
    """The banks that a fund may have an account with, and where the list is from."""

    items: list[BankOut]
    source: str
    confidence: str
    as_of: date
