"""Refusals about target cases."""

from shared.errors import Conflict, InvalidField, NotFound, Refusal


class CaseNotFound(NotFound):
    """No case of this id in the caller's areas."""

    code = "case_not_found"
    title_th, title_en = "ไม่พบครัวเรือนเป้าหมายนี้", "There is no such case"


class UnknownHousehold(InvalidField):
    """No household of this id in the caller's areas."""

    code = "unknown_household"
    title_th, title_en = "ไม่รู้จักครัวเรือนนี้", "The household is not known"
    detail_th = "ตรวจรหัสครัวเรือน หรือเลือกครัวเรือนในพื้นที่ของท่าน"
    detail_en = "Check the household's id, or choose one of your areas"


class UnknownEdition(InvalidField):
    """No edition of this id."""

    code = "unknown_edition"
    title_th, title_en = "ไม่รู้จักชุดข้อมูลนี้", "The edition is not known"
    detail_th = "เลือกชุดข้อมูลจาก /v1/feed-editions"
    detail_en = "Choose an edition from /v1/feed-editions"


class EditionRequired(InvalidField):
    """A case from the feed names its edition."""

    code = "edition_required"
    title_th, title_en = "ต้องระบุชุดข้อมูล", "A case from the feed names its edition"
    detail_th = "ระบุ edition_id ของชุดข้อมูลที่พบครัวเรือน"
    detail_en = "Give the `edition_id` that found the household"


class EditionNotForField(InvalidField):
    """A case found in the field comes from no edition."""

    code = "edition_not_for_field"
    title_th, title_en = "ครัวเรือนนอกระบบไม่มีชุดข้อมูล", "A case found in the field has no edition"
    detail_th = "ไม่ต้องระบุ edition_id"
    detail_en = "Leave `edition_id` out"


class CaseTwice(InvalidField):
    """The request names a case twice."""

    code = "case_twice"
    title_th, title_en = "ระบุครัวเรือนเดียวกันซ้ำ", "A case is named twice"
    detail_th = "ระบุครัวเรือนแต่ละรายครั้งเดียว"
    detail_en = "Name each case once"


class CaseExists(Conflict):
    """The id is taken."""

    code = "case_exists"
    title_th, title_en = "มีรหัสครัวเรือนเป้าหมายนี้แล้ว", "The case exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านรายการเดิม"
    detail_en = "Use another id, or read the case that is there"


class CaseAlreadyOpen(Conflict):
    """The household is on its way in another case."""

    code = "case_already_open"
    title_th, title_en = "ครัวเรือนนี้อยู่ระหว่างดำเนินการแล้ว", "The household has an open case"
    detail_th = "อ่านเรื่องที่เปิดอยู่ของครัวเรือนนี้"
    detail_en = "Read the household's open case"


class NotTargetPoor(Conflict):
    """The edition does not mark the household as target poor; open a field case instead."""

    code = "not_target_poor"
    title_th, title_en = "ครัวเรือนไม่ใช่คนจนเป้าหมายในชุดข้อมูลนี้", "Not target poor in this edition"
    detail_th = "เปิดเป็นครัวเรือนที่พบในพื้นที่แทน"
    detail_en = "Open it as a case found in the field instead"


class EditionNotImported(Conflict):
    """The edition has no results yet."""

    code = "edition_not_imported"
    title_th, title_en = "ชุดข้อมูลยังไม่นำเข้า", "The edition is not imported yet"
    detail_th = "รอให้นำเข้าชุดข้อมูลเสร็จก่อน"
    detail_en = "Wait until the edition is imported"


class WrongState(Conflict):
    """The step is not permitted where the case stands."""

    code = "wrong_state"
    title_th, title_en = "สถานะปัจจุบันทำขั้นตอนนี้ไม่ได้", "The case's state does not permit this"
    detail_th = "อ่านสถานะปัจจุบันก่อน"
    detail_en = "Read where the case stands first"


class CaseOnDropped(Conflict):
    """Only the household that would be dropped has an open case."""

    code = "case_on_dropped"
    title_th, title_en = "ครัวเรือนที่จะตัดออกมีเรื่องที่ดำเนินการอยู่", "The household to drop has the open case"
    detail_th = "สลับครัวเรือนที่จะคงไว้กับที่จะตัดออก"
    detail_en = "Keep the household that has the case and drop the other"


class NotAppealable(Conflict):
    """Only what a committee rejected is appealed against, and once."""

    code = "not_appealable"
    title_th, title_en = "อุทธรณ์ไม่ได้", "There is nothing to appeal against"
    detail_th = "อุทธรณ์ได้เฉพาะเรื่องที่คณะกรรมการไม่รับรอง และได้ครั้งเดียว"
    detail_en = "Only what a committee rejected is appealed against, once"


class StillPoor(Conflict):
    """The newest survey still finds the household poor, or none has seen it since it was found."""

    code = "still_poor"
    title_th, title_en = "ยังไม่พ้นเกณฑ์ความยากจน", "The household is not out of poverty"
    detail_th = "รอผลสำรวจที่แสดงว่าพ้นเกณฑ์"
    detail_en = "Wait for a survey that finds it out of poverty"


class CasesRefused(Conflict):
    """Cases of one request are refused for different reasons; nothing was changed."""

    code = "cases_refused"
    title_th, title_en = (
        "บางครัวเรือนทำรายการไม่ได้ ไม่มีการเปลี่ยนแปลงใด",
        "Some cases were refused; nothing changed",
    )
    detail_th = "ดูเหตุผลของแต่ละรายใน errors แก้แล้วส่งใหม่ทั้งหมด"
    detail_en = "See each one's reason in `errors`, correct it and send all again"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_cases": CaseExists,
    "uq_cases_household_id_open": CaseAlreadyOpen,
}
