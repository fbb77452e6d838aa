"""Refusals about repayment schedules: each says which agreed term cannot be."""

from funds.schedules.rules import Fault
from shared.errors import InvalidField


class InstalmentsOutOfRange(InvalidField):
    """A schedule has 1 to 1,200 instalments."""

    code = "instalments_out_of_range"
    title_th, title_en = "จำนวนงวดต้องอยู่ระหว่าง 1 ถึง 1,200", "A schedule has 1 to 1,200 instalments"


class EveryOutOfRange(InvalidField):
    """Instalments come every 1 to 366 periods."""

    code = "every_out_of_range"
    title_th, title_en = "ระยะห่างของงวดต้องอยู่ระหว่าง 1 ถึง 366", "Instalments come every 1 to 366 periods"


class DueDayOutOfRange(InvalidField):
    """A due day is a day of the month, 1 to 31."""

    code = "due_day_out_of_range"
    title_th, title_en = "วันครบกำหนดต้องเป็นวันที่ 1 ถึง 31", "A due day is 1 to 31"


class GraceTooLong(InvalidField):
    """At least one instalment must follow the grace."""

    code = "grace_too_long"
    title_th, title_en = "ระยะปลอดชำระต้องสั้นกว่าจำนวนงวด", "The grace leaves no instalment"


class NoDisbursement(InvalidField):
    """Nothing is disbursed."""

    code = "no_disbursement"
    title_th, title_en = "ไม่มีการจ่ายเงินกู้", "Nothing is disbursed"


class FirstDueTooEarly(InvalidField):
    """The first instalment falls due on or before the day of the first disbursement."""

    code = "first_due_too_early"
    title_th, title_en = (
        "งวดแรกต้องครบกำหนดหลังวันจ่ายเงินกู้",
        "The first instalment is due after the first disbursement",
    )


class DisbursementTooLate(InvalidField):
    """A disbursement on or after the last due date could not be repaid."""

    code = "disbursement_too_late"
    title_th, title_en = (
        "วันจ่ายเงินกู้ต้องอยู่ก่อนวันครบกำหนดงวดสุดท้าย",
        "A disbursement comes before the last due date",
    )


class RateNotZero(InvalidField):
    """What is free of interest has the rate 0."""

    code = "rate_not_zero"
    title_th, title_en = "เงินปลอดดอกเบี้ยต้องมีอัตรา 0", "What is free of interest has the rate 0.00"


class NegativeAmortisation(InvalidField):
    """The level instalment does not even cover the interest of a period, so the debt would grow."""

    code = "negative_amortisation"
    title_th, title_en = "เงินงวดไม่พอชำระดอกเบี้ย หนี้จะเพิ่มขึ้น", "The instalment does not cover the interest"


class BeyondCalendar(InvalidField):
    """The last due date lies beyond the year 9999."""

    code = "beyond_calendar"
    title_th, title_en = "วันครบกำหนดเกินปี ค.ศ. 9999", "The last due date is beyond the year 9999"


FAULTS: dict[Fault, tuple[type[InvalidField], str]] = {
    Fault.NO_DISBURSEMENT: (NoDisbursement, "/disbursements"),
    Fault.INSTALMENTS: (InstalmentsOutOfRange, "/instalments"),
    Fault.EVERY: (EveryOutOfRange, "/every"),
    Fault.DUE_DAY: (DueDayOutOfRange, "/due_day"),
    Fault.GRACE: (GraceTooLong, "/grace_principal"),
    Fault.FIRST_DUE: (FirstDueTooEarly, "/first_due"),
    Fault.LATE_DISBURSEMENT: (DisbursementTooLate, "/disbursements"),
    Fault.RATE: (RateNotZero, "/annual_rate"),
    Fault.NEGATIVE: (NegativeAmortisation, "/instalment_rounding"),
    Fault.CALENDAR: (BeyondCalendar, "/instalments"),
}
"""What a rule's fault means to the caller, and which field of the request it is about."""
