"""Days of a women's fund and of a district, through the gateway, each with her own rights; to the satang."""

import contextlib
import io
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from embedded.trial import trial
from shared import clock
from tools.demo.api import Caller, House, Refused, finish

Row = dict[str, Any]
VILLAGE, TAMBON = "34190402", "341522"
GROUP_OFFICER, OFFICE, PROVINCE = "tambon341904", "district3419", "province34"
WRITER, SECOND, SUBCOMMITTEE, LAST = "fund341522-1", "fund341522-2", "fund3415", "fund34"
TODAY = clock.business_date(clock.now()).isoformat()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """Return a house of its own: in the other's, tests count the money of the same women's fund."""
    with trial("run") as started, contextlib.closing(started.house()) as found:
        yield found


def words(paper: bytes) -> str:
    """Return the text of a PDF."""
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)


# --- A women's fund lends 100,000 to a group, in two parts, and is repaid -----------------------------------


@pytest.fixture(scope="module")
def womens_fund(house: House) -> str:
    """Return the women's fund of the tambon with 300,000 more of capital and a committee of one."""
    office, writer = house.person("district3415"), house.person(WRITER)
    listed = office.get("/v1/funds", area=TAMBON, kind="womens")["items"]
    body = {"kind": "womens", "name_th": "กองทุนพัฒนาบทบาทสตรี", "area_code": TAMBON}
    fund = str((listed or [office.post("/v1/funds", body)])[0]["id"])
    capital = {"contributed_on": "2022-01-05", "amount": "300000.00", "origin": "state", "held_as": "bank"}
    office.post(f"/v1/funds/{fund}/capital", {**capital, "document_no": f"พช {uuid4().hex[:6]}"})
    seat = {"display_name": "นางบุญมี ใจดี", "role": "member", "term_from": "2022-01-05"}
    writer.post(f"/v1/funds/{fund}/committee", seat)
    return fund


@pytest.fixture(scope="module")
def women(house: House, womens_fund: str) -> tuple[str, list[str]]:
    """Return a group of five women that a committee member answers for, and its members."""
    writer, home = house.person(WRITER), f"/v1/funds/{womens_fund}"
    members = [
        writer.post(f"{home}/members", {"name": f"นางทอผ้า คนที่{at}", "joined_on": "2022-02-01"})["id"]
        for at in range(5)
    ]
    seats = [{"member_id": one, "role": "member" if at else "chair"} for at, one in enumerate(members)]
    formed = {"name": f"กลุ่มทอผ้า {uuid4().hex[:6]}", "formed_on": "2022-02-01", "members": seats}
    group = str(writer.post(f"{home}/borrower-groups", formed)["id"])
    term = writer.get(f"{home}/committee", on="2022-06-01")["items"][0]["id"]
    followed = {"borrower_kind": "group", "borrower_id": group, "term_id": term}
    writer.post(f"{home}/follow-assignments", followed)
    return group, members


def weaving(fund: str, group: str) -> Row:
    return {
        "fund_id": fund,
        "product_code": "WOMENS_REVOLVING",
        "borrower_kind": "group",
        "borrower_id": group,
        "title": "ทอผ้าไหม",
        "purpose": "weaving",
        "amount": "100000.00",
        "budget": [{"item": "เส้นไหม", "amount": "80000.00"}, {"item": "สีย้อม", "amount": "20000.00"}],
        "months": 24,
        "instalments": 8,
        "applied_on": "2022-06-01",
        "guarantors": [{"name": "นางสมศรี มีสุข", "relation": "น้องสาว"}],
    }


