"""Refusals about problem cases and their surveys."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class ProblemCaseNotFound(NotFound):
    """No case of this id in the caller's areas."""

    code = "problem_case_not_found"
    title_th, title_en = "ไม่พบกองทุนที่มีปัญหารายการนี้", "There is no such problem case"


class ProblemCaseExists(Conflict):
    """The id is taken."""

    code = "problem_case_exists"
    title_th, title_en = "มีรายการนี้แล้ว", "The problem case exists already"


class FundUnderTreatment(Conflict):
    """A fund has one open case."""

    code = "fund_under_treatment"
    title_th, title_en = "กองทุนนี้อยู่ระหว่างแก้ไขปัญหาแล้ว", "The fund has an open problem case"


class WrongCaseStep(Conflict):
    """The case does not stand where this can be done."""

    code = "wrong_case_step"
    title_th, title_en = "ยังทำขั้นตอนนี้ไม่ได้", "The case is not at this step"


class WrongRound(Conflict):
    """Another round is surveyed now, or none; the member `round` says which."""

    code = "wrong_round"
    title_th, title_en = "ไม่ใช่รอบสำรวจปัจจุบัน", "This round is not being surveyed"


class DebtorsMissing(Conflict):
    """Every loan with anything overdue is surveyed before a round is complete."""

    code = "debtors_missing"
    title_th, title_en = "ยังสำรวจลูกหนี้ค้างชำระไม่ครบ", "Debtors with overdue loans are not surveyed yet"


class StillOverdue(Conflict):
    """Something was overdue in the last round: the case is not solved."""

    code = "still_overdue"
    title_th, title_en = "ยังมีหนี้เกินกำหนดคงเหลือ", "There are still overdue debts"


class OwnProblemCase(Forbidden):
    """Who opened the case or completed its last survey does not say that it is solved."""

    code = "own_problem_case"
    title_th, title_en = "ผู้เปิดรายการหรือผู้สำรวจประกาศผลเองไม่ได้", "Who surveyed it may not decide it"


class UnknownDebtor(InvalidField):
    """The fund has no such loan with anything owed."""

    code = "unknown_debtor"
    title_th, title_en = "ไม่ใช่ลูกหนี้ของกองทุนนี้", "No such loan of this fund"


class DebtorTwice(InvalidField):
    """A loan stands twice in the list."""

    code = "debtor_twice"
    title_th, title_en = "ลูกหนี้ซ้ำในรายการ", "A loan stands twice in the list"


class AmountNotFitting(InvalidField):
    """Who was spoken to names what she owes; of who was not, no amount is known."""

    code = "amount_not_fitting"
    title_th, title_en = "จำนวนเงินไม่สอดคล้องกับผลสำรวจ", "The amount does not fit the answer"


class PromiseIncomplete(InvalidField):
    """A promise has an amount and a day, and somebody who gave it."""

    code = "promise_incomplete"
    title_th, title_en = "ข้อตกลงชำระต้องมีจำนวนเงินและวันที่", "A promise has an amount and a day"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_problem_cases": ProblemCaseExists,
    "uq_problem_cases_fund_id_open": FundUnderTreatment,
}
