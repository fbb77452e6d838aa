"""Refusals about reports."""

from shared.errors import InvalidField


class FiscalYearInFuture(InvalidField):
    """The fiscal year has not begun."""

    code = "fiscal_year_in_future"
    title_th, title_en = "ปีงบประมาณยังไม่เริ่ม", "The fiscal year has not begun"
    detail_th = "ระบุปีงบประมาณปัจจุบันหรือก่อนหน้า เป็น พ.ศ."
    detail_en = "Give the present fiscal year or an earlier one, of the Buddhist era"
