"""Things in another state than the world's, each for the one operation of test_every_route.py that needs it.

They stand in the world under the operation's name: `confirm_grant.grant_id`. What only the API can make,
such as a file that is kept, is done by the operations of `FIRST`.
"""

import io
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import openpyxl
from sqlalchemy.ext.asyncio import AsyncSession

from funds.capital.rules import HeldAs
from funds.documents import collection
from funds.grants import service as grants
from funds.grants.schemas import NewReturn, NewUse
from funds.loans import lending
from funds.loans.rules import Channel
from funds.loans.schemas import NewDisbursement
from funds.problem_cases import service as problem_cases
from funds.problem_cases import surveys
from funds.problem_cases.schemas import NewProblemCase, Plan
from funds.registry import service as registry
from shared.clock import business_date, now
from shared.money import baht
from tests.book_imports.books import BALANCES, DEBTORS, changed, workbook
from tests.factories import (
    NOW,
    OFFICER,
    TODAY,
    a_contract,
    a_contribution,
    a_fund,
    a_group,
    a_loan,
    a_member,
    a_submitted_application,
)
from tests.grants.factories import a_grant
from tests.problem_cases.cure import PLAN

World = dict[str, str]
_BY: dict[str, Any] = {"actor": OFFICER, "now": NOW}


async def a_late_loan(session: AsyncSession, world: World) -> World:
    """Pay out a whole loan in January 2569, of which nothing is ever repaid."""
    fund = await registry.require(session, UUID(world["fund_id"]), principal=OFFICER)
    await a_contribution(session, fund.id, amount=10_000_000)
    loan_id = await a_contract(session, fund, amount=1_000_000)
    new = NewDisbursement(channel=Channel.BANK, document_no="บจ 950/2569")
    paid_out = await lending.disburse(session, loan_id=loan_id, new=new, **_BY)
    needs = ("download_demand_letter", "propose_loan_relief", "propose_loan_write_off")
    return {
        **{f"{one}.loan_id": str(loan_id) for one in needs},
        "reverse_loan_disbursement.loan_id": str(loan_id),
        "reverse_loan_disbursement.disbursement_id": str(paid_out),
    }


async def grants_at_their_ends(session: AsyncSession, world: World) -> World:
    """Show the use of all of one grant, of nothing of another, and take money of a third back."""
    fund = await registry.require(session, UUID(world["fund_id"]), principal=OFFICER)
    await a_contribution(session, fund.id, amount=10_000_000)
    used = await a_grant(session, fund, amount=500_000)
    new = NewUse(used_on=TODAY, item="ค่าวัสดุ", amount=baht(500_000))
    await grants.show_use(session, grant_id=used, new=new, **_BY)
    unused = await a_grant(session, fund, amount=500_000)
    brought = await a_grant(session, fund, amount=500_000)
    back = NewReturn(amount=baht(1_000), received_as=HeldAs.BANK, document_no="บร 950/2569")
    back_id = await grants.take_back(session, grant_id=brought, new=back, **_BY)
    return {
        "confirm_grant.grant_id": str(used),
        "reverse_grant.grant_id": str(unused),
        "reverse_grant_return.grant_id": str(brought),
        "reverse_grant_return.use_id": str(back_id),
    }


async def an_application_handed_in(session: AsyncSession, world: World) -> World:
    """Hand an application in, for its first step to decide."""
    fund = await registry.require(session, UUID(world["fund_id"]), principal=OFFICER)
    borrower = await a_group(session, fund)
    application_id = await a_submitted_application(session, fund, borrower=borrower, amount=1_000_000)
    return {"decide_application.application_id": str(application_id)}


async def a_cured_fund(session: AsyncSession, world: World) -> World:
    """Survey a fund without debts twice, so that its case only waits to be called solved."""
    del world
    fund = await a_fund(session, kind="poverty", area_code="34190205")
    case_id = await problem_cases.open_case(session, new=NewProblemCase(fund_id=fund.id, cause="ค้าง"), **_BY)
    await surveys.complete(session, case_id=case_id, number=1, **_BY)
    await problem_cases.plan(session, case_id=case_id, new=Plan.model_validate(PLAN), if_match="*", **_BY)
    await problem_cases.treated(session, case_id=case_id, **_BY)
    await surveys.complete(session, case_id=case_id, number=2, **_BY)
    return {"solve_problem_case.case_id": str(case_id)}


async def a_fund_with_a_debtor(session: AsyncSession, world: World) -> World:
    """Open the case of a fund with a loan, whose debtor is still to be asked."""
    del world
    fund = await a_fund(session, kind="poverty", area_code="34190206", capital=5_000_000)
    loan_id = await a_loan(session, fund, amount=1_000_000, instalments=4)
    case_id = await problem_cases.open_case(session, new=NewProblemCase(fund_id=fund.id, cause="ค้าง"), **_BY)
    needs = ("record_problem_debtors", "list_problem_debtors", "list_frozen_loans")
    return {
        **{f"{one}.case_id": str(case_id) for one in needs},
        "list_frozen_loans.round": "0",
        "list_unfollowed_borrowers.fund_id": str(fund.id),
        "debtor.loan_id": str(loan_id),
    }


async def a_group_without_books(session: AsyncSession, world: World) -> World:
    """Make a savings group whose savings of before are not written down yet."""
    del world
    group = await a_fund(session, kind="savings", area_code="34190207")
    saver = await a_member(session, group)
    return {"record_opening_sheet.fund_id": str(group.id), "opening.member_id": str(saver.id)}


