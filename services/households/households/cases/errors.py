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


class UnknownEdition(InvalidField):
    """No edition of this id."""

    code = "unknown_edition"
    title_th, title_en = "ไม่รู้จักชุดข้อมูลนี้", "The edition is not known"


class EditionRequired(InvalidField):
    """A case from the feed names its edition."""

    code = "edition_required"
    title_th, title_en = "ต้องระบุชุดข้อมูล", "A case from the feed names its edition"


class EditionNotForField(InvalidField):
    """A case found in the field comes from no edition."""

    code = "edition_not_for_field"
    title_th, title_en = "ครัวเรือนนอกระบบไม่มีชุดข้อมูล", "A case found in the field has no edition"


class CaseTwice(InvalidField):
    """The request names a case twice."""

    code = "case_twice"
    title_th, title_en = "ระบุครัวเรือนเดียวกันซ้ำ", "A case is named twice"


class CaseExists(Conflict):
    """The id is taken."""

    code = "case_exists"
    title_th, title_en = "มีรหัสครัวเรือนเป้าหมายนี้แล้ว", "The case exists already"


class CaseAlreadyOpen(Conflict):
    """The household is on its way in another case."""

    code = "case_already_open"
    title_th, title_en = "ครัวเรือนนี้อยู่ระหว่างดำเนินการแล้ว", "The household has an open case"


class NotTargetPoor(Conflict):
    """The edition does not mark the household as target poor; open a field case instead."""

    code = "not_target_poor"
    title_th, title_en = "ครัวเรือนไม่ใช่คนจนเป้าหมายในชุดข้อมูลนี้", "Not target poor in this edition"


class EditionNotImported(Conflict):
    """The edition has no results yet."""

    code = "edition_not_imported"
    title_th, title_en = "ชุดข้อมูลยังไม่นำเข้า", "The edition is not imported yet"


class WrongState(Conflict):
    """The step is not permitted where the case stands."""

    code = "wrong_state"
    title_th, title_en = "สถานะปัจจุบันทำขั้นตอนนี้ไม่ได้", "The case's state does not permit this"


class CaseOnDropped(Conflict):
    """Only the household that would be dropped has an open case."""

    code = "case_on_dropped"
    title_th, title_en = "ครัวเรือนที่จะตัดออกมีเรื่องที่ดำเนินการอยู่", "The household to drop has the open case"


class NotAppealable(Conflict):
    """Only what a committee rejected is appealed against, and once."""

    code = "not_appealable"
    title_th, title_en = "อุทธรณ์ไม่ได้", "There is nothing to appeal against"


class StillPoor(Conflict):
    """The newest survey still finds the household poor, or none has seen it since it was found."""

    code = "still_poor"
    title_th, title_en = "ยังไม่พ้นเกณฑ์ความยากจน", "The household is not out of poverty"


class CasesRefused(Conflict):
    """Cases of one request are refused for different reasons; nothing was changed."""

    code = "cases_refused"
    title_th, title_en = (
        "บางครัวเรือนทำรายการไม่ได้ ไม่มีการเปลี่ยนแปลงใด",
        "Some cases were refused; nothing changed",
    )


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_cases": CaseExists,
    "uq_cases_household_id_open": CaseAlreadyOpen,
}
