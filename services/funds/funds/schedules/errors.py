"""Refusals about repayment schedules: each says which agreed term cannot be."""

from funds.schedules.rules import Fault
from shared.errors import InvalidField


class InstalmentsOutOfRange(InvalidField):
    """A schedule has 1 to 1,200 instalments."""

    code = "instalments_out_of_range"
    title_th, title_en = "จำนวนงวดต้องอยู่ระหว่าง 1 ถึง 1,200", "A schedule has 1 to 1,200 instalments"
    detail_th = "ระบุจำนวนงวด 1 ถึง 1,200"
    detail_en = "Give 1 to 1,200 instalments"


class EveryOutOfRange(InvalidField):
    """Instalments come every 1 to 366 periods."""

    code = "every_out_of_range"
    title_th, title_en = "ระยะห่างของงวดต้องอยู่ระหว่าง 1 ถึง 366", "Instalments come every 1 to 366 periods"
    detail_th = "ระบุ every 1 ถึง 366"
    detail_en = "Give `every` from 1 to 366"


class CompoundingOutOfRange(InvalidField):
    """A rate is compounded 1 to 365 times a year."""

    code = "compounding_out_of_range"
    title_th, title_en = "ทบดอกเบี้ยได้ 1 ถึง 365 ครั้งต่อปี", "A rate is compounded 1 to 365 times a year"
    detail_th = "ระบุ 1 ถึง 365 เช่น 12 คือรายเดือน"
    detail_en = "Give 1 to 365, such as 12 for every month"


class DueDayOutOfRange(InvalidField):
    """A due day is a day of the month, 1 to 31."""

    code = "due_day_out_of_range"
    title_th, title_en = "วันครบกำหนดต้องเป็นวันที่ 1 ถึง 31", "A due day is 1 to 31"
    detail_th = "ระบุวันที่ 1 ถึง 31 วันที่ 31 คือวันสุดท้ายของเดือนที่สั้นกว่า"
    detail_en = "Give 1 to 31; 31 is the last day of a shorter month"


class GraceTooLong(InvalidField):
    """At least one instalment must follow the grace."""

    code = "grace_too_long"
    title_th, title_en = "ระยะปลอดชำระต้องสั้นกว่าจำนวนงวด", "The grace leaves no instalment"
    detail_th = "ลดระยะปลอดชำระ หรือเพิ่มจำนวนงวด"
    detail_en = "Shorten the grace, or give more instalments"


class PrincipalEveryOutOfRange(InvalidField):
    """Principal comes with every so many of the instalments there are, where it is the level amount."""

    code = "principal_every_out_of_range"
    title_th, title_en = (
        "คืนเงินต้นเว้นงวดได้ไม่เกินจำนวนงวด และเฉพาะแบบที่เงินต้นเท่ากัน",
        "Principal comes with every so many of the instalments, and only where its part is level",
    )
    detail_th = "ระบุตั้งแต่ 1 ถึงจำนวนงวด กับ equal_principal interest_free หรือ rounded_part เป็น principal"
    detail_en = (
        "Give 1 to the number of instalments, with equal_principal, interest_free or rounded_part `principal`"
    )


class NoDisbursement(InvalidField):
    """Nothing is disbursed."""

    code = "no_disbursement"
    title_th, title_en = "ไม่มีการจ่ายเงินกู้", "Nothing is disbursed"
    detail_th = "ระบุเงินต้นหรือการจ่ายเงินอย่างน้อยหนึ่งครั้ง"
    detail_en = "Give a principal or at least one disbursement"


class FirstDueTooEarly(InvalidField):
    """The first instalment falls due on or before the day of the first disbursement."""

    code = "first_due_too_early"
    title_th, title_en = (
        "งวดแรกต้องครบกำหนดหลังวันจ่ายเงินกู้",
        "The first instalment is due after the first disbursement",
    )
    detail_th = "ระบุวันครบกำหนดงวดแรกหลังวันจ่ายเงินกู้"
    detail_en = "Give a first due day after the first disbursement"


class DisbursementTooLate(InvalidField):
    """A disbursement on or after the last due date could not be repaid."""

    code = "disbursement_too_late"
    title_th, title_en = (
        "วันจ่ายเงินกู้ต้องอยู่ก่อนวันครบกำหนดงวดสุดท้าย",
        "A disbursement comes before the last due date",
    )
    detail_th = "ระบุวันจ่ายก่อนวันครบกำหนดงวดสุดท้าย"
    detail_en = "Give a day before the last due date"


class RateNotZero(InvalidField):
    """What is free of interest has the rate 0."""

    code = "rate_not_zero"
    title_th, title_en = "เงินปลอดดอกเบี้ยต้องมีอัตรา 0", "What is free of interest has the rate 0.00"
    detail_th = "ระบุอัตรา 0.00 หรือเลือกวิธีคิดดอกเบี้ยอื่น"
    detail_en = "Give the rate 0.00, or choose another method"


