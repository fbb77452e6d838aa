"""Refusals about deaths of borrowers."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class NoDeathToDecide(NotFound):
    """No death is known that concerns the loan."""

    code = "no_death_to_decide"
    title_th, title_en = "ไม่พบการเสียชีวิตที่เกี่ยวกับสัญญานี้", "No death is known that concerns the loan"


class DeathDecided(Conflict):
    """It was decided before, or the proposal is not there any more."""

    code = "death_decided"
    title_th, title_en = "ตัดสินเรื่องนี้แล้ว", "It is decided already"
    detail_th = "อ่านผลการตัดสิน ถ้าผู้อื่นต้องรับผิดชอบแทน ให้เสนอใหม่โดยระบุ person_id"
    detail_en = "Read what was decided; if somebody else is to answer now, propose her with `person_id`"


class DeathNotProposed(Conflict):
    """Nobody has proposed who answers for the debt."""

    code = "death_not_proposed"
    title_th, title_en = "ยังไม่มีผู้เสนอผู้รับผิดชอบหนี้", "Nobody has proposed who answers for it"
    detail_th = "เสนอผู้รับผิดชอบหนี้ที่ death-decision ก่อน"
    detail_en = "Propose who answers at death-decision first"


class OwnDeathDecision(Forbidden):
    """Who proposed who answers does not approve it, nor who owes the debt or is to answer for it."""

    code = "own_death_decision"
    title_th, title_en = "ผู้เสนอหรือผู้เกี่ยวข้องกับหนี้อนุมัติเองไม่ได้", "Who proposed it or owes it may not approve it"
    detail_th = "ให้ผู้อื่นที่ไม่ได้เสนอและไม่เกี่ยวข้องกับหนี้อนุมัติ"
    detail_en = "Let somebody approve who neither proposed it nor owes it"


class AnswerableMissing(InvalidField):
    """Heirs and guarantors are named."""

    code = "answerable_missing"
    title_th, title_en = "ต้องระบุชื่อผู้รับผิดชอบหนี้", "Name who answers for the debt"
    detail_th = "ระบุชื่อทายาทหรือผู้ค้ำประกัน"
    detail_en = "Name the heirs or guarantors"


class DecisionNotForBorrower(InvalidField):
    """Only a group's loan is answered for by the group, and it is not lost with one of its members."""

    code = "decision_not_for_borrower"
    title_th, title_en = "ข้อเสนอนี้ใช้กับผู้กู้ประเภทนี้ไม่ได้", "Not a decision about such a borrower's loan"
    detail_th = "เงินกู้ของกลุ่มให้กลุ่มรับผิดชอบ เงินกู้ส่วนบุคคลให้ทายาท กองมรดก หรือผู้ค้ำประกัน"
    detail_en = "A group answers for its own loan only; heirs, estate or guarantors for a person's"


class NotItsGuarantor(InvalidField):
    """The loan has no such guarantor."""

    code = "not_its_guarantor"
    title_th, title_en = "ไม่ใช่ผู้ค้ำประกันของสัญญานี้", "She does not guarantee the loan"
    detail_th = "เลือกผู้ค้ำประกันที่ระบุในสัญญา"
    detail_en = "Choose a guarantor of the loan"


class AnswerableDied(InvalidField):
    """She died herself."""

    code = "answerable_died"
    title_th, title_en = "ผู้ที่เสนอให้รับผิดชอบเสียชีวิตแล้ว", "Who is to answer has died herself"
    detail_th = "เสนอผู้อื่นที่ยังมีชีวิตอยู่"
    detail_en = "Propose somebody who lives"


CONSTRAINTS: dict[str, type[Refusal]] = {"ck_borrower_deaths_two_persons": OwnDeathDecision}
