"""Refusals about write-offs."""

from shared.errors import Conflict, Forbidden, NotFound, Refusal


class WriteOffNotFound(NotFound):
    """Nobody has proposed to write the loan off."""

    code = "write_off_not_found"
    title_th, title_en = "ไม่พบการเสนอตัดหนี้สูญของสัญญานี้", "There is no write-off of this loan"


class WriteOffExists(Conflict):
    """A write-off of the loan waits, or the loan is written off."""

    code = "write_off_exists"
    title_th, title_en = "สัญญานี้เสนอหรือตัดหนี้สูญแล้ว", "The loan is proposed or written off already"
    detail_th = "อ่านการเสนอตัดหนี้สูญของสัญญานี้"
    detail_en = "Read the loan's write-off"


class WriteOffDecided(Conflict):
    """It was decided or withdrawn before."""

    code = "write_off_decided"
    title_th, title_en = "การเสนอตัดหนี้สูญนี้ตัดสินแล้ว", "The write-off is decided already"
    detail_th = "เสนอใหม่ถ้ายังจำเป็น"
    detail_en = "Propose another if it is still needed"


class OwnWriteOff(Forbidden):
    """Who proposed it, or applied for, contracted, owes or guarantees the loan, does not decide."""

    code = "own_write_off"
    title_th, title_en = (
        "ผู้เสนอ ผู้ขอกู้ ผู้ทำสัญญา ครัวเรือนผู้กู้ หรือผู้ค้ำประกันอนุมัติตัดหนี้สูญไม่ได้",
        "Who proposed it, or applied for, contracted, owes or guarantees the loan may not decide",
    )
    detail_th = "ให้ผู้ที่ไม่ได้เสนอ ขอกู้ ทำสัญญา และไม่ใช่ผู้กู้หรือผู้ค้ำประกันเป็นผู้อนุมัติ"
    detail_en = "Let somebody decide who neither proposed, applied, contracted, owes nor guarantees"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_loan_write_offs": WriteOffExists,
    "uq_loan_write_offs_loan_id": WriteOffExists,
    "ck_loan_write_offs_two_persons": OwnWriteOff,
}
