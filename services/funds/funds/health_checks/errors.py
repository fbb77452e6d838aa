"""Refusals about health checks and the editions of their forms."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class HealthCheckNotFound(NotFound):
    """No check of this id in the caller's areas."""

    code = "health_check_not_found"
    title_th, title_en = "ไม่พบการตรวจสุขภาพกองทุนนี้", "There is no such health check"


class HealthCheckExists(Conflict):
    """The id is taken."""

    code = "health_check_exists"
    title_th, title_en = "มีการตรวจสุขภาพนี้แล้ว", "The health check exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านผลตรวจเดิม"
    detail_en = "Use another id, or read the check that is there"


class FundCheckedAlready(Conflict):
    """A fund is checked once a fiscal year."""

    code = "fund_checked_already"
    title_th, title_en = "กองทุนนี้ตรวจสุขภาพในปีงบประมาณนี้แล้ว", "The fund has a check of this fiscal year"
    detail_th = "แก้ไขผลตรวจของปีงบประมาณนี้แทน"
    detail_en = "Change this fiscal year's check instead"


class HealthCheckConfirmed(Conflict):
    """A confirmed check stays as it is."""

    code = "health_check_confirmed"
    title_th, title_en = "ผลตรวจสุขภาพยืนยันแล้ว แก้ไขไม่ได้", "The health check is confirmed"
    detail_th = "ตรวจใหม่ในปีงบประมาณถัดไป"
    detail_en = "Check the fund again in the next fiscal year"


class OwnHealthCheck(Forbidden):
    """Who wrote in a check does not confirm it."""

    code = "own_health_check"
    title_th, title_en = "ผู้บันทึกยืนยันผลของตนเองไม่ได้", "Who recorded it may not confirm it"
    detail_th = "ให้ผู้ที่ไม่ได้บันทึกผลตรวจนี้เป็นผู้ยืนยัน"
    detail_en = "Let somebody confirm who wrote nothing in it"


class NoHealthInstrument(Conflict):
    """Funds of this kind have no form."""

    code = "no_health_instrument"
    title_th, title_en = "กองทุนประเภทนี้ยังไม่มีแบบตรวจสุขภาพ", "There is no form for this kind of fund"
    detail_th = "ตรวจสุขภาพได้เฉพาะกองทุน กข.คจ. และกลุ่มออมทรัพย์"
    detail_en = "Only poverty funds and savings groups have a form"


class WrongFiscalYear(InvalidField):
    """A check is of the fiscal year of its day, or of the one just ended."""

    code = "wrong_fiscal_year"
    title_th, title_en = "ปีงบประมาณไม่ตรงกับวันที่ตรวจ", "The fiscal year does not fit the day of the check"
    detail_th = "ระบุปีงบประมาณของวันที่ตรวจ หรือปีที่เพิ่งสิ้นสุด"
    detail_en = "Give the fiscal year of the day, or the one just ended"


class AnswerNotAllowed(InvalidField):
    """An answer that the form does not allow."""

    code = "answer_not_allowed"
    title_th, title_en = "คำตอบไม่ตรงกับแบบประเมิน", "The form does not allow an answer"
    detail_th = "ตอบตามตัวเลือกของแบบประเมินที่ใช้อยู่"
    detail_en = "Answer as the form in force allows"


class ReportedNotTaken(InvalidField):
    """The edition in force has all its items: they are answered, a result is not written over them."""

    code = "reported_not_taken"
    title_th, title_en = "แบบประเมินมีตัวชี้วัดครบ ให้ตอบรายข้อ", "The form has all its items: answer them"
    detail_th = "ส่งคำตอบรายข้อใน answers แทนผลสรุป"
    detail_en = "Send `answers` item by item instead of a result"


class MorePassedThanItems(InvalidField):
    """More indicators passed than the form has."""

    code = "more_passed_than_items"
    title_th, title_en = "จำนวนตัวชี้วัดที่ผ่านเกินจำนวนในแบบ", "More indicators passed than there are"
    detail_th = "ตรวจจำนวนตัวชี้วัดที่ผ่าน"
    detail_en = "Check how many indicators passed"


class HealthCheckUnfinished(Conflict):
    """Items are unanswered, or there is neither an answer nor a result of the paper form."""

    code = "health_check_unfinished"
    title_th, title_en = "ยังตอบแบบประเมินไม่ครบ", "The health check is not finished"
    detail_th = "ตอบให้ครบทุกข้อ หรือระบุผลตามแบบกระดาษก่อนยืนยัน"
    detail_en = "Answer every item, or give the paper form's result, first"


class NotAHealthInstrument(InvalidField):
    """The edition is not one of its form; the detail says what is wrong."""

    code = "not_a_health_instrument"
    title_th, title_en = "แบบประเมินใช้ไม่ได้", "This is no edition of the form"
    detail_th = "แก้ไฟล์ตามโครงสร้างของแบบประเมินแล้วส่งใหม่"
    detail_en = "Correct the edition to the form's structure and send it again"


class EditionTaken(Conflict):
    """This edition of the form is loaded already; an edition is never changed."""

    code = "edition_taken"
    title_th, title_en = "มีแบบประเมินฉบับนี้แล้ว", "This edition is loaded already"
    detail_th = "ส่งเป็นฉบับใหม่ ฉบับที่มีแล้วแก้ไขไม่ได้"
    detail_en = "Send it as another edition: one that is there never changes"


class HealthInstrumentNotFound(NotFound):
    """No form of this code."""

    code = "health_instrument_not_found"
    title_th, title_en = "ไม่พบแบบตรวจสุขภาพนี้", "There is no such form"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_health_checks": HealthCheckExists,
    "uq_health_checks_fund_id_fiscal_year": FundCheckedAlready,
    "ck_health_checks_two_persons": OwnHealthCheck,
    "uq_health_instruments_code_edition": EditionTaken,
}
