"""Refusals about entries written by hand."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class AdjustmentNotFound(NotFound):
    """The fund has no proposed entry of this id."""

    code = "adjustment_not_found"
    title_th, title_en = "ไม่พบรายการปรับปรุงนี้", "There is no such adjustment"


class AdjustmentExists(Conflict):
    """The id is taken."""

    code = "adjustment_exists"
    title_th, title_en = "มีรายการปรับปรุงนี้แล้ว", "The adjustment exists already"


class AdjustmentDecided(Conflict):
    """It was posted or rejected before."""

    code = "adjustment_decided"
    title_th, title_en = "รายการปรับปรุงนี้ตัดสินแล้ว", "The adjustment is decided already"


class OwnAdjustment(Forbidden):
    """Who wrote an entry does not confirm it."""

    code = "own_adjustment"
    title_th, title_en = "ผู้เสนออนุมัติรายการของตนเองไม่ได้", "Who proposed it may not decide it"


class AccountNotByHand(InvalidField):
    """Loans, advances, savings and shares are booked by what happens to them, never by hand."""

    code = "account_not_by_hand"
    title_th, title_en = "บัญชีคุมลงรายการด้วยมือไม่ได้", "A control account takes no entry by hand"


class AccountNotKept(InvalidField):
    """Funds of this kind do not keep the account."""

    code = "account_not_kept"
    title_th, title_en = "กองทุนประเภทนี้ไม่มีบัญชีนี้", "The fund keeps no such account"


class NotOfItsKind(InvalidField):
    """An expense goes out of money, a transfer moves money: other lines make it an adjustment."""

    code = "not_of_its_kind"
    title_th, title_en = "รายการไม่ตรงกับประเภท", "The lines are not of this kind of entry"


class NotByHand(Conflict):
    """Only an entry that was written by hand is reversed by hand."""

    code = "not_by_hand"
    title_th, title_en = "กลับรายการนี้ด้วยมือไม่ได้ ให้กลับที่เอกสารต้นทาง", "Reverse it where it came from"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_ledger_adjustments": AdjustmentExists,
    "ck_ledger_adjustments_two_persons": OwnAdjustment,
}
