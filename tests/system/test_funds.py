"""Village money through the gateway, by the people whose part each step is: lent, repaid, followed up."""

import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from pypdf import PdfReader

from shared import clock
from tools.demo import committee
from tools.demo.api import Caller, House, Refused, wait_for

VILLAGE, DISTRICT, TAMBON = "34190401", "3419", "341522"
CHAIR, TREASURER, MEMBER = "fund34190401-1", "fund34190401-2", "fund34190401-3"
"""Of the funds of a village in Phibun Mangsahan."""
OFFICER, OFFICE = "tambon341904", "district3419"
WRITER, SECOND, SUBCOMMITTEE, PROVINCE = "fund341522-1", "fund341522-2", "fund3415", "fund34"
Row = dict[str, Any]
CONTRACTED = "2022-10-01"


def a_fund(caller: Caller, kind: str, area: str, *, capital: str) -> str:
    """Return the fund of a kind that stands in an area, registered with its capital if nobody did before."""
    listed = caller.get("/v1/funds", area=area, kind=kind)["items"]
    if listed:
        return str(listed[0]["id"])
    body = {"kind": kind, "name_th": f"กองทุน {kind}", "area_code": area}
    fund = str(caller.post("/v1/funds", body)["id"])
    give(caller, fund, capital)
    return fund


def give(caller: Caller, fund: str, amount: str) -> None:
    """Add to a fund's capital."""
    body = {"contributed_on": "2022-09-01", "amount": amount, "origin": "state", "held_as": "bank"}
    caller.post(f"/v1/funds/{fund}/capital", {**body, "document_no": f"พช {uuid4().hex[:6]}"})


def a_member(caller: Caller, fund: str) -> str:
    body = {"name": f"นางสาวมาลี สายทอง {uuid4().hex[:6]}", "joined_on": "2022-09-01"}
    return str(caller.post(f"/v1/funds/{fund}/members", body)["id"])


def an_application(fund: str, product: str, borrower: tuple[str, str], amount: str, **more: Any) -> Row:
    return {
        "fund_id": fund,
        "product_code": product,
        "borrower_kind": borrower[0],
        "borrower_id": borrower[1],
        "title": "ทอผ้าไหม",
        "purpose": "weaving",
        "amount": amount,
        "budget": [{"item": "เส้นไหม", "amount": amount}],
        **more,
    }


def hand_in(writer: Caller, body: Row) -> str:
    """Draft an application, do what is to be done before lending, and hand it in; return its id."""
    drafted = str(writer.post("/v1/applications", body)["id"])
    prevent(writer, drafted)
    writer.post(f"/v1/applications/{drafted}/submission")
    return drafted


def prevent(writer: Caller, application: str) -> None:
    """Record the six checks before lending and the risk."""
    checked = {"done_on": "2022-09-15", "done_by": "นางบุญมี ใจดี"}
    items = [{"item": f"P.{number}", **checked} for number in range(1, 7)]
    address = f"/v1/applications/{application}"
    writer.change("PUT", f"{address}/checklist", {"items": items}, of=address)
    answers = {f"R.{number}": 0 for number in range(1, 7)}
    writer.change("PUT", f"{address}/risk", {"answers": answers}, of=address)


def decide(caller: Caller, application: str, decision: str, **more: Any) -> str:
    """Let somebody decide the step that an application waits for; return the application's state."""
    body = {"decision": decision, "minutes": {"number": "9/2565", "held_on": "2022-09-20"}, **more}
    address = f"/v1/applications/{application}"
    return str(caller.change("POST", f"{address}/decisions", body, of=address)["state"])


def pay_out(writer: Caller, payer: Caller, application: str, *, on: str, **terms: Any) -> Row:
    """Let one person contract a loan and another pay it out on a day; return it."""
    contract = {"application_id": application, "contract_no": uuid4().hex[:12], "contract_date": on, **terms}
    loan = writer.post("/v1/loans", contract)["id"]
    voucher = {"paid_on": on, "channel": "bank", "document_no": uuid4().hex[:12]}
    with pytest.raises(Refused) as refused:
        writer.post(f"/v1/loans/{loan}/disbursements", voucher)
    assert refusal(refused) == (403, "paid_out_by_contractor")
    found: Row = payer.post(f"/v1/loans/{loan}/disbursements", voucher)
    return found


def refusal(refused: pytest.ExceptionInfo[Refused]) -> tuple[int, str]:
    return refused.value.status, str(refused.value.code)


