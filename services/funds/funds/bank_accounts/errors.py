"""Refusals about bank accounts."""

from shared.errors import Conflict, InvalidField, NotFound, Refusal


class BankAccountNotFound(NotFound):
    """The fund has no such account."""

    code = "bank_account_not_found"
    title_th, title_en = "ไม่พบบัญชีธนาคารนี้", "There is no such bank account"


class BankAccountTaken(Conflict):
    """The id is taken, or the account belongs to a fund already."""

    code = "bank_account_taken"
    title_th, title_en = "บัญชีธนาคารนี้มีในทะเบียนแล้ว", "The account is registered already"
    detail_th = "ใช้รหัสใหม่ หรือตรวจเลขที่บัญชี บัญชีหนึ่งเป็นของกองทุนเดียว"
    detail_en = "Use another id or check the number: an account belongs to one fund"


class UnknownBank(InvalidField):
    """No bank has this code."""

    code = "unknown_bank"
    title_th, title_en = "ไม่มีธนาคารตามรหัสนี้", "No bank has this code"
    detail_th = "เลือกรหัสธนาคารจาก /v1/funds/banks"
    detail_en = "Choose a code from /v1/funds/banks"


class ClosedBeforeOpened(InvalidField):
    """The account was closed before it was opened."""

    code = "account_closed_before_opened"
    title_th, title_en = "วันปิดบัญชีอยู่ก่อนวันเปิด", "The account closes before it opens"
    detail_th = "ตรวจวันเปิดและวันปิดบัญชี"
    detail_en = "Check the days of opening and closing"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_fund_bank_accounts": BankAccountTaken,
    "uq_fund_bank_accounts_account_no": BankAccountTaken,
    "ck_fund_bank_accounts_closed_on": ClosedBeforeOpened,
}