@pytest.fixture(scope="module")
def approved(house: House, womens_fund: str, women: tuple[str, list[str]]) -> str:
    """Return the group's application, taken through the three committees that decide on it."""
    writer = house.person(WRITER)
    address = "/v1/applications/" + writer.post("/v1/applications", weaving(womens_fund, women[0]))["id"]
    checked = {"done_on": "2022-06-02", "done_by": "นางบุญมี ใจดี"}
    items = [{"item": f"P.{number}", **checked} for number in range(1, 6)]
    writer.change("PUT", f"{address}/checklist", {"items": items}, of=address)
    answers = {f"R.{number}": 0 for number in range(1, 7)}
    writer.change("PUT", f"{address}/risk", {"answers": answers}, of=address)
    writer.post(f"{address}/submission", {"submitted_on": "2022-06-03"})
    said = {
        "decision": "recommend",
        "decided_on": "2022-06-10",
        "minutes": {"number": "4/2565", "held_on": "2022-06-09"},
    }
    with pytest.raises(Refused, match=" checklist_incomplete:"):
        decided(house, SECOND, address, said)
    writer.change("PUT", f"{address}/checklist", {"items": [{"item": "P.6", **checked}]}, of=address)
    with pytest.raises(Refused, match=" own_application:"):
        decided(house, WRITER, address, said)
    assert decided(house, SECOND, address, said)["next_level"] == "district"
    with pytest.raises(Refused, match=" level_not_yours:"):
        decided(house, LAST, address, said)
    assert decided(house, SUBCOMMITTEE, address, said)["next_level"] == "province"
    last = {**said, "decision": "approve", "decided_on": "2022-06-20"}
    assert decided(house, LAST, address, last)["reserved"] == "100000.00"
    return str(address.rsplit("/", 1)[1])


def decided(house: House, who: str, address: str, said: Row) -> Any:
    """Let somebody decide a step of the application as she reads it."""
    return house.person(who).change("POST", f"{address}/decisions", said, of=address)


@pytest.fixture(scope="module")
def loan(house: House, approved: str) -> Row:
    """Return the loan: 60,000 paid out in June, 40,000 in August 2022."""
    contract = {
        "application_id": approved,
        "contract_no": f"ส {uuid4().hex[:6]}/2565",
        "contract_date": "2022-06-25",
        "instalments": 8,
        "every": 3,
    }
    address = "/v1/loans/" + house.person(WRITER).post("/v1/loans", contract)["id"]
    payer = house.person(SECOND)
    for day, amount in (("2022-06-30", "60000.00"), ("2022-08-15", "40000.00")):
        voucher = {"paid_on": day, "amount": amount, "channel": "bank", "document_no": uuid4().hex[:12]}
        payer.post(f"{address}/disbursements", voucher)
    found: Row = payer.get(address)
    return found


def test_a_second_part_bears_interest_from_its_own_day(loan: Row) -> None:
    rows = [(one["due_on"], one["principal"], one["interest"]) for one in loan["instalments"]]
    assert rows[:2] == [("2022-09-30", "12500.00", "600.00"), ("2022-12-30", "12500.00", "656.25")]
    assert rows[-1] == ("2024-06-30", "12500.00", "93.75")
    assert loan["outstanding"] == "100000.00"


def test_the_contract_names_law_shares_and_guarantor(house: House, loan: Row) -> None:
    text = words(house.person(WRITER).call("GET", f"/v1/loans/{loan['id']}/contract.pdf").content)
    for part in ("100,000.00", "20,000.00", "3.00", str(loan["contract_no"]).split()[1]):
        assert part in text


def test_a_group_repays_by_a_phone_and_a_wrong_receipt_is_taken_back(
    house: House, loan: Row, women: tuple[str, list[str]]
) -> None:
    """The 1,843.75 it paid ahead settle 562.50 of interest and 1,281.25 of principal on the next due day."""
    collector, address = house.person(SECOND), f"/v1/loans/{loan['id']}"
    parts = [{"member_id": one, "amount": "2620.00"} for one in women[1]]
    first = receipt(loan, "2022-09-30", "13100.00", parts=parts)
    wrong = receipt(loan, "2022-12-30", "15000.00")
    assert outcomes(collector, [first, wrong, {**wrong, "id": str(uuid4())}]) == [
        "recorded",
        "recorded",
        "refused",
    ]
    assert outcomes(collector, [first, wrong]) == ["repeated", "repeated"]
    assert collector.get(address)["outstanding"] == "73718.75"
    with pytest.raises(Refused, match=" reversal_by_recorder:"):
        collector.post(f"/v1/repayments/{wrong['id']}/reversal", {"reason": "บันทึกผิดสัญญา"})
    house.person(WRITER).post(f"/v1/repayments/{wrong['id']}/reversal", {"reason": "บันทึกผิดสัญญา"})
    assert collector.get(address)["outstanding"] == "87500.00"
    paper = words(collector.call("GET", f"/v1/repayments/{first['id']}/receipt.pdf").content)
    assert "13,100.00" in paper
    assert collector.get(f"{address}/payoff")["principal"] == "87500.00"
    collector.post("/v1/repayments", pay_off(collector, loan["id"]))
    settled = collector.get(address)
    assert (settled["state"], settled["outstanding"], settled["advance"]) == ("closed", "0.00", "0.00")
    statement = collector.every(f"/v1/ledgers/{loan['fund_id']}/loans/{loan['id']}/statement")
    assert statement[-1]["balance"] == "0.00"