class NegativeAmortisation(InvalidField):
    """The level instalment does not even cover the interest of a period, so the debt would grow."""

    code = "negative_amortisation"
    title_th, title_en = "เงินงวดไม่พอชำระดอกเบี้ย หนี้จะเพิ่มขึ้น", "The instalment does not cover the interest"
    detail_th = "เพิ่มเงินงวด ลดอัตรา หรือลดจำนวนงวดที่ใช้คิด"
    detail_en = "Raise the instalment, or lower the rate or what it is computed over"


class BeyondCalendar(InvalidField):
    """The last due date lies beyond the year 9999."""

    code = "beyond_calendar"
    title_th, title_en = "วันครบกำหนดเกินปี ค.ศ. 9999", "The last due date is beyond the year 9999"
    detail_th = "ลดจำนวนงวดหรือระยะห่างของงวด"
    detail_en = "Give fewer instalments, or closer ones"


class SecondDueDayTooNear(InvalidField):
    """The two due days of a month are 10 to 20 days apart."""

    code = "second_due_day_too_near"
    title_th, title_en = (
        "วันครบกำหนดสองวันในเดือนต้องห่างกัน 10 ถึง 20 วัน",
        "The two due days of a month are 10 to 20 days apart",
    )
    detail_th = "เลือกสองวันที่ห่างกัน 10 ถึง 20 วัน เช่น 1 กับ 16"
    detail_en = "Choose days 10 to 20 apart, such as 1 and 16"


class InterestNotCapitalised(InvalidField):
    """Interest is added to a declining balance only, and while no principal is due."""

    code = "interest_not_capitalised"
    title_th, title_en = (
        "ทบดอกเบี้ยได้เฉพาะแบบลดต้นลดดอกและในงวดที่ปลอดเงินต้น",
        "Interest is capitalised on a declining balance only, while no principal is due",
    )
    detail_th = "เลือกวิธีลดต้นลดดอก และปลอดดอกเบี้ยไม่เกินช่วงปลอดเงินต้น"
    detail_en = "Choose a declining balance, and no longer grace on interest than on principal"


class BalloonTooLarge(InvalidField):
    """What is left for the last instalment is less than what is lent."""

    code = "balloon_too_large"
    title_th, title_en = (
        "เงินต้นงวดสุดท้ายต้องน้อยกว่าเงินที่กู้",
        "What is left for the last instalment is less than what is lent",
    )
    detail_th = "ระบุเงินต้นงวดสุดท้ายน้อยกว่าเงินที่กู้"
    detail_en = "Leave less than what is lent for the last instalment"


class LevelOverOutOfRange(InvalidField):
    """The level amount is computed over as many instalments as there are, or more, up to 1,200."""

    code = "level_over_out_of_range"
    title_th, title_en = (
        "จำนวนงวดที่ใช้คิดเงินงวดต้องไม่น้อยกว่าจำนวนงวด และไม่เกิน 1,200",
        "The level amount is computed over at least the instalments there are, and at most 1,200",
    )
    detail_th = "ระบุ level_over ตั้งแต่จำนวนงวดถึง 1,200"
    detail_en = "Give `level_over` from the number of instalments to 1,200"


class FirstDueNotAtStart(InvalidField):
    """What is paid at the start of each period begins on the day of the disbursement."""

    code = "first_due_not_at_start"
    title_th, title_en = (
        "ชำระต้นงวดต้องเริ่มในวันจ่ายเงินกู้",
        "Paid at the start, the first instalment is due on the day of the disbursement",
    )
    detail_th = "ไม่ต้องระบุ first_due หรือระบุเป็นวันจ่ายเงินกู้"
    detail_en = "Leave `first_due` out, or give the day of the disbursement"


FAULTS: dict[Fault, tuple[type[InvalidField], str]] = {
    Fault.NO_DISBURSEMENT: (NoDisbursement, "/disbursements"),
    Fault.INSTALMENTS: (InstalmentsOutOfRange, "/instalments"),
    Fault.EVERY: (EveryOutOfRange, "/every"),
    Fault.COMPOUNDING: (CompoundingOutOfRange, "/compounding"),
    Fault.DUE_DAY: (DueDayOutOfRange, "/due_day"),
    Fault.SECOND_DUE_DAY: (SecondDueDayTooNear, "/second_due_day"),
    Fault.CAPITALISED: (InterestNotCapitalised, "/grace_interest_mode"),
    Fault.BALLOON: (BalloonTooLarge, "/balloon"),
    Fault.LEVEL_OVER: (LevelOverOutOfRange, "/level_over"),
    Fault.PAID_AT_START: (FirstDueNotAtStart, "/first_due"),
    Fault.GRACE: (GraceTooLong, "/grace_principal"),
    Fault.PRINCIPAL_EVERY: (PrincipalEveryOutOfRange, "/principal_every"),
    Fault.FIRST_DUE: (FirstDueTooEarly, "/first_due"),
    Fault.LATE_DISBURSEMENT: (DisbursementTooLate, "/disbursements"),
    Fault.RATE: (RateNotZero, "/annual_rate"),
    Fault.NEGATIVE: (NegativeAmortisation, "/instalment_rounding"),
    Fault.CALENDAR: (BeyondCalendar, "/instalments"),
}
"""What a rule's fault means to the caller, and which field of the request it is about."""