@pytest.fixture(scope="module")
def savings(house: House) -> str:
    """Return the savings group of the village."""
    return a_fund(house.person(CHAIR), "savings", VILLAGE, capital="50000.00")


@pytest.fixture(scope="module")
def flat_loan(house: House, savings: str) -> Row:
    """Return a loan of 5,000.00 at 12 % flat in 18 months, paid out on 1 October 2022."""
    writer = house.person(CHAIR)
    borrower = ("member", a_member(writer, savings))
    asked = {"months": 18, "instalments": 18, "applied_on": "2022-09-15"}
    application = hand_in(writer, an_application(savings, "SAVINGS_LOAN", borrower, "5000.00", **asked))
    decided = {"decided_on": "2022-09-20"}
    assert decide(house.person(TREASURER), application, "recommend", **decided) == "recommended"
    with pytest.raises(Refused) as refused:  # not in the village's place
        decide(house.person(OFFICE), application, "approve", **decided)
    assert refusal(refused) == (403, "level_not_yours")
    assert decide(house.person(MEMBER), application, "approve", **decided) == "approved"
    return pay_out(writer, house.person(TREASURER), application, on=CONTRACTED, first_due="2022-11-01")


@pytest.fixture(scope="module")
def repayment(house: House, flat_loan: Row) -> Row:
    """Return the first repayment, as the treasurer's phone sent it in a batch when it had a signal."""
    treasurer = house.person(TREASURER)
    receipt = {
        "id": str(uuid4()),
        "loan_id": flat_loan["id"],
        "receipt_no": f"ร {uuid4().hex[:6]}/2565",
        "paid_on": "2022-11-01",
        "amount": "328.00",
        "channel": "cash",
    }
    for outcome in ("recorded", "repeated"):
        answer = treasurer.post("/v1/repayments/batches", {"items": [receipt]})
        assert answer[outcome] == 1, answer
    found: Row = treasurer.get(f"/v1/repayments/{receipt['id']}")
    return found


def certify(house: House, household: str) -> None:
    """Let the tambon propose a household that its officer found, and the district's committee certify it."""
    officer = house.person(OFFICER)
    case = officer.post("/v1/cases", {"household_id": household, "found_reason": "รายได้ไม่พอ"})["id"]
    seen = {"developable": True, "notes": "มีแรงงาน", "facts": {"lives_here": True}}
    officer.post("/v1/cases/verifications", {"verifications": [{"case_id": case, **seen}]})
    officer.post("/v1/cases/proposals", {"case_ids": [case]})
    today = clock.business_date(clock.now())
    standing = committee.set_up(house, district=DISTRICT, since=today.replace(day=1))
    committee.resolve(house, committee.hold_meeting(house, standing, held_on=today), [case])


def a_household(house: House) -> Row:
    """Return a household of the village, registered by the tambon's officer."""
    person = {"prefix": "นาง", "first_name": "บุญเรือน", "last_name": "สายทอง", "sex": "F"}
    body = {
        "village_code": VILLAGE,
        "house_no": f"{uuid4().int % 900 + 1}/{uuid4().int % 90 + 1}",
        "members": [{"relation": "head", "person": {**person, "birth_date": "1974-02-05"}}],
    }
    found: Row = house.person(OFFICER).post("/v1/households", body)
    return found


@pytest.fixture(scope="module")
def poverty_fund(house: House) -> str:
    """Return the poverty fund of the village."""
    return a_fund(house.person(CHAIR), "poverty", VILLAGE, capital="280000.00")


def drafted_for(house: House, fund: str, household: str) -> str:
    """Draft an application of a household, once funds knows where it lives; return its id."""
    writer = house.person(CHAIR)
    body = an_application(fund, "POVERTY_LOAN", ("household", household), "6000.00", months=36, instalments=6)

    def drafted() -> str | None:
        try:
            return str(writer.post("/v1/applications", body)["id"])
        except Refused as refused:
            if refused.code != "no_such_borrower":
                raise
            return None

    application = wait_for(drafted, what="funds to learn of the household")
    prevent(writer, application)
    return application


def hand_in_once_known(house: House, application: str) -> Row:
    """Hand an application in as soon as funds has learned that the household is certified."""

    def handed_in() -> Row | None:
        try:
            found: Row = house.person(CHAIR).post(f"/v1/applications/{application}/submission")
        except Refused as refused:
            if refused.code != "borrower_not_target":
                raise
            return None
        return found

    return wait_for(handed_in, what="funds to learn of the certification")


