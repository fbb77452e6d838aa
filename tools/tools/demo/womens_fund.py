"""A tambon's women's fund: thirty-one projects applied for, decided, paid out and repaid, through the API.

The working group writes and recommends, the district's sub-committee recommends, the province's approves:
each step is its own person's. Every step looks at what is there, so that a second run changes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from shared.dates import BE_OFFSET, fiscal_bounds, fiscal_year
from shared.money import baht, satang
from tools.demo.api import Caller, House
from tools.demo.lending import Advance, Row, fixed_id, post_new
from tools.demo_data.lending import GRANTS, LOANS, TAMBON, projects, women

OFFICE, WRITER, SECOND = "district3415", "fund341522-1", "fund341522-2"
_FIRST, _SECOND, _LAST = "TAMBON_WORKING_GROUP", "DISTRICT_SUBCOMMITTEE", "PROVINCE_SUBCOMMITTEE"
DECIDES: Final = {_FIRST: SECOND, _SECOND: "fund3415", _LAST: "fund34"}
_AFTER: Final = {_FIRST: 7, _SECOND: 14, _LAST: 21}
"""Days from an application to each step's meeting."""
_CONTRACTED, _PAID = 28, 30
FUND: Final = fixed_id("womens", TAMBON)
HOME: Final = f"/v1/funds/{FUND}"
_ROUNDS: Final = 8
"""Two a year, in the four fiscal years before the present one."""
_GROUP_SIZE: Final = 5
_CAPITAL: Final = "2400000.00"
_FOR_LOANS: Final = (
    ("weaving", "ทอผ้าไหมและผ้าฝ้าย"),
    ("food_processing", "แปรรูปปลาร้าและน้ำพริก"),
    ("livestock", "เลี้ยงไก่พื้นเมือง"),
    ("crops", "ปลูกผักปลอดสารพิษ"),
    ("handicraft", "จักสานไม้ไผ่"),
)
_FOR_GRANTS: Final = (
    ("training", "อบรมอาชีพสตรี"),
    ("women_welfare", "ดูแลสตรีผู้สูงอายุและผู้พิการ"),
    ("campaign", "รณรงค์ยุติความรุนแรงต่อสตรี"),
)
_ROLES: Final = ("chair", "secretary", "treasurer", "member", "member")
STEPS: Final = 2 + len(_ROLES) + LOANS * _GROUP_SIZE + 2 * LOANS + _ROUNDS + LOANS + GRANTS + 1
"""How many things `load` advances by."""


@dataclass(frozen=True, slots=True)
class Project:
    """What a group applies for."""

    number: int
    loan: bool
    group: int
    amount: int
    """Satang."""
    purpose: str
    title: str
    round: int
    applied_on: date

    @property
    def id(self) -> str:
        """Return the application's id."""
        return fixed_id("application", self.number)

    @property
    def paper_no(self) -> str:
        """Return the number on its papers."""
        return f"{self.number}/{self.applied_on.year + BE_OFFSET}"


def all_projects(today: date) -> list[Project]:
    """Return the projects in the order of their days."""
    found = []
    loans, grants = projects()
    for amounts, names, is_loan in ((loans, _FOR_LOANS, True), (grants, _FOR_GRANTS, False)):
        for at, amount in enumerate(amounts):
            purpose, title = names[at % len(names)]
            number = at + 1 if is_loan else LOANS + at + 1
            turn = at * _ROUNDS // len(amounts)
            day = _round_day(turn, today)
            found.append(Project(number, is_loan, at, amount, purpose, f"โครงการ{title}", turn, day))
    return sorted(found, key=lambda one: (one.applied_on, one.number))


