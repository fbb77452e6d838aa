"""A district's poverty funds (กข.คจ.): their books taken over, those with problems treated, through the API.

The books come as Excel files, sent by the installation's own client as a migration does and posted by the
district's officer. She opens a case for each fund with overdue loans; debtors are surveyed, planned for,
advised by a clinic, repay, are surveyed again; the province says what is solved.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from shared.money import baht, satang
from tools.demo.api import Caller, House, JobFailed, finish
from tools.demo.lending import Advance, Row, fixed_id, post_new
from tools.demo.womens_fund import send
from tools.demo_data.books import month_end, workbook
from tools.demo_data.lending import DISTRICT, FUNDS, PROBLEMS, PovertyFund, poverty_funds

OFFICE, PROVINCE = "district3419", "province34"
_NEAR: Final = {"341904": "tambon341904"}
"""Who surveys and collects in a tambon; elsewhere it is the client, for the phones of the others."""
_ROLES: Final = (
    ("community_developer", "นางสาวอรทัย ใจดี"),
    ("savings_expert", "นายสมชาย มั่นคง"),
    ("poverty_fund_expert", "นางบุญมี ศรีสุข"),
    ("fund_centre_committee", "นายคำดี ทองคำ"),
)
_TEAM: Final = fixed_id("team", DISTRICT)
_FAILINGS: Final = ("B.3", "B.4")
STEPS: Final = 5 * FUNDS + 6 * PROBLEMS + 1
"""How many things `load` advances by."""


def load(house: House, *, today: date, advance: Advance) -> None:
    """Make everything that is not there yet."""
    funds = poverty_funds()
    office = house.person(OFFICE)
    wanted = (_fund(one) for one in funds)
    post_new(office, "/v1/funds", wanted, advance, area=DISTRICT, kind="poverty")
    take_over(house, funds, today=today, advance=advance)
    troubled = [one for one in funds if one.problem]
    post_new(office, "/v1/problem-cases", map(_case, troubled), advance, area=DISTRICT)
    survey(house, troubled, number=1, state="opened", today=today, advance=advance)
    treat(office, troubled, today=today, advance=advance)
    repay(house, troubled, today=today, advance=advance)
    survey(house, troubled, number=2, state="treated", today=today, advance=advance)
    solve(house, troubled, advance=advance)


def fund_id(fund: PovertyFund) -> str:
    """Return the id of a village's fund."""
    return fixed_id("poverty", fund.village_code)


def case_id(fund: PovertyFund) -> str:
    """Return the id of the case of a village's fund."""
    return fixed_id("case", fund.village_code)


def _fund(fund: PovertyFund) -> Row:
    return {"id": fund_id(fund), "kind": "poverty", "name_th": fund.name, "area_code": fund.village_code}


def _case(fund: PovertyFund) -> Row:
    return {
        "id": case_id(fund),
        "fund_id": fund_id(fund),
        "failings": list(_FAILINGS),
        "cause": "คณะกรรมการดำเนินการไม่ต่อเนื่อง เอกสารไม่เป็นปัจจุบัน ครัวเรือนยืมแล้วไม่ส่งคืน",
    }


def take_over(house: House, funds: list[PovertyFund], *, today: date, advance: Advance) -> None:
    """Send each fund's book, let it be checked, and let the officer post it."""
    client, cut_off_on = house.client, month_end(today, months=-1)
    begun = {fixed_id("book", one.village_code): one for one in funds}
    bodies = [
        {"id": book, "fund_id": fund_id(one), "cut_off_on": cut_off_on.isoformat()}
        for book, one in begun.items()
    ]
    post_new(client, "/v1/book-imports", bodies, advance, area=DISTRICT)
    known = {one["id"]: one for one in client.every("/v1/book-imports", area=DISTRICT)}
    for book, fund in begun.items():
        if known[book]["state"] == "open":
            content = workbook(fund, cut_off_on=date.fromisoformat(known[book]["cut_off_on"]))
            name = f"กขคจ-{fund.village_code}.xlsx"
            client.call("POST", f"/v1/book-imports/{book}/file", files={"file": (name, content)})
        advance()
    _work(client, begun, verb="check", done={"checked", "posted"}, advance=advance)
    _work(house.person(OFFICE), begun, verb="post", done={"posted"}, advance=advance)


def _work(caller: Caller, books: Iterable[str], *, verb: str, done: set[str], advance: Advance) -> None:
    """Begin a job for each book that needs it, then wait for all of them; raises JobFailed."""
    known = {one["id"]: one for one in caller.every("/v1/book-imports", area=DISTRICT)}
    jobs = {}
    for book in (book for book in books if known[book]["state"] not in done):
        seen = {"If-Match": f'"{known[book]["version"]}"'}
        jobs[book] = caller.call("POST", f"/v1/book-imports/{book}/{verb}", headers=seen)
    for book in books:
        if book in jobs:
            finish(caller, jobs[book])
            found = caller.get(f"/v1/book-imports/{book}")
            if found["state"] not in done:
                message = f"book {book} is {found['state']} with {found['error_count']} faults"
                raise JobFailed(message)
        advance()