def test_a_rate_of_15_01_is_refused_and_15_00_taken(house: House, savings: str) -> None:
    writer = house.person(CHAIR)
    borrower = ("member", a_member(writer, savings))
    body = an_application(savings, "SAVINGS_LOAN", borrower, "5000.00", months=12, instalments=12)
    with pytest.raises(Refused) as refused:
        writer.post("/v1/applications", {**body, "annual_rate": "15.01"})
    assert refusal(refused) == (422, "rate_above_cap")
    assert [one["pointer"] for one in refused.value.problem["errors"]] == ["/annual_rate"]
    assert writer.post("/v1/applications", {**body, "annual_rate": "15.00"})["annual_rate"] == "15.00"


def test_the_poverty_fund_lends_to_a_household_once_it_is_certified(house: House, poverty_fund: str) -> None:
    household = a_household(house)["id"]
    application = drafted_for(house, poverty_fund, household)
    with pytest.raises(Refused) as refused:
        house.person(CHAIR).post(f"/v1/applications/{application}/submission")
    assert refusal(refused) == (409, "borrower_not_target")
    certify(house, household)
    assert hand_in_once_known(house, application)["state"] == "submitted"


def test_nobody_decides_on_what_she_wrote_nor_twice(house: House, savings: str) -> None:
    """Both steps of a savings loan are the village's own: three persons of its committee take part."""
    writer, treasurer = house.person(CHAIR), house.person(TREASURER)
    borrower = ("member", a_member(writer, savings))
    asked = an_application(savings, "SAVINGS_LOAN", borrower, "5000.00", months=12, instalments=12)
    application = hand_in(writer, asked)
    with pytest.raises(Refused) as refused:
        decide(writer, application, "recommend")
    assert refusal(refused) == (403, "own_application")
    assert decide(treasurer, application, "recommend") == "recommended"
    with pytest.raises(Refused) as refused:
        decide(treasurer, application, "approve")
    assert refusal(refused) == (403, "same_person_twice")


@pytest.fixture
def recommended(house: House) -> tuple[str, list[str]]:
    """Return a women's fund, and applications of two groups that together ask for more than it has."""
    office, writer = house.person("district3415"), house.person(WRITER)
    fund = a_fund(office, "womens", TAMBON, capital="200000.00")
    available = Decimal(writer.get(f"/v1/ledgers/{fund}")["available"])
    if available < 200_000:  # another story's fund
        give(office, fund, str(200_000 - available))
        available = Decimal(200_000)
    amount = f"{available * 6 // 1000 * 100:.2f}"  # three fifths, in whole hundreds
    ids = []
    for _ in range(2):
        members = [{"member_id": a_member(writer, fund)} for _ in range(3)]
        group = {"name": f"กลุ่มทอผ้า {uuid4().hex[:6]}", "formed_on": "2022-09-01", "members": members}
        borrower = ("group", writer.post(f"/v1/funds/{fund}/borrower-groups", group)["id"])
        body = an_application(fund, "WOMENS_REVOLVING", borrower, amount, months=24, instalments=24)
        ids.append(hand_in(writer, body))
        assert decide(house.person(SECOND), ids[-1], "recommend") == "recommended"
        assert decide(house.person(SUBCOMMITTEE), ids[-1], "recommend") == "recommended"
    return fund, ids


def test_money_kept_back_for_one_loan_is_not_approved_again(
    house: House, recommended: tuple[str, list[str]]
) -> None:
    fund, (first, second) = recommended
    province, writer = house.person(PROVINCE), house.person(WRITER)
    before = writer.get(f"/v1/ledgers/{fund}")
    assert decide(province, first, "approve") == "approved"
    with pytest.raises(Refused) as refused:
        decide(province, second, "approve")
    assert refusal(refused) == (409, "over_capital")
    assert writer.get(f"/v1/ledgers/{fund}")["cash"] == before["cash"], "nothing is paid out yet"
    writer.post(f"/v1/applications/{first}/cancellation", {"reason": "กลุ่มขอถอนเรื่อง"})
    assert decide(province, second, "approve") == "approved"
    writer.post(f"/v1/applications/{second}/cancellation", {"reason": "กลุ่มขอถอนเรื่อง"})
    assert writer.get(f"/v1/ledgers/{fund}")["available"] == before["available"]