def receipt(loan: Row, day: str, amount: str, **more: Any) -> Row:
    number = f"ร {uuid4().hex[:6]}"
    ids = {"id": str(uuid4()), "loan_id": loan["id"], "receipt_no": number}
    return {**ids, "paid_on": day, "amount": amount, "channel": "cash", **more}


def pay_off(collector: Caller, loan: str) -> Row:
    """Return the receipt that settles a loan today."""
    quote = collector.get(f"/v1/loans/{loan}/payoff")
    return receipt({"id": loan}, quote["on"], quote["total"], early="payoff")


def outcomes(collector: Caller, receipts: list[Row]) -> list[str]:
    """Send receipts as a phone does, and return what became of each."""
    answer = collector.post("/v1/repayments/batches", {"items": receipts})
    return [str(one["outcome"]) for one in answer["results"]]


# --- A district takes an old book over and cures its fund --------------------------------------------------


@pytest.fixture(scope="module")
def old_fund(house: House) -> str:
    """Return a village fund whose books are still on paper."""
    body = {"kind": "village", "name_th": f"กองทุนหมู่บ้าน {uuid4().hex[:6]}", "area_code": VILLAGE}
    return str(house.person(OFFICE).post("/v1/funds", body)["id"])


OLD_BOOK: dict[str, list[list[Any]]] = {
    "สมาชิก": [
        ["ทะเบียนสมาชิก"],
        ["ที่", "ชื่อ-สกุล", "เลขที่สมาชิก", "วันที่เป็นสมาชิก"],
        [1, "นางมาลี ใจดี", "๑", "๑ ม.ค. ๒๕๖๐"],
        [2, "นายคำ มั่นคง", "๒", "31/02/2561"],
    ],
    "ลูกหนี้": [
        [
            "เลขที่สัญญา",
            "ชื่อ-สกุล",
            "เลขที่สมาชิก",
            "วันที่ทำสัญญา",
            "วันครบกำหนด",
            "อัตราดอกเบี้ย",
            "จำนวนเงินกู้",
            "ชำระแล้ว",
            "คงเหลือ",
        ],
        ["1/2567", "นางมาลี ใจดี", "๑", "1/10/2567", "30/9/2568", "6%", "๑๐,๐๐๐.๐๐", "4,000", "6,000"],
        ["2/2567", "นายคำ มั่นคง", "2", "1/10/2567", "30/9/2568", "15.01%", 20000, 5000, 15000],
        ["รวม", None, None, None, None, None, 30000, 9000, 21000],
    ],
    "งบ": [["รายการ", "เดบิต", "เครดิต"], ["เงินสด", 9000], ["ลูกหนี้เงินกู้", 21000], ["เงินทุน", None, 30000]],
}
"""A fund's book as it was kept, in Thai digits and Buddhist days; a day and a rate in it are wrong."""


def old_book() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in OLD_BOOK.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def content(book: Workbook) -> bytes:
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def checked(officer: Caller, address: str, book: bytes) -> list[tuple[str, str]]:
    """Send a workbook, let it be checked, and return the cells that are wrong and why."""
    officer.call("POST", f"{address}/file", files={"file": ("สมุด.xlsx", book)})
    finish(officer, officer.call("POST", f"{address}/check"))
    return [(one["cell"], one["code"]) for one in officer.every(f"{address}/errors")]


