"""Committees over HTTP: set up, changed, dissolved; members' terms."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from shared.db import Database
from shared.testing.caller import Caller
from shared.testing.look import rows


@pytest.fixture
def registrar(officer: Caller) -> Caller:
    """Call as who keeps the committees of district 3411."""
    return officer.only({"committees:read", "committees:write"}).named("user:registrar")


def member(subject: str, **changes: Any) -> dict[str, Any]:
    return {"subject": subject, "display_name": subject, "term_from": "2025-10-01", **changes}


def body(*members: dict[str, Any], **changes: Any) -> dict[str, Any]:
    committee = {"level": "district", "area_code": "3411", "name_th": "ศจพ.อ. ตระการพืชผล"}
    return {**committee, "members": list(members), **changes}


def refused(answer: Any, status: int, code: str) -> list[str]:
    """Return the pointers of a refusal after checking what it is."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def made(registrar: Caller, *members: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await registrar.post("/v1/committees", body(*members, **changes))
    assert answer.status_code == 201, answer.text
    committee: dict[str, Any] = answer.json()
    return committee


async def test_a_committee_is_set_up_with_chair_and_secretary(registrar: Caller, database: Database) -> None:
    chair = member("user:nai-amphoe", role="chair", display_name="นายอำเภอ")
    secretary = member("user:cd-officer", role="secretary", display_name="พัฒนาการอำเภอ")
    committee_id = str(uuid4())
    committee = await made(
        registrar,
        chair,
        secretary,
        id=committee_id,
        appointment_order="อบ 17/2568",
        appointed_on="2025-10-01",
    )
    assert (committee["id"], committee["chair"], committee["secretary"]) == (
        committee_id,
        "นายอำเภอ",
        "พัฒนาการอำเภอ",
    )
    assert committee["name"] == {"th": "ศจพ.อ. ตระการพืชผล", "en": None}
    assert [one["role"] for one in committee["members"]] == ["chair", "secretary"]
    (audit,) = await rows(database, "SELECT action, actor FROM audit")
    assert tuple(audit) == ("committee.create", "user:registrar")


