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


class DeathNotProposed(Conflict):
    """Nobody has proposed who answers for the debt."""

    code = "death_not_proposed"
    title_th, title_en = "ยังไม่มีผู้เสนอผู้รับผิดชอบหนี้", "Nobody has proposed who answers for it"


class OwnDeathDecision(Forbidden):
    """Who proposed who answers does not approve it."""

    code = "own_death_decision"
    title_th, title_en = "ผู้เสนออนุมัติเองไม่ได้", "Who proposed it may not approve it"


class AnswerableMissing(InvalidField):
    """Heirs and guarantors are named."""

    code = "answerable_missing"
    title_th, title_en = "ต้องระบุชื่อผู้รับผิดชอบหนี้", "Name who answers for the debt"


CONSTRAINTS: dict[str, type[Refusal]] = {"ck_borrower_deaths_two_persons": OwnDeathDecision}
