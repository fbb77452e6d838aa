"""Refusals about a fund's own settings."""

from shared.errors import Conflict, InvalidField, Refusal


class SettingOutsideProduct(InvalidField):
    """A fund may ask less, lend less and for shorter, and want larger groups than the product: not else."""

    code = "setting_outside_product"
    title_th, title_en = "เกินกรอบของประเภทเงิน", "Outside the product's limits"
    detail_th = "กองทุนกำหนดได้เฉพาะที่เข้มกว่าหรือเท่ากับประเภทเงิน"
    detail_en = "A fund may be stricter than the product, never laxer"


class UnknownProduct(InvalidField):
    """No product of this code is in force for funds of this kind on that day."""

    code = "unknown_product"
    title_th, title_en = "ไม่มีประเภทเงินนี้สำหรับกองทุนประเภทนี้", "No such product for funds of this kind"
    detail_th = "เลือกประเภทเงินของกองทุนประเภทนี้ที่ใช้อยู่ในวันนั้น"
    detail_en = "Choose a product for such funds in force on that day"


class NothingSet(InvalidField):
    """A setting sets at least one thing."""

    code = "nothing_set"
    title_th, title_en = "ต้องกำหนดอย่างน้อยหนึ่งรายการ", "At least one thing must be set"
    detail_th = "ระบุค่าที่จะกำหนดอย่างน้อยหนึ่งค่า"
    detail_en = "Give at least one value to set"


class UnknownMeeting(InvalidField):
    """The fund held no such meeting by the day from which the setting holds."""

    code = "unknown_meeting"
    title_th, title_en = "ไม่พบการประชุมของกองทุนก่อนวันเริ่มใช้", "The fund held no such meeting by then"
    detail_th = "บันทึกการประชุมที่มีมติก่อน หรือเลือกการประชุมก่อนวันเริ่มใช้"
    detail_en = "Record the meeting first, or choose one held by then"


class SettingInThePast(InvalidField):
    """A setting holds from today on or later: what was agreed before rests on what held then."""

    code = "setting_in_the_past"
    title_th, title_en = "เริ่มใช้ย้อนหลังไม่ได้", "It cannot hold from a day in the past"
    detail_th = "ระบุวันเริ่มใช้เป็นวันนี้หรือหลังจากนี้"
    detail_en = "Give a first day of today or later"


class SettingExists(Conflict):
    """The id is taken, or the fund has set something for this product from that day."""

    code = "setting_exists"
    title_th, title_en = "กำหนดไว้แล้วสำหรับวันนั้น", "Something is set from that day already"
    detail_th = "เลือกวันเริ่มใช้อื่น หรือใช้รหัสใหม่"
    detail_en = "Choose another first day, or another id"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_fund_settings": SettingExists,
    "uq_fund_settings_fund_id": SettingExists,
}
