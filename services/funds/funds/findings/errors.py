"""Refusals about findings."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class FindingNotFound(NotFound):
    """No finding of this id in the caller's areas."""

    code = "finding_not_found"
    title_th, title_en = "ไม่พบข้อค้นพบนี้", "There is no such finding"


class FindingExists(Conflict):
    """The id is taken."""

    code = "finding_exists"
    title_th, title_en = "มีข้อค้นพบนี้แล้ว", "The finding exists already"
    detail_th = "ใช้รหัสใหม่ หรืออ่านข้อค้นพบเดิม"
    detail_en = "Use another id, or read the finding that is there"


class FindingClosed(Conflict):
    """It is closed."""

    code = "finding_closed"
    title_th, title_en = "ข้อค้นพบนี้ปิดแล้ว", "The finding is closed"
    detail_th = "บันทึกข้อค้นพบใหม่ถ้าพบปัญหาอีก"
    detail_en = "Record another if the failing is seen again"


class OwnFinding(Forbidden):
    """Who recorded a finding does not close it."""

    code = "own_finding"
    title_th, title_en = "ผู้บันทึกปิดข้อค้นพบของตนเองไม่ได้", "Who recorded it may not close it"
    detail_th = "ให้ผู้อื่นตรวจและปิดข้อค้นพบ"
    detail_en = "Let somebody else look and close it"


class UnknownFailing(InvalidField):
    """The list of failings has no such code."""

    code = "unknown_failing"
    title_th, title_en = "ไม่มีรหัสปัญหานี้", "There is no failing of this code"
    detail_th = "ใช้รหัสตาม FUND_COMMON_FAILINGS"
    detail_en = "Use the codes of FUND_COMMON_FAILINGS"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_fund_findings": FindingExists,
    "ck_fund_findings_two_persons": OwnFinding,
}
