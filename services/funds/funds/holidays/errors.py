"""Refusals about local holidays."""

from shared.errors import Conflict, Forbidden, NotFound, Refusal


class HolidayNotFound(NotFound):
    """No day of this id."""

    code = "holiday_not_found"
    title_th, title_en = "ไม่พบวันหยุดนี้", "There is no such holiday"


class HolidayExists(Conflict):
    """The area has a word on this day already."""

    code = "holiday_exists"
    title_th, title_en = "กำหนดวันนี้ของพื้นที่นี้ไว้แล้ว", "The day is set for this area already"
    detail_th = "อ่านวันหยุดของพื้นที่นี้ก่อน"
    detail_en = "Read what is set for this area first"


class HolidayAreaNotYours(Forbidden):
    """The area lies outside the caller's areas."""

    code = "holiday_area_not_yours"
    title_th, title_en = "พื้นที่นี้อยู่นอกพื้นที่ของท่าน", "The area is outside your areas"
    detail_th = "กำหนดวันหยุดได้เฉพาะพื้นที่ที่ท่านดูแลทั้งหมด"
    detail_en = "Set holidays of areas that are wholly yours"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_fund_holidays": HolidayExists,
    "uq_fund_holidays_on_date_area_code": HolidayExists,
}
