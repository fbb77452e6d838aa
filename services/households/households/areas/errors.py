"""Refusals about areas."""

from shared.errors import InvalidField, NotFound, Refusal


class AreaNotFound(NotFound):
    """No area has this code."""

    code = "area_not_found"
    title_th, title_en = "ไม่พบพื้นที่ตามรหัสนี้", "No area has this code"


class UnknownArea(InvalidField):
    """The code given belongs to no known area."""

    code = "unknown_area"
    title_th, title_en = "ไม่รู้จักรหัสพื้นที่", "The area code is not known"


class UnreadableVillages(Refusal):
    """The file of villages is no table, or not one of villages."""

    status, code = 422, "unreadable_villages"
    title_th, title_en = "อ่านไฟล์หมู่บ้านไม่ได้", "The file of villages cannot be read"
