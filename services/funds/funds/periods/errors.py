"""Refusals about closing books."""

from funds.ledger.errors import BooksNotFound, PeriodClosed
from shared.errors import Conflict, InvalidField, NotFound, Refusal


class PeriodNotFound(NotFound):
    """No period of the fund was closed on this day."""

    code = "period_not_found"
    title_th, title_en = "ไม่พบงวดบัญชีที่ปิดในวันนี้", "No period was closed on this day"


class PeriodNotEnded(Conflict):
    """A period is closed when its last day is over."""

    code = "period_not_ended"
    title_th, title_en = "งวดบัญชียังไม่สิ้นสุด", "The period has not ended yet"
    detail_th = "ปิดงวดได้หลังวันสุดท้ายของงวดผ่านไปแล้ว"
    detail_en = "Close it once its last day is over"


class NotMonthEnd(InvalidField):
    """A period ends with a month."""

    code = "not_month_end"
    title_th, title_en = "งวดบัญชีต้องสิ้นสุดวันสุดท้ายของเดือน", "A period ends on the last day of a month"
    detail_th = "ระบุวันสุดท้ายของเดือน"
    detail_en = "Give the last day of a month"


class AdjustmentsOpen(Conflict):
    """Entries proposed for the period are not decided yet."""

    code = "adjustments_open"
    title_th, title_en = "มีรายการปรับปรุงในงวดที่ยังไม่ตัดสิน", "Adjustments of the period wait for a decision"
    detail_th = "ลงบัญชีหรือไม่รับรายการที่รออยู่ก่อนปิดงวด"
    detail_en = "Post or reject what waits before closing"


CONSTRAINTS: dict[str, type[Refusal]] = {
    "fk_ledger_periods_fund_id": BooksNotFound,
    "ck_ledger_periods_open": PeriodClosed,
    "ck_ledger_periods_period_to": PeriodNotEnded,
}
