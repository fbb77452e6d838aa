"""Requests that show each method and convention in the API's document; tests compute every one."""

from typing import Any, Final

REQUESTS: Final[dict[str, dict[str, Any]]] = {
    "flat_whole_baht": {
        "summary": "Flat, level instalment to a whole baht: 17 × 328.00 and 324.00 (ดอกเบี้ยคงที่)",
        "value": {
            "principal": "5000.00",
            "annual_rate": "12.00",
            "method": "flat",
            "instalments": 18,
            "first_due": "2022-11-01",
            "instalment_rounding": {"mode": "half_up", "multiple": "1.00"},
        },
    },
    "equal_instalment": {
        "summary": "Level instalments on the declining balance, as a spreadsheet's PMT: 8,884.88 (ลดต้นลดดอก)",
        "value": {
            "principal": "100000.00",
            "disbursed_on": "2026-01-15",
            "annual_rate": "12.00",
            "method": "equal_instalment",
            "instalments": 12,
        },
    },
    "equal_instalment_by_days": {
        "summary": "Level instalments, interest by actual days/365 from the day of the disbursement",
        "value": {
            "disbursements": [{"on": "2026-01-20", "amount": "100000.00"}],
            "annual_rate": "9.00",
            "method": "equal_instalment",
            "instalments": 24,
            "first_due": "2026-02-28",
            "due_day": 31,
            "day_count": "ACT/365",
            "holiday_rule": "following",
            "instalment_rounding": {"mode": "up", "multiple": "1.00"},
            "last_instalment": "remaining",
        },
    },
    "equal_principal": {
        "summary": "Level principal, quarterly, interest half even (เงินต้นเท่ากันทุกงวด)",
        "value": {
            "principal": "200000.00",
            "disbursed_on": "2026-10-01",
            "annual_rate": "3.00",
            "method": "equal_principal",
            "instalments": 8,
            "every": 3,
            "period": "month",
            "day_count": "30E/360",
            "interest_rounding": {"mode": "half_even", "multiple": "0.01"},
        },
    },
    "interest_free": {
        "summary": "The poverty fund: no interest, six instalments in 36 months (กข.คจ.)",
        "value": {
            "principal": "20000.00",
            "disbursed_on": "2026-10-01",
            "annual_rate": "0.00",
            "method": "interest_free",
            "instalments": 6,
            "every": 6,
            "period": "month",
        },
    },
    "graces": {
        "summary": "Two without principal, the interest of three put off and spread (ปลอดชำระ)",
        "value": {
            "principal": "60000.00",
            "disbursed_on": "2026-01-31",
            "annual_rate": "6.00",
            "method": "equal_instalment",
            "instalments": 12,
            "grace_principal": 2,
            "grace_interest": 3,
            "grace_interest_mode": "spread",
        },
    },
    "several_disbursements": {
        "summary": "Paid out in three parts, instalments levelled anew each time (จ่ายเป็นงวด)",
        "value": {
            "disbursements": [
                {"on": "2026-01-10", "amount": "50000.00"},
                {"on": "2026-03-10", "amount": "30000.00"},
                {"on": "2026-06-25", "amount": "20000.00"},
            ],
            "annual_rate": "7.50",
            "method": "equal_instalment",
            "instalments": 24,
            "day_count": "ACT/ACT",
            "level_from": "actual_days",
        },
    },
    "weekly": {
        "summary": "Weekly instalments of an agreed amount (รายสัปดาห์)",
        "value": {
            "principal": "10000.00",
            "disbursed_on": "2026-01-05",
            "annual_rate": "15.00",
            "method": "flat",
            "instalments": 25,
            "period": "week",
            "instalment_amount": "430.00",
        },
    },
    "balloon": {
        "summary": "50,000 at 14 %, 30,000 of it with the last instalment: PMT with a future value, 660.53",
        "value": {
            "principal": "50000.00",
            "disbursed_on": "2026-01-15",
            "annual_rate": "14.00",
            "method": "equal_instalment",
            "instalments": 120,
            "balloon": "30000.00",
        },
    },
    "paid_at_start": {
        "summary": "At the start of each month (annuity due), the first with the disbursement (ชำระต้นงวด)",
        "value": {
            "principal": "50000.00",
            "disbursed_on": "2026-01-15",
            "annual_rate": "14.00",
            "method": "equal_instalment",
            "instalments": 120,
            "paid_at": "start",
        },
    },
    "twice_a_month": {
        "summary": "On the 15th and the last day of each month, interest by the sum of digits (เดือนละสองครั้ง)",
        "value": {
            "principal": "12000.00",
            "disbursed_on": "2026-01-31",
            "annual_rate": "12.00",
            "method": "flat",
            "instalments": 24,
            "period": "half_month",
            "due_day": 15,
            "second_due_day": 31,
            "flat_split": "sum_of_digits",
            "rounded_part": "total",
        },
    },
    "capitalised": {
        "summary": "Nothing for three months, their interest added to the principal; no product may have it",
        "value": {
            "principal": "60000.00",
            "disbursed_on": "2026-01-31",
            "annual_rate": "6.00",
            "method": "equal_instalment",
            "instalments": 15,
            "grace_principal": 3,
            "grace_interest": 3,
            "grace_interest_mode": "capitalise",
        },
    },
}
