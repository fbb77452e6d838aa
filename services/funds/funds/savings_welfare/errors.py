"""Refusals about welfare."""

from shared.errors import Conflict, Forbidden, NotFound, Refusal


class WelfareNotFound(NotFound):
    """The fund has no such request."""

    code = "welfare_not_found"
    title_th, title_en = "ไม่พบคำขอสวัสดิการนี้", "There is no such request for welfare"


class WelfareExists(Conflict):
    """The id or the document's number is taken."""

    code = "welfare_exists"
    title_th, title_en = "เลขที่เอกสารสวัสดิการนี้ใช้แล้ว", "The document's number is used already"
    detail_th = "ใช้เลขที่เอกสารหรือรหัสอื่น"
    detail_en = "Use another document number or id"


class WelfareDecided(Conflict):
    """It is paid or rejected."""

    code = "welfare_decided"
    title_th, title_en = "คำขอนี้พิจารณาแล้ว", "The request is decided already"
    detail_th = "อ่านผลการพิจารณาของคำขอนี้"
    detail_en = "Read what was decided"


class OwnWelfare(Forbidden):
    """Who recorded the request does not decide it, nor she whom it is for or who lives with her."""

    code = "own_welfare"
    title_th, title_en = "ผู้บันทึกคำขอหรือผู้รับสวัสดิการพิจารณาเองไม่ได้", "Somebody else must decide it"
    detail_th = "ให้ผู้ที่ไม่ได้บันทึกและไม่ใช่ผู้รับเป็นผู้พิจารณา"
    detail_en = "Let somebody decide who neither recorded nor receives it"


class WelfareNotPaid(Conflict):
    """Only what was paid, and stands, is reversed."""

    code = "welfare_not_paid"
    title_th, title_en = "กลับได้เฉพาะรายการที่จ่ายแล้วและยังไม่ได้กลับ", "Only what is paid and stands is reversed"
    detail_th = "อ่านสถานะปัจจุบันก่อน"
    detail_en = "Read where the request stands first"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_savings_welfare": WelfareExists,
    "uq_savings_welfare_document_no": WelfareExists,
    "ck_savings_welfare_two_persons": OwnWelfare,
}
