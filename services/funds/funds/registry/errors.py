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


class FundNotActive(Conflict):
    """The fund is suspended or closed."""

    code = "fund_not_active"
    title_th, title_en = "กองทุนถูกระงับหรือปิดแล้ว", "The fund is suspended or closed"


class FundNotEmpty(Conflict):
    """A fund with money or with loans outstanding cannot be closed."""

    code = "fund_not_empty"
    title_th, title_en = "กองทุนยังมีเงินหรือมีลูกหนี้คงเหลือ", "The fund still has money or outstanding loans"


class WrongStateStep(Conflict):
    """The fund's state does not change so: a closed fund stays closed."""

    code = "wrong_fund_state_step"
    title_th, title_en = "เปลี่ยนสถานะกองทุนเช่นนี้ไม่ได้", "The fund's state cannot change so"


class FundAreaNotYours(Forbidden):
    """The area lies outside the caller's areas."""

    code = "fund_area_not_yours"
    title_th, title_en = "พื้นที่นี้อยู่นอกพื้นที่ของท่าน", "The area is outside your areas"


class WrongAreaLevel(InvalidField):
    """A fund of this kind stands in another level of area."""

    code = "wrong_area_level"
    title_th, title_en = "รหัสพื้นที่ไม่ตรงกับระดับของกองทุนประเภทนี้", "The area is not of this kind's level"


class UnknownTambon(InvalidField):
    """The code lies in no tambon of the register."""

    code = "unknown_tambon"
    title_th, title_en = "ไม่มีตำบลตามรหัสนี้", "There is no tambon of this code"


class DateInFuture(InvalidField):
    """What is recorded has not happened yet."""

    code = "date_in_future"
    title_th, title_en = "วันที่ยังมาไม่ถึง", "The date is in the future"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_funds": FundExists,
    "uq_funds_kind_area_code_standing": FundExists,
}