async def test_an_area_has_one_standing_committee_however_many_ask_at_once(registrar: Caller) -> None:
    answers = await asyncio.gather(*(registrar.post("/v1/committees", body()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refused(next(one for one in answers if one.status_code == 409), 409, "committee_exists")


async def test_a_dissolved_committee_makes_way_for_the_next(registrar: Caller) -> None:
    first = await made(registrar)
    path = f"/v1/committees/{first['id']}"
    answer = await registrar.patch(path, {"dissolved_on": "2026-01-01"}, if_match='"1"')
    assert answer.json()["dissolved_on"] == "2026-01-01"
    refused(await registrar.post(f"{path}/members", member("user:late")), 409, "committee_dissolved")
    second = await made(registrar)
    listed = (await registrar.get("/v1/committees")).json()["items"]
    assert [one["id"] for one in listed] == [second["id"]]
    with_history = (await registrar.get("/v1/committees", dissolved="true", count="true")).json()
    assert with_history["total"] == 2
    refused(await registrar.patch(path, {"dissolved_on": None}, if_match='"2"'), 409, "committee_exists")


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"area_code": "34"}, 422, "wrong_level", "/area_code"),
        ({"area_code": "3415"}, 403, "area_not_yours", "/area_code"),
        ({"level": "tambon", "area_code": "341199"}, 422, "unknown_area", "/area_code"),
        ({"level": "country"}, 422, "invalid_request", "/level"),
        ({"version": 7}, 422, "invalid_request", "/version"),
        ({"members": [member("has blank")]}, 422, "invalid_request", "/members/0/subject"),
        (
            {"members": [member("a", term_to="2025-09-30")]},
            422,
            "term_ends_before_start",
            "/members/0/term_to",
        ),
        ({"members": [member("a"), member("a")]}, 409, "term_overlaps", "/members/1/term_from"),
        (
            {"members": [member("a", role="chair"), member("b", role="chair")]},
            409,
            "seat_taken",
            "/members/1/role",
        ),
    ],
)
async def test_a_committee_that_cannot_be_is_refused_whole(
    registrar: Caller, database: Database, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    assert refused(await registrar.post("/v1/committees", body(**changes)), status, code) == [pointer]
    assert not await rows(database, "SELECT 1 FROM committees")


async def test_one_person_has_one_term_at_a_time_and_may_come_back(registrar: Caller) -> None:
    committee = await made(registrar, member("user:a", term_to="2025-12-31"))
    path = f"/v1/committees/{committee['id']}/members"
    overlapping = member("user:a", term_from="2025-12-31")
    refused(await registrar.post(path, overlapping), 409, "term_overlaps")
    again = await registrar.post(path, member("user:a", term_from="2026-01-01"))
    assert (again.status_code, again.headers["etag"]) == (201, '"2"')


async def test_the_chair_changes_hands_without_a_gap_or_an_overlap(registrar: Caller) -> None:
    committee = await made(registrar, member("user:old", role="chair"))
    path = f"/v1/committees/{committee['id']}/members"
    new = member("user:new", role="chair", term_from="2026-02-01")
    refused(await registrar.post(path, new), 409, "seat_taken")
    old = f"{path}/{committee['members'][0]['id']}"
    assert (await registrar.patch(old, {"term_to": "2026-01-31"}, if_match='"1"')).status_code == 200
    assert (await registrar.post(path, new)).status_code == 201
    refused(await registrar.patch(old, {"term_to": None}, if_match='"3"'), 409, "seat_taken")


async def test_of_two_who_appoint_a_chair_at_once_one_wins(registrar: Caller) -> None:
    path = f"/v1/committees/{(await made(registrar))['id']}/members"
    answers = await asyncio.gather(
        *(registrar.post(path, member(f"user:{name}", role="chair")) for name in "abcd")
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_changes_need_the_version_that_was_seen(registrar: Caller) -> None:
    committee = await made(registrar, member("user:a"))
    path = f"/v1/committees/{committee['id']}"
    refused(await registrar.request("PATCH", path, json={"name_th": "ใหม่"}), 428, "version_required")
    assert (await registrar.patch(path, {"name_th": "ใหม่"}, if_match='"1"')).json()["name"]["th"] == "ใหม่"
    refused(await registrar.patch(path, {"name_th": "เก่า"}, if_match='"1"'), 412, "stale_version")
    its_member = f"{path}/members/{committee['members'][0]['id']}"
    refused(await registrar.patch(its_member, {"role": "chair"}, if_match='"1"'), 412, "stale_version")
    unknown = f"{path}/members/{uuid4()}"
    answer = await registrar.patch(unknown, {"role": "chair"}, if_match='"2"')
    refused(answer, 404, "committee_member_not_found")


async def test_a_neighbours_committee_does_not_exist(registrar: Caller) -> None:
    committee = await made(registrar)
    neighbour, path = registrar.where("3415"), f"/v1/committees/{committee['id']}"
    refused(await neighbour.get(path), 404, "committee_not_found")
    refused(await neighbour.patch(path, {"name_th": "x"}, if_match='"1"'), 404, "committee_not_found")
    refused(await neighbour.post(f"{path}/members", member("user:x")), 404, "committee_not_found")
    assert (await neighbour.get("/v1/committees", count="true")).json() == {
        "items": [],
        "next": None,
        "total": 0,
    }


async def test_committees_are_listed_by_area_and_level(registrar: Caller) -> None:
    district = await made(registrar)
    tambon = await made(registrar, level="tambon", area_code="341102", name_th="ทีมปฏิบัติการตำบล")
    listed = (await registrar.get("/v1/committees")).json()["items"]
    assert [one["id"] for one in listed] == [district["id"], tambon["id"]]
    assert [one["id"] for one in (await registrar.get("/v1/committees", level="tambon")).json()["items"]] == [
        tambon["id"]
    ]
    assert (await registrar.get("/v1/committees", area="341101")).json()["items"] == []
    first = (await registrar.get("/v1/committees", limit=1)).json()
    rest = (await registrar.get("/v1/committees", limit=1, cursor=first["next"])).json()
    assert (rest["items"][0]["id"], rest["next"]) == (tambon["id"], None)


async def test_a_committee_is_not_dissolved_before_it_was_appointed(registrar: Caller) -> None:
    path = f"/v1/committees/{(await made(registrar, appointed_on='2026-01-01'))['id']}"
    answer = await registrar.patch(path, {"dissolved_on": "2025-12-31"}, if_match='"1"')
    refused(answer, 422, "dissolved_before_appointed")


async def test_an_id_made_by_the_client_is_taken_once(registrar: Caller) -> None:
    committee = await made(registrar, id=str(uuid4()))
    again = body(id=committee["id"], level="tambon", area_code="341102")
    refused(await registrar.post("/v1/committees", again), 409, "committee_exists")


@pytest.mark.parametrize("field", ["name_th", "level", "area_code"])
async def test_what_a_committee_must_have_is_not_taken_away(registrar: Caller, field: str) -> None:
    path = f"/v1/committees/{(await made(registrar))['id']}"
    assert refused(await registrar.patch(path, {field: None}, if_match='"1"'), 422, "invalid_request") == [
        f"/{field}"
    ]
