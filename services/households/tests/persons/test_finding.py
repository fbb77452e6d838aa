"""Persons found by name as people write it, and by citizen id without the id standing anywhere."""

from typing import Any
from urllib.parse import quote

import pytest

from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows

VILLAGE = "34110209"
CITIZEN_ID = "1234567890121"
PEOPLE = [
    ("นาย", "สมชาย", "ใจดี"),
    ("นาย", "สมชาติ", "ใจดี"),
    ("นาง", "จันทร์ศรี", "แก้วมณี"),
    ("น.ส.", "กาญจนา", "สมบูรณ์"),
    ("ด.ช.", "น้ำใส", "วงศ์คำ"),
]


@pytest.fixture
async def village(officer: Caller) -> None:
    """Five people in one household; the first has a citizen id."""
    members = [
        {
            "relation": "head" if at == 0 else "relative",
            "person": {
                "prefix": prefix,
                "first_name": first,
                "last_name": last,
                "birth_date": f"19{50 + at}-06-15",
                "citizen_id": CITIZEN_ID if at == 0 else None,
            },
        }
        for at, (prefix, first, last) in enumerate(PEOPLE)
    ]
    answer = await officer.post("/v1/households", {"village_code": VILLAGE, "members": members})
    assert answer.status_code == 201, answer.text


async def found(officer: Caller, name: str, **filters: Any) -> list[str]:
    answer = await officer.get("/v1/persons", name=name, **filters)
    assert answer.status_code == 200, answer.text
    return [person["first_name"] for person in answer.json()["items"]]


@pytest.mark.usefixtures("village")
@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("สมชาย ใจดี", ["สมชาย"]),
        ("นายสมชาย ใจดี", ["สมชาย"]),
        ("สมชา", ["สมชาติ", "สมชาย"]),
        ("ใจดี", ["สมชาติ", "สมชาย"]),
        ("สม", ["กาญจนา", "สมชาติ", "สมชาย"]),  # first and last names alike, in the order of names
        ("เด็กชาย น้ำใส", ["น้ำใส"]),
        ("นํ้าใส", ["น้ำใส"]),  # nikhahit and sara aa instead of sara am
        ("จันศรี", ["จันทร์ศรี"]),  # by sound
        ("กานจนา สมบูน", ["กาญจนา"]),  # by sound, both names
        ("ไม่มีใคร", []),
        ("นาย", []),  # a title alone is the beginning of no name here
    ],
)
async def test_a_name_is_found_as_people_write_it(officer: Caller, name: str, names: list[str]) -> None:
    assert await found(officer, name) == names


@pytest.mark.usefixtures("village")
@pytest.mark.parametrize("name", ["สม", "จันสี", None])
async def test_pages_of_one_person_are_the_whole_list(officer: Caller, name: str | None) -> None:
    filters = {} if name is None else {"name": name}
    whole = [person["id"] for person in (await officer.get("/v1/persons", **filters)).json()["items"]]
    paged: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await officer.get("/v1/persons", limit=1, **filters, **cursor)).json()
        paged += [person["id"] for person in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert paged == whole
    assert len(set(paged)) == len(paged)


@pytest.mark.usefixtures("village")
async def test_a_neighbour_finds_nobody_by_name_sound_or_citizen_id(officer: Caller) -> None:
    neighbour = officer.where("3419")
    for name in ("สมชาย", "จันศรี"):
        assert await found(neighbour, name) == []
    answer = await neighbour.post("/v1/persons/lookup", {"citizen_id": CITIZEN_ID})
    assert (answer.status_code, answer.json()["code"]) == (404, "person_not_found")


@pytest.mark.usefixtures("village")
@pytest.mark.parametrize("spelt", [CITIZEN_ID, "1-2345-67890-12-1", "๑-๒๓๔๕-๖๗๘๙๐-๑๒-๑"])
async def test_a_citizen_id_is_looked_up_however_it_is_spelt_and_answered_masked(
    officer: Caller, spelt: str
) -> None:
    answer = await officer.post("/v1/persons/lookup", {"citizen_id": spelt})
    assert answer.json()["first_name"] == "สมชาย"
    assert answer.json()["citizen_id"] == "x-xxxx-xxxxx-12-1"
    assert CITIZEN_ID not in answer.text


@pytest.mark.usefixtures("village")
async def test_the_full_citizen_id_needs_scope_and_purpose_and_is_audited(
    officer: Caller, database: Database
) -> None:
    person = (await officer.get("/v1/persons", name="สมชาย")).json()["items"][0]
    path = f"/v1/persons/{person['id']}?full=true"
    assert (await officer.request("GET", path)).json()["code"] == "scope_missing"
    trusted = officer.may("pii:read")
    assert (await trusted.request("GET", path)).json()["code"] == "purpose_required"
    purpose = "ตรวจสิทธิ์สวัสดิการ"
    answer = await trusted.request("GET", path, headers={"Purpose": quote(purpose)})
    assert (answer.json()["citizen_id"], answer.json()["birth_date"]) == (CITIZEN_ID, "1950-06-15")
    (row,) = await rows(database, "SELECT * FROM audit WHERE action = 'person.read_full'")
    assert row["purpose"] == purpose
    assert [str(subject) for subject in row["subjects"]] == [person["id"]]


@pytest.mark.usefixtures("village")
async def test_a_list_of_persons_leaves_one_audit_row_naming_those_shown(
    officer: Caller, database: Database
) -> None:
    shown = (await officer.get("/v1/persons", limit=2)).json()["items"]
    (row,) = await rows(database, "SELECT subjects FROM audit WHERE action = 'person.list'")
    assert [str(subject) for subject in row["subjects"]] == [person["id"] for person in shown]


@pytest.mark.usefixtures("village")
async def test_a_corrected_name_is_found_and_the_old_one_is_not(officer: Caller) -> None:
    person = (await officer.get("/v1/persons", name="สมชาย")).json()["items"][0]
    path = f"/v1/persons/{person['id']}"
    answer = await officer.patch(path, {"first_name": "ประเสริฐ"}, if_match='"1"')
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert await found(officer, "ประเสริด") == ["ประเสริฐ"]
    assert await found(officer, "สมชาย ใจดี") == []
    (change,) = (await officer.get(f"{path}/history")).json()["items"]
    assert change["detail"] == {"first_name": ["สมชาย", "ประเสริฐ"]}


@pytest.mark.usefixtures("village")
@pytest.mark.parametrize(
    ("patch", "code"),
    [
        ({"citizen_id": CITIZEN_ID}, "unknown_field"),
        ({"village_code": "34190101"}, "unknown_field"),
        ({"died_on": "2026-01-01"}, "unknown_field"),
        ({"first_name": None}, "wrong_type"),
        ({"first_name": "!!"}, "not_a_name"),
        ({"sex": "X"}, "not_allowed"),
        ({"birth_date": "2149-01-01"}, "birth_in_future"),
        ({"birth_date": "1799-01-01"}, "year_out_of_range"),
    ],
)
async def test_what_a_correction_cannot_set(officer: Caller, patch: dict[str, Any], code: str) -> None:
    person = (await officer.get("/v1/persons", name="สมชาย")).json()["items"][0]
    answer = await officer.patch(f"/v1/persons/{person['id']}", patch, if_match='"1"')
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == [code]