async def what_is_of_another_fund(session: AsyncSession, world: World) -> World:
    """Name the fund of another kind where an operation is only about such a fund."""
    del session
    return {
        "download_poverty_books.fund_id": world["poverty_fund_id"],
        "list_member_statement.fund_id": world["savings.fund_id"],
        "list_member_statement.member_id": world["saver_id"],
    }


MAKERS: list[Callable[[AsyncSession, World], Awaitable[World]]] = [
    a_late_loan,
    grants_at_their_ends,
    an_application_handed_in,
    a_cured_fund,
    a_fund_with_a_debtor,
    a_group_without_books,
    what_is_of_another_fund,
]

BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "propose_loan_relief": lambda _: {"terms": {"kind": "grace", "months": 2}, "reason": "น้ำท่วม"},
    "propose_loan_write_off": lambda _: {"reason": "ไม่มีทายาท"},
    "reverse_loan_disbursement": lambda _: {"reason": "จ่ายผิดสัญญา"},
    "reverse_grant": lambda _: {"reason": "จ่ายผิดโครงการ"},
    "reverse_grant_return": lambda _: {"reason": "รับคืนผิดโครงการ"},
    "confirm_grant": lambda _: {},
    "decide_application": lambda _: {
        "decision": "recommend",
        "minutes": {"number": "9/2569", "held_on": "2026-01-16"},
    },
    "plan_problem_case": lambda _: PLAN,
    "solve_problem_case": lambda _: {},
    "record_problem_debtors": lambda world: {
        "debtors": [
            {
                "loan_id": world["debtor.loan_id"],
                "surveyed_on": "2026-03-10",
                "answer": "acknowledged",
                "acknowledged": "100.00",
            }
        ]
    },
    "record_opening_sheet": lambda world: {
        "on_day": "2025-12-31",
        "cash": "100.00",
        "bank": "0.00",
        "total_savings": "100.00",
        "total_shares": "0.00",
        "rows": [{"member_id": world["opening.member_id"], "savings": "100.00", "shares": "0.00"}],
    },
    "post_book_import": lambda _: {},
    "change_clinic": lambda _: {"title": "คลินิกแก้หนี้"},
    "cancel_clinic": lambda _: {"reason": "น้ำท่วม"},
    "change_fund_team": lambda _: {"valid_to": "2026-12-31"},
}

QUERIES: dict[str, dict[str, str]] = {
    "download_demand_letter": {"letter_no": "กพส 7/2569", "pay_by": date(2149, 1, 1).isoformat()},
}

FIRST: dict[str, tuple[str, ...]] = {
    "read_fund_minutes": ("attach_fund_minutes",),
    "read_check_evidence": ("attach_check_evidence",),
    "read_grant_use": ("attach_grant_use",),
    "read_task_evidence": ("attach_task_evidence",),
    "read_visit_evidence": ("attach_visit_evidence",),
    "read_book_file": ("send_book_file",),
    "post_book_import": ("send_book_file", "check_book_import"),
    "read_marked_book": ("send_book_file", "check_book_import"),
    "plan_problem_case": ("complete_problem_survey",),
    "send_collection_sheet": ("download_collection_sheet",),
    "send_loan_collection_sheet": ("download_loan_collection_sheet",),
    "mark_loan_collection_sheet": ("download_loan_collection_sheet",),
    "list_book_errors": ("send_book_file", "check_book_import"),
    "list_fund_settings": ("add_fund_setting",),
    "list_savings_pledges": ("add_savings_pledge",),
    "reverse_savings_sheet": ("sign_savings_sheet",),
}
"""Operations that somebody else does before, about the same thing; the worker does what they queue."""

_FAULTY = changed(DEBTORS, {(6, 6): "๑๕,๐๐๐.๐๐๕", (7, 4): "32/13/2563"})
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _collected(sheet: bytes) -> dict[str, Any]:
    """Fill in what one member brought to the meeting."""
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    heading = next(cell for cell in cells if cell.value == collection.SAVINGS)
    book.worksheets[0].cell(heading.row + 1, heading.column).value = 100
    out = io.BytesIO()
    book.save(out)
    facts = {"month": "2026-01", "paid_on": "2026-01-14", "held_as": "cash", "document_no": "ใบเก็บ 1/2569"}
    return {"data": facts, "files": {"file": ("sheet.xlsx", out.getvalue(), _XLSX)}}


def _repaid(sheet: bytes) -> dict[str, Any]:
    """Fill in what came in on one loan."""
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    for heading, value in ((collection.LOAN, 328), (collection.RECEIPT, "ร 101/2569")):
        place = next(cell for cell in cells if cell.value == heading)
        book.worksheets[0].cell(place.row + 1, place.column).value = value
    out = io.BytesIO()
    book.save(out)
    facts = {"paid_on": business_date(now()).isoformat(), "channel": "cash", "counted": "328.00"}
    return {"data": facts, "files": {"file": ("sheet.xlsx", out.getvalue(), _XLSX)}}


FORMS: dict[str, Callable[[bytes], dict[str, Any]]] = {
    "send_collection_sheet": _collected,
    "send_loan_collection_sheet": _repaid,
    "mark_loan_collection_sheet": _repaid,
}
"""What httpx sends with an operation whose form is made of the answer before."""

_A_FAULTY_BOOK = ("book.xlsx", workbook({"ลูกหนี้": _FAULTY, "งบ": BALANCES}), _XLSX)
FILES = {f"{one}.send_book_file": _A_FAULTY_BOOK for one in ("read_marked_book", "list_book_errors")}
"""Uploads of an operation done before another."""