def test_a_borrower_s_death_freezes_her_loan_and_opens_a_finding(house: House, poverty_fund: str) -> None:
    household = a_household(house)
    application = drafted_for(house, poverty_fund, household["id"])
    certify(house, household["id"])
    hand_in_once_known(house, application)
    decide(house.person(TREASURER), application, "recommend")
    decide(house.person(OFFICE), application, "approve")
    treasurer = house.person(TREASURER)
    today = clock.business_date(clock.now()).isoformat()
    loan = pay_out(house.person(CHAIR), treasurer, application, on=today, every=6)["id"]
    head = household["members"][0]["id"]
    house.person(OFFICER).post(f"/v1/persons/{head}/death", {"died_on": today})

    def frozen() -> bool:
        return bool(treasurer.get(f"/v1/loans/{loan}")["state"] == "frozen")

    assert wait_for(frozen, what="funds to learn of the death")
    findings = treasurer.every("/v1/health-checks/findings", fund_id=poverty_fund, code="B.5")
    assert loan in {one["detail"]["loan_id"] for one in findings}
    waiting = treasurer.every("/v1/loans/deaths", fund_id=poverty_fund)
    assert loan in {one["loan_id"] for one in waiting}


def test_5000_baht_at_12_percent_flat_are_17_times_328_and_once_324(flat_loan: Row) -> None:
    totals = [one["total"] for one in flat_loan["instalments"]]
    assert totals == ["328.00"] * 17 + ["324.00"]
    assert flat_loan["instalments"][0]["due_on"] == "2022-11-01"


def test_a_repayment_of_328_baht_has_its_receipt(house: House, repayment: Row) -> None:
    assert (repayment["principal"], repayment["interest"]) == ("278.00", "50.00")
    assert repayment["outstanding"] == "4722.00"
    address = f"/v1/repayments/{repayment['id']}/receipt.pdf"
    text = words(house.person(TREASURER).call("GET", address).content)
    assert "328.00" in text
    assert repayment["receipt_no"].split()[1] in text


def test_the_auditor_follows_a_figure_down_to_the_receipt(house: House, savings: str, repayment: Row) -> None:
    auditor = house.person("auditor")
    row = down_to(auditor, savings, "/v1/fund-reports?by=province&area=34&kind=savings&fiscal_year=2566")
    lines = auditor.get(row["links"]["repaid"])["items"]
    line = next(one for one in lines if one["document_id"] == repayment["id"])
    assert line["credit"] == repayment["principal"]
    journal = auditor.get(f"/v1/ledgers/{savings}/journals/{line['journal_id']}")
    assert journal["id"] == repayment["journal_id"]
    receipt = auditor.get(journal["document"])
    assert (receipt["receipt_no"], receipt["amount"]) == (repayment["receipt_no"], "328.00")
    paper = auditor.call("GET", f"{journal['document']}/receipt.pdf").content
    assert "328.00" in words(paper)


def test_the_auditor_takes_a_list_away(house: House, flat_loan: Row) -> None:
    headers = {"Accept": "text/csv"}
    file = house.person("auditor").call("GET", f"/v1/loans?fund_id={flat_loan['fund_id']}", headers=headers)
    assert flat_loan["contract_no"] in file.text


def test_the_auditor_changes_nothing(house: House, flat_loan: Row) -> None:
    body = {"loan_id": flat_loan["id"], "receipt_no": "1", "amount": "1.00", "channel": "cash"}
    with pytest.raises(Refused) as refused:
        house.person("auditor").post("/v1/repayments", body)
    assert refused.value.status == 403


def test_a_loan_does_not_exist_for_a_neighbour(house: House, flat_loan: Row) -> None:
    with pytest.raises(Refused) as refused:
        house.person(WRITER).get(f"/v1/loans/{flat_loan['id']}")
    assert refusal(refused) == (404, "loan_not_found")


def down_to(caller: Caller, fund: str, report: str) -> Mapping[str, Any]:
    """Follow a report's rows down by their own links until the row of a fund is there; return it."""
    area = caller.get(f"/v1/funds/{fund}")["area_code"]
    while True:
        rows = caller.get(report)["items"]
        found = [one for one in rows if one["fund_id"] in {None, fund} and area.startswith(one["code"])]
        if found[0]["fund_id"] == fund:
            return dict(found[0])
        report = found[0]["links"]["rows"]


def words(pdf: bytes) -> str:
    """Return the text of a paper."""
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
