"""Refusals about interest and dividends."""

from shared.errors import Conflict, Forbidden, InvalidField, NotFound, Refusal


class DistributionNotFound(NotFound):
    """The fund has no such distribution."""

    code = "distribution_not_found"
    title_th, title_en = "ไม่พบการจ่ายดอกเบี้ยหรือปันผลนี้", "There is no such distribution"


class DistributionExists(Conflict):
    """The period's interest or dividend is shared out already, or proposed."""

    code = "distribution_exists"
    title_th, title_en = "งวดนี้มีการจ่ายหรือเสนอจ่ายแล้ว", "The period is shared out or proposed already"
    detail_th = "อ่านรายการเดิมของงวด หรือกลับรายการก่อน"
    detail_en = "Read the period's distribution, or reverse it first"


class DistributionDecided(Conflict):
    """It is posted or rejected."""

    code = "distribution_decided"
    title_th, title_en = "รายการนี้พิจารณาแล้ว", "It is decided already"
    detail_th = "เสนอใหม่ถ้ายังจำเป็น"
    detail_en = "Propose another if it is still needed"


class OwnDistribution(Forbidden):
    """Who proposed it does not decide it."""

    code = "own_distribution"
    title_th, title_en = "ผู้เสนอพิจารณาเองไม่ได้", "Somebody else must decide what you proposed"
    detail_th = "ให้ผู้อื่นเป็นผู้พิจารณา"
    detail_en = "Let another person decide"


class DistributionStale(Conflict):
    """Savings of the period were booked meanwhile: the parts are others now."""

    code = "distribution_stale"
    title_th, title_en = "มีรายการย้อนหลังหลังเสนอ ต้องเสนอใหม่", "Savings of the period changed: propose it again"
    detail_th = "ไม่รับรายการนี้ แล้วเสนอใหม่"
    detail_en = "Reject this one and propose it again"


class NothingToShare(Conflict):
    """Nobody had anything in the period, or nothing comes of it."""

    code = "nothing_to_share"
    title_th, title_en = "ไม่มียอดให้จ่ายในงวดนี้", "There is nothing to share out"
    detail_th = "ตรวจงวดและยอดเงินออมของงวดนั้น"
    detail_en = "Check the period and the savings in it"


class DividendOverSurplus(Conflict):
    """The group has not earned that much."""

    code = "dividend_over_surplus"
    title_th, title_en = "เงินปันผลเกินกำไรสะสม", "The dividend is above the surplus"
    detail_th = "ลดเงินปันผลให้ไม่เกินกำไรสะสม"
    detail_en = "Propose no more than the surplus"


class PeriodNotOver(InvalidField):
    """The period ends after today, or before it begins; or it is paid before its end."""

    code = "period_not_over"
    title_th, title_en = "งวดยังไม่สิ้นสุด", "The period is not over"
    detail_th = "ระบุงวดที่สิ้นสุดแล้ว และวันลงบัญชีไม่ก่อนวันสิ้นงวด"
    detail_en = "Give a period that is over, and a day of booking not before its end"


class DistributionAmount(InvalidField):
    """A dividend has an amount, interest has the group's rate instead."""

    code = "distribution_amount"
    title_th, title_en = "ปันผลต้องระบุจำนวนเงิน ดอกเบี้ยใช้อัตราตามระเบียบ", "A dividend has an amount, interest none"
    detail_th = "ปันผลให้ระบุ amount ดอกเบี้ยไม่ต้องระบุ"
    detail_en = "Give `amount` for a dividend, none for interest"


class InterestRateMissing(Conflict):
    """The group has resolved no rate of interest for the period."""

    code = "interest_rate_missing"
    title_th, title_en = "กลุ่มยังไม่มีมติอัตราดอกเบี้ย", "The group has resolved no rate"
    detail_th = "บันทึกมติอัตราดอกเบี้ยของกลุ่มที่ rules ก่อน"
    detail_en = "Record the group's resolved rate at `rules` first"


class DistributionNotPosted(Conflict):
    """Only what was posted, and stands, is reversed."""

    code = "distribution_not_posted"
    title_th, title_en = "กลับได้เฉพาะรายการที่ลงบัญชีแล้วและยังไม่ได้กลับ", "Only what is posted and stands is reversed"
    detail_th = "อ่านสถานะปัจจุบันก่อน"
    detail_en = "Read where the distribution stands first"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "pk_savings_distributions": DistributionExists,
    "uq_savings_distributions_standing": DistributionExists,
    "ck_savings_distributions_two_persons": OwnDistribution,
}