def survey(
    house: House, troubled: list[PovertyFund], *, number: int, state: str, today: date, advance: Advance
) -> None:
    """Ask every debtor of the funds whose case stands there, and let the district complete the round."""
    office, states = house.person(OFFICE), _states(house)
    for fund in troubled:
        if states[case_id(fund)] == state:
            asker = _near(house, fund)
            address = f"/v1/problem-cases/{case_id(fund)}/surveys/{number}"
            debtors = [_said(one, today=today) for one in asker.every(f"{address}/debtors", surveyed="false")]
            if debtors:
                asker.post(f"{address}/debtors", {"debtors": debtors})
            office.post(f"{address}/completion")
        advance()


def _said(debtor: Row, *, today: date) -> Row:
    return {
        "loan_id": debtor["loan_id"],
        "surveyed_on": today.isoformat(),
        "answer": "acknowledged",
        "acknowledged": debtor["booked"],
        "cause": "business_failed",
        "promised": debtor["overdue"],
        "promised_on": month_end(today, months=3).isoformat(),
    }


def treat(office: Caller, troubled: list[PovertyFund], *, today: date, advance: Advance) -> None:
    """Plan for each fund, hold a clinic that they come to by tambon, and keep what they were advised."""
    states = {one["id"]: one["state"] for one in office.every("/v1/problem-cases", area=DISTRICT)}
    for fund in troubled:
        if states[case_id(fund)] == "surveyed":
            action = {
                "action": "ประชุมลูกหนี้ ทำหนังสือรับสภาพหนี้ และนัดชำระ",
                "responsible": "ประธาน กข.คจ.",
                "due_on": month_end(today, months=3).isoformat(),
            }
            case = f"/v1/problem-cases/{case_id(fund)}"
            office.change("POST", f"{case}/plan", {"actions": [action]}, of=case)
        advance()
    team = {
        "id": _TEAM,
        "district": DISTRICT,
        "valid_from": today.replace(day=1).isoformat(),
        "members": [{"role": role, "display_name": name} for role, name in _ROLES],
    }
    post_new(office, "/v1/fund-teams", [team], lambda: None, area=DISTRICT)
    clinic = _clinic(troubled, today=today)
    post_new(office, "/v1/clinics", [clinic], advance, area=DISTRICT)
    states = {one["id"]: one["state"] for one in office.every("/v1/problem-cases", area=DISTRICT)}
    for fund in troubled:
        if states[case_id(fund)] == "planned":
            said = {"attended": len(fund.debts) // 2, "advice": "ผ่อนชำระเป็นงวด และออกใบเสร็จทุกครั้ง"}
            office.post(f"/v1/clinics/{clinic['id']}/cases/{case_id(fund)}/advice", said)
        advance()


def _clinic(troubled: list[PovertyFund], *, today: date) -> Row:
    tambons: dict[str, list[str]] = {}
    for fund in troubled:
        tambons.setdefault(fund.name.partition("ตำบล")[2], []).append(case_id(fund))
    return {
        "id": fixed_id("clinic", DISTRICT),
        "district": DISTRICT,
        "held_on": today.isoformat(),
        "title": "คลินิกแก้หนี้ กข.คจ. ครั้งที่ 1",
        "team_id": _TEAM,
        "agenda": ["ชี้แจงผลสำรวจลูกหนี้", "จัดทำหนังสือรับสภาพหนี้", "ปรับปรุงบัญชี"],
        "stops": [{"place": f"ศาลาประชาคมตำบล{tambon}", "cases": cases} for tambon, cases in tambons.items()],
    }


def repay(house: House, troubled: list[PovertyFund], *, today: date, advance: Advance) -> None:
    """Let debtors of the funds under treatment pay what is overdue, up to what is left of each fund."""
    states = _states(house)
    for fund in troubled:
        if states[case_id(fund)] == "treated":
            collector = _near(house, fund)
            late = collector.every("/v1/loans/overdue", fund_id=fund_id(fund))
            send(collector, _receipts(fund, late, today=today))
        advance()


def _receipts(fund: PovertyFund, late: list[Row], *, today: date) -> list[Row]:
    """Return the receipts that bring a fund's overdue principal down to what is left of it."""
    owed = sum(satang(one["overdue_principal"]) for one in late)
    to_pay = owed - (fund.overdue_left or 0)
    receipts = []
    for one in sorted(late, key=lambda one: str(one["contract_no"])):
        amount = min(satang(one["overdue_principal"]), to_pay)
        to_pay -= amount
        if amount:
            receipts.append(
                {
                    "id": fixed_id("receipt", one["loan_id"]),
                    "loan_id": one["loan_id"],
                    "receipt_no": f"ร {one['contract_no']}",
                    "paid_on": today.isoformat(),
                    "amount": baht(amount),
                    "channel": "cash",
                }
            )
    return receipts


def solve(house: House, troubled: list[PovertyFund], *, advance: Advance) -> None:
    """Let the province say which cases are solved: those of funds with nothing overdue."""
    province, states = house.person(PROVINCE), _states(house)
    for fund in troubled:
        if states[case_id(fund)] == "resurveyed" and fund.overdue_left == 0:
            case = f"/v1/problem-cases/{case_id(fund)}"
            province.change("POST", f"{case}/solution", of=case)
        advance()


def _states(house: House) -> dict[str, str]:
    cases = house.client.every("/v1/problem-cases", area=DISTRICT)
    return {one["id"]: one["state"] for one in cases}


def _near(house: House, fund: PovertyFund) -> Caller:
    name = _NEAR.get(fund.village_code[:6])
    return house.client if name is None else house.person(name)