def _round_day(number: int, today: date) -> date:
    year, half = divmod(number, 2)
    first, _ = fiscal_bounds(fiscal_year(today) - _ROUNDS // 2 + year)
    return first + timedelta(days=40 + 120 * half)


def load(house: House, *, today: date, advance: Advance) -> None:
    """Make everything that is not there yet, and repay what has fallen due."""
    since, _ = fiscal_bounds(fiscal_year(today) - _ROUNDS // 2)
    _found(house, since=since, advance=advance)
    _people(house, since=since, advance=advance)
    asked = all_projects(today)
    writer = house.person(WRITER)
    post_new(writer, f"{HOME}/meetings", _meetings(asked), advance)
    known = {one["id"]: one for one in writer.every("/v1/applications", fund_id=FUND)}
    for project in asked:
        _carry(house, project, known.get(project.id))
        advance()
    repay(house.person(SECOND), today=today)
    advance()


def _found(house: House, *, since: date, advance: Advance) -> None:
    office = house.person(OFFICE)
    fund = {
        "id": FUND,
        "kind": "womens",
        "name_th": "กองทุนพัฒนาบทบาทสตรี ตำบลเมืองศรีไค",
        "name_en": "Women's fund of Mueang Si Khai",
        "area_code": TAMBON,
        "founded_on": "2012-10-01",
    }
    post_new(office, "/v1/funds", [fund], advance, area=TAMBON)
    capital = {
        "id": fixed_id("capital", TAMBON),
        "contributed_on": since.isoformat(),
        "amount": _CAPITAL,
        "origin": "state",
        "held_as": "bank",
        "document_no": "พช 0409/2500",
    }
    post_new(office, f"{HOME}/capital", [capital], advance)


def _people(house: House, *, since: date, advance: Advance) -> None:
    """Let the committee, the members and their groups be there."""
    names = women(LOANS * _GROUP_SIZE + len(_ROLES))
    users = [house.subject(WRITER), house.subject(SECOND), None, None, None]
    seats = [
        {
            "id": fixed_id("seat", at),
            "display_name": name,
            "role": role,
            "subject": user,
            "term_from": since.isoformat(),
        }
        for at, (name, role, user) in enumerate(zip(names, _ROLES, users, strict=False))
    ]
    post_new(house.person(OFFICE), f"{HOME}/committee", seats, advance)  # nobody appoints herself
    writer = house.person(WRITER)
    members = [
        {"id": fixed_id("member", at), "member_no": str(at + 1), "name": name, "joined_on": since.isoformat()}
        for at, name in enumerate(names[len(_ROLES) :])
    ]
    post_new(writer, f"{HOME}/members", members, advance)
    post_new(writer, f"{HOME}/borrower-groups", _groups(since), advance)
    post_new(writer, f"{HOME}/follow-assignments", _followed(), advance)


def _groups(since: date) -> Iterator[Row]:
    for at in range(LOANS):
        roles = enumerate(_ROLES[:1] + _ROLES[3:] * 2)
        yield {
            "id": fixed_id("group", at),
            "name": f"กลุ่มสตรี{_FOR_LOANS[at % len(_FOR_LOANS)][1]} กลุ่มที่ {at + 1}",
            "formed_on": since.isoformat(),
            "members": [
                {"member_id": fixed_id("member", at * _GROUP_SIZE + place), "role": role}
                for place, role in roles
            ],
        }


def _followed() -> Iterator[Row]:
    """Yield who of the committee answers for each group: without her it is lent nothing."""
    for at in range(LOANS):
        yield {
            "id": fixed_id("follow", at),
            "borrower_kind": "group",
            "borrower_id": fixed_id("group", at),
            "term_id": fixed_id("seat", at % len(_ROLES)),
        }


def _meetings(asked: list[Project]) -> Iterator[Row]:
    """Yield the working group's meetings, one for each round."""
    for turn, day in sorted({(one.round, one.applied_on) for one in asked}):
        held_on = day + timedelta(days=_AFTER[_FIRST])
        count = len([one for one in asked if one.round == turn])
        yield {
            "id": fixed_id("meeting", turn),
            "held_on": held_on.isoformat(),
            "kind": "committee",
            "minutes_no": f"{turn + 1}/{held_on.year + BE_OFFSET}",
            "present": 5,
            "total": 5,
            "decisions": [{"number": "1", "text": f"เห็นชอบโครงการ {count} โครงการ เสนออนุกรรมการอำเภอ"}],
        }


def _carry(house: House, project: Project, known: Row | None) -> None:
    """Take an application on from where it stands until its money is paid out."""
    writer = house.person(WRITER)
    address = f"/v1/applications/{project.id}"
    state = known["state"] if known else writer.post("/v1/applications", _application(project))["state"]
    if state == "draft":
        if project.loan:
            _prevent(writer, project)
        state = writer.post(f"{address}/submission")["state"]
    while state in {"submitted", "recommended"}:
        step = writer.get(address)["next_step"]
        body = _decision(project, step)
        decider = house.person(DECIDES[step])
        state = decider.change("POST", f"{address}/decisions", body, of=address)["state"]
    if project.loan and state in {"approved", "contracted"}:
        _pay_out(house, project, contracted=state == "contracted")
    elif state in {"approved", "paid"}:
        _give(house, project, paid=state == "paid")


def _application(project: Project) -> Row:
    amount = baht(project.amount)
    loan = {"months": 24, "instalments": 8} if project.loan else {}
    return {
        "id": project.id,
        "fund_id": FUND,
        "application_no": project.paper_no,
        "product_code": "WOMENS_REVOLVING" if project.loan else "WOMENS_GRANT",
        "borrower_kind": "group",
        "borrower_id": fixed_id("group", project.group),
        "title": project.title,
        "purpose": project.purpose,
        "amount": amount,
        "budget": [{"item": "วัสดุ อุปกรณ์ และค่าดำเนินการ", "amount": amount}],
        "applied_on": project.applied_on.isoformat(),
        **loan,
    }


def _prevent(writer: Caller, project: Project) -> None:
    """Record the six checks before lending (ป้องกัน) and the risk."""
    address = f"/v1/applications/{project.id}"
    checked = {"done_on": project.applied_on.isoformat(), "done_by": "คณะทำงานกองทุนตำบลเมืองศรีไค"}
    items = [{"item": f"P.{number}", **checked, "evidence": "บันทึกการลงพื้นที่"} for number in range(1, 7)]
    writer.change("PUT", f"{address}/checklist", {"items": items}, of=address)
    answers = {f"R.{number}": (project.number + number) % 3 // 2 for number in range(1, 7)}
    writer.change("PUT", f"{address}/risk", {"answers": answers}, of=address)


def _decision(project: Project, step: str) -> Row:
    held_on = project.applied_on + timedelta(days=_AFTER[step])
    own = {"meeting_id": fixed_id("meeting", project.round)}
    other = {
        "minutes": {"number": f"{held_on.month}/{held_on.year + BE_OFFSET}", "held_on": held_on.isoformat()}
    }
    return {
        "id": fixed_id("decision", project.number, step),
        "decision": "approve" if step == _LAST else "recommend",
        "step": step,
        "decided_on": held_on.isoformat(),
        **(own if step == _FIRST else other),
    }


def _pay_out(house: House, project: Project, *, contracted: bool) -> None:
    """Let the writer contract a loan and another person pay it out."""
    writer, loan = house.person(WRITER), fixed_id("loan", project.number)
    if not contracted:
        body = {
            "id": loan,
            "application_id": project.id,
            "contract_no": project.paper_no,
            "contract_date": (project.applied_on + timedelta(days=_CONTRACTED)).isoformat(),
            "instalments": 8,
            "every": 3,
        }
        writer.post("/v1/loans", body)
    elif writer.get(f"/v1/loans/{loan}")["state"] != "contracted":
        return
    voucher = {
        "id": fixed_id("disbursement", project.number),
        "paid_on": (project.applied_on + timedelta(days=_PAID)).isoformat(),
        "channel": "bank",
        "document_no": f"บจ {project.paper_no}",
    }
    house.person(SECOND).post(f"/v1/loans/{loan}/disbursements", voucher)


def _give(house: House, project: Project, *, paid: bool) -> None:
    """Pay a grant, show what it was used for, and let another person confirm it."""
    writer, grant = house.person(WRITER), fixed_id("grant", project.number)
    address = f"/v1/grants/{grant}"
    paid_on = project.applied_on + timedelta(days=_PAID)
    if not paid:
        body = {
            "id": grant,
            "application_id": project.id,
            "paid_on": paid_on.isoformat(),
            "paid_from": "bank",
            "document_no": f"บจ {project.paper_no}",
        }
        writer.post("/v1/grants", body)
    found = writer.get(address)
    if found["state"] != "paid":
        return
    if found["left"] != "0.00":
        use = {
            "id": fixed_id("use", project.number),
            "used_on": (paid_on + timedelta(days=30)).isoformat(),
            "item": "วัสดุ วิทยากร และค่าดำเนินการ",
            "amount": found["left"],
            "document_no": f"ใบเสร็จ {project.paper_no}",
        }
        writer.post(f"{address}/uses", use)
    house.person(SECOND).change("POST", f"{address}/confirmation", of=address)


def repay(collector: Caller, *, today: date) -> None:
    """Repay every instalment that has fallen due, on its day, as one batch of receipts."""
    items = []
    for loan in collector.every("/v1/loans", fund_id=FUND, due_until=today.isoformat()):
        detail = collector.get(f"/v1/loans/{loan['id']}")
        for row in detail["instalments"]:
            owed = satang(row["total"]) - satang(row["paid_principal"]) - satang(row["paid_interest"])
            if row["due_on"] > today.isoformat() or owed == 0:
                continue
            receipt = {
                "id": fixed_id("receipt", loan["id"], row["number"]),
                "loan_id": loan["id"],
                "receipt_no": f"{detail['contract_no']}-{row['number']}",
                "paid_on": row["due_on"],
                "amount": baht(owed),
                "channel": "cash",
            }
            items.append(receipt)
    send(collector, items)


def send(collector: Caller, items: list[Row]) -> None:
    """Send receipts as a phone does that had no signal; ValueError when one of them is refused."""
    for at in range(0, len(items), 200):
        answer = collector.post("/v1/repayments/batches", {"items": items[at : at + 200]})
        refused = [one for one in answer["results"] if one["outcome"] == "refused"]
        if refused:
            message = f"{len(refused)} receipts were refused, the first: {refused[0]['problem']}"
            raise ValueError(message)