@pytest.fixture(scope="module")
def taken_over(house: House, old_fund: str) -> str:
    """Take the book over: two mistakes are told, corrected in the marked copy, and another person posts."""
    officer, office = house.person(GROUP_OFFICER), house.person(OFFICE)
    begun = officer.post("/v1/book-imports", {"fund_id": old_fund, "cut_off_on": "2025-09-30"})
    address = f"/v1/book-imports/{begun['id']}"
    assert checked(officer, address, content(old_book())) == [("D4", "not_a_date"), ("F3", "rate_above_cap")]
    with pytest.raises(Refused, match=" book_not_ready:"):
        post(office, address)
    marked = load_workbook(io.BytesIO(officer.call("GET", f"{address}/marked.xlsx").content))
    marked["สมาชิก"]["D4"] = date(2018, 2, 28)
    marked["ลูกหนี้"]["F3"] = "15%"
    assert checked(officer, address, content(marked)) == []
    finish(office, post(office, address))
    return old_fund


def post(officer: Caller, address: str) -> Response:
    """Let somebody post a book as she reads it."""
    seen = {"If-Match": officer.call("GET", address).headers["ETag"]}
    return officer.call("POST", f"{address}/post", headers=seen)


def test_a_late_fund_is_surveyed_advised_and_solved(house: House, taken_over: str) -> None:
    """The 21,000 overdue are on the district's lists from the posting on, and gone with the last receipt."""
    officer, office = house.person(GROUP_OFFICER), house.person(OFFICE)
    late = office.every("/v1/loans/overdue", fund_id=taken_over)
    assert sorted(one["overdue_principal"] for one in late) == ["15000.00", "6000.00"]
    assert report_row(office, taken_over)["overdue"] == "21000.00"
    case = office.post(
        "/v1/problem-cases",
        {"fund_id": taken_over, "failings": ["B.3"], "cause": "ครัวเรือนยืมแล้วไม่ส่งคืน"},
    )
    address = f"/v1/problem-cases/{case['id']}"
    survey(officer, address, 1, completed_by=officer)
    action = {"action": "ทำหนังสือรับสภาพหนี้", "responsible": "ประธาน", "due_on": "2030-01-31"}
    office.change("POST", f"{address}/plan", {"actions": [action]}, of=address)
    clinic = {
        "district": "3419",
        "held_on": TODAY,
        "title": "คลินิกแก้หนี้",
        "team_id": a_team(office),
        "agenda": ["ชี้แจงผลสำรวจ"],
        "stops": [{"place": "ศาลาประชาคม", "cases": [case["id"]]}],
    }
    held = office.post("/v1/clinics", clinic)
    advice = {"attended": 2, "advice": "ผ่อนชำระเป็นงวด"}
    office.post(f"/v1/clinics/{held['id']}/cases/{case['id']}/advice", advice)
    paid = [pay_off(officer, one["loan_id"]) for one in late]
    assert outcomes(officer, paid) == ["recorded", "recorded"]
    with pytest.raises(Refused, match=" not_from_above:"):
        survey(officer, address, 2, completed_by=officer)
    survey(officer, address, 2, completed_by=office)
    solved = house.person(PROVINCE).change("POST", f"{address}/solution", of=address)
    figures = (solved["state"], solved["overdue_before"], solved["overdue_after"])
    assert figures == ("solved", "21000.00", "0.00")
    assert report_row(office, taken_over)["overdue"] == "0.00"


def a_team(office: Caller) -> str:
    """Return the district's Move for Fund team, formed if there is none."""
    listed = office.get("/v1/fund-teams", area="3419")["items"]
    roles = ("community_developer", "savings_expert", "poverty_fund_expert", "fund_centre_committee")
    members = [{"role": role, "display_name": f"คู่หู {role}"} for role in roles]
    body = {"district": "3419", "valid_from": TODAY, "members": members}
    return str((listed or [office.post("/v1/fund-teams", body)])[0]["id"])


def survey(officer: Caller, address: str, number: int, *, completed_by: Caller) -> None:
    """Ask every debtor of a round, and let somebody complete it."""
    round_ = f"{address}/surveys/{number}"
    said = [
        {
            "loan_id": one["loan_id"],
            "surveyed_on": TODAY,
            "answer": "acknowledged",
            "acknowledged": one["booked"],
        }
        for one in officer.every(f"{round_}/debtors")
    ]
    if said:
        officer.post(f"{round_}/debtors", {"debtors": said})
    completed_by.post(f"{round_}/completion")


def report_row(caller: Caller, fund: str) -> Row:
    """Return a fund's row of the running year's report."""
    rows = caller.every("/v1/fund-reports", by="fund", area=VILLAGE, kind="village")
    return next(one for one in rows if one["fund_id"] == fund)
