"""How a contract says in words what was agreed on by names."""

from collections.abc import Sequence
from typing import Final

from funds.documents.words import amount
from funds.ledger.rules import JournalKind
from funds.products.rules import Due
from funds.schedules.rules import DayCount, HolidayRule, Method, PaidAt, Terms

_METHODS: Final = {
    Method.FLAT: "ดอกเบี้ยคิดแบบคงที่จากเงินต้นทั้งจำนวนตลอดสัญญา",
    Method.EQUAL_INSTALMENT: "ดอกเบี้ยคิดแบบลดต้นลดดอก ผ่อนชำระงวดละเท่ากัน",
    Method.EQUAL_PRINCIPAL: "ดอกเบี้ยคิดแบบลดต้นลดดอก ชำระเงินต้นเท่ากันทุกงวด",
}
_COUNTS: Final = {
    DayCount.PERIOD: "ดอกเบี้ยคิดเป็นรายงวด",
    DayCount.ACTUAL_365: "ดอกเบี้ยคิดตามจำนวนวันจริง ปีละ 365 วัน",
    DayCount.ACTUAL_360: "ดอกเบี้ยคิดตามจำนวนวันจริง ปีละ 360 วัน",
    DayCount.ACTUAL_ACTUAL: "ดอกเบี้ยคิดตามจำนวนวันจริงของปีนั้น",
}
_SHIFTS: Final = {
    HolidayRule.FOLLOWING: "วันครบกำหนดที่ตรงกับวันหยุดให้เลื่อนไปวันทำการถัดไป",
    HolidayRule.PRECEDING: "วันครบกำหนดที่ตรงกับวันหยุดให้เลื่อนมาเป็นวันทำการก่อนหน้า",
    HolidayRule.MODIFIED_FOLLOWING: "วันครบกำหนดที่ตรงกับวันหยุดให้เลื่อนไปวันทำการถัดไปภายในเดือนเดียวกัน",
}
_DUES: Final = {Due.PENALTY: "ดอกเบี้ยผิดนัด", Due.INTEREST: "ดอกเบี้ย", Due.PRINCIPAL: "เงินต้น"}
_JOURNALS: Final = {
    JournalKind.OPENING: "ยอดยกมาจากบัญชีเดิม",
    JournalKind.DISBURSEMENT: "จ่ายเงินกู้",
    JournalKind.REPAYMENT: "รับชำระหนี้",
    JournalKind.ADVANCE: "ตัดชำระจากเงินรับล่วงหน้า",
    JournalKind.WRITE_OFF: "ตัดหนี้สูญ",
    JournalKind.RECOVERY: "รับคืนหนี้สูญ",
    JournalKind.ADJUSTMENT: "ปรับปรุงรายการ",
    JournalKind.REVERSAL: "กลับรายการ",
}


def conventions(terms: Terms, allocation: Sequence[Due]) -> list[str]:
    """Return the sentences of a contract on interest, holidays and what a repayment pays first."""
    sentences = []
    if terms.method in _METHODS:
        sentences.append(_METHODS[terms.method])
        counted = _COUNTS.get(terms.day_count, f"ดอกเบี้ยคิดตามวิธี {terms.day_count.value}")
        sentences.append(counted)
    if terms.paid_at is PaidAt.START:
        sentences.append("ชำระต้นงวด งวดแรกในวันจ่ายเงินกู้")
    if terms.grace_principal:
        sentences.append(f"ปลอดเงินต้น {terms.grace_principal} งวดแรก")
    if terms.principal_every > 1:
        sentences.append(f"คืนเงินต้นทุก {terms.principal_every} งวด งวดอื่นชำระเฉพาะดอกเบี้ย")
    if terms.grace_interest:
        sentences.append(f"ไม่คิดดอกเบี้ย {terms.grace_interest} งวดแรก")
    if terms.balloon:
        sentences.append(f"คงเงินไว้ชำระเมื่อสิ้นสุดสัญญา {amount(terms.balloon)} บาท")
    if terms.holiday_rule in _SHIFTS:
        sentences.append(_SHIFTS[terms.holiday_rule])
    if terms.method is not Method.INTEREST_FREE:
        sentences.append(f"เงินที่ชำระนำไปหัก {' '.join(_DUES[due] for due in allocation)} ตามลำดับ")
    return sentences


def movement(kind: str) -> str:
    """Return what a statement calls a journal."""
    return _JOURNALS.get(JournalKind(kind), kind)
