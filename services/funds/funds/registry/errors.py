"""Refusals about funds."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class FundNotFound(NotFound):
    """No fund of this id in the caller's areas."""

    code = "fund_not_found"
    title_th, title_en = "ไม่พบกองทุนนี้", "There is no such fund"


class FundExists(Conflict):
    """The id is taken, or the area has a standing fund of this kind."""

    code = "fund_exists"
    title_th, title_en = "พื้นที่นี้มีกองทุนประเภทนี้อยู่แล้ว", "The area has a fund of this kind already"
    detail_th = "อ่านกองทุนเดิมของพื้นที่ หรือใช้รหัสใหม่"
    detail_en = "Read the area's fund, or use another id"


class FundNotActive(Conflict):
    """The fund is suspended or closed."""

    code = "fund_not_active"
    title_th, title_en = "กองทุนถูกระงับหรือปิดแล้ว", "The fund is suspended or closed"
    detail_th = "ให้อำเภอเปิดกองทุนที่ระงับก่อน กองทุนที่ปิดแล้วเปิดใหม่ไม่ได้"
    detail_en = "The district resumes a suspended fund first; a closed one stays closed"


class FundNotEmpty(Conflict):
    """A fund with money or with loans outstanding cannot be closed."""

    code = "fund_not_empty"
    title_th, title_en = "กองทุนยังมีเงินหรือมีลูกหนี้คงเหลือ", "The fund still has money or outstanding loans"
    detail_th = "รับชำระและจ่ายคืนจนไม่มียอดคงเหลือก่อนปิด"
    detail_en = "Bring money and loans to nothing before closing"


class WrongStateStep(Conflict):
    """The fund's state does not change so: a closed fund stays closed."""

    code = "wrong_fund_state_step"
    title_th, title_en = "เปลี่ยนสถานะกองทุนเช่นนี้ไม่ได้", "The fund's state cannot change so"
    detail_th = "กองทุนที่ใช้งานระงับหรือปิดได้ กองทุนที่ระงับเปิดหรือปิดได้"
    detail_en = "An active fund is suspended or closed, a suspended one resumed or closed"


class FundAreaNotYours(Forbidden):
    """The area lies outside the caller's areas."""

    code = "fund_area_not_yours"
    title_th, title_en = "พื้นที่นี้อยู่นอกพื้นที่ของท่าน", "The area is outside your areas"
    detail_th = "เลือกพื้นที่ในความดูแลของท่าน"
    detail_en = "Choose an area of yours"


class NotFromAbove(Forbidden):
    """Who oversees the fund decides this, neither the fund itself nor who sits or sat on its committee."""

    code = "not_from_above"
    title_th, title_en = (
        "เรื่องนี้ให้หน่วยงานระดับอำเภอขึ้นไปตัดสิน กองทุนตัดสินเรื่องของตนเองไม่ได้",
        "The district or above decides this, not the fund itself",
    )
    detail_th = "ให้เจ้าหน้าที่อำเภอหรือจังหวัดที่ไม่ได้อยู่ในคณะกรรมการกองทุนเป็นผู้ตัดสิน"
    detail_en = "Let an officer of the district or above decide who is not on the fund's committee"


class WrongAreaLevel(InvalidField):
    """A fund of this kind stands in another level of area."""

    code = "wrong_area_level"
    title_th, title_en = "รหัสพื้นที่ไม่ตรงกับระดับของกองทุนประเภทนี้", "The area is not of this kind's level"
    detail_th = "กองทุนพัฒนาบทบาทสตรีใช้รหัสตำบล กข.คจ. และกองทุนหมู่บ้านใช้รหัสหมู่บ้าน"
    detail_en = "A women's fund has a tambon's code, a poverty or village fund a village's"


class UnknownTambon(InvalidField):
    """The code lies in no tambon of the register."""

    code = "unknown_tambon"
    title_th, title_en = "ไม่มีตำบลตามรหัสนี้", "There is no tambon of this code"
    detail_th = "ใช้รหัสที่ขึ้นต้นด้วยรหัสตำบลในทะเบียน"
    detail_en = "Give a code in a tambon of the register"


class DateInFuture(InvalidField):
    """What is recorded has not happened yet."""

    code = "date_in_future"
    title_th, title_en = "วันที่ยังมาไม่ถึง", "The date is in the future"
    detail_th = "ระบุวันนี้หรือวันก่อนหน้า"
    detail_en = "Give today or an earlier day"


class ReasonMissing(InvalidField):
    """Whoever rejects says why: who proposed it is to know what to do."""

    code = "reason_missing"
    title_th, title_en = "การไม่อนุมัติต้องระบุเหตุผล", "A rejection needs a reason"
    detail_th, detail_en = "ระบุเหตุผลใน reason", "Say why in `reason`"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_funds": FundExists,
    "uq_funds_kind_area_code_standing": FundExists,
}
