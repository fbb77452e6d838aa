"""Refusals about books as files."""

from shared.errors import InvalidField


class PeriodTurned(InvalidField):
    """The last day is before the first."""

    code = "period_turned"
    title_th, title_en = "วันสิ้นสุดอยู่ก่อนวันเริ่ม", "The last day is before the first"
    detail_th = "สลับวันเริ่มกับวันสิ้นสุด"
    detail_en = "Give the first day before the last"


class BooksTooLong(InvalidField):
    """More lines than a file is made of; ask for a shorter time."""

    code = "books_too_long"
    title_th, title_en = "รายการมากเกินไป กรุณาเลือกช่วงเวลาให้สั้นลง", "Too many lines: choose a shorter time"
    detail_th = "ขอทีละปีหรือทีละเดือน"
    detail_en = "Ask for one year or one month at a time"


class NotThisKind(InvalidField):
    """The four books are those of the poverty fund."""

    code = "not_this_kind_of_fund"
    title_th, title_en = "สมุด 4 เล่มมีเฉพาะกองทุน กข.คจ.", "The four books are the poverty fund's"
    detail_th = "ใช้สมุดบัญชี books.xlsx สำหรับกองทุนประเภทอื่น"
    detail_en = "Take books.xlsx for funds of other kinds"
