"""Steps of cases over HTTP: found in the field, verified, proposed, withdrawn, opened anew."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from shared.db import Database
from shared.testing.look import rows

Story = Any  # the fixture of conftest.py


def refused(answer: Any, status: int, code: str) -> list[str]:
    """Return the pointers of a refusal after checking what it is."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return [error["pointer"] for error in answer.json().get("errors", [])]


async def test_a_household_outside_the_feed_is_found_in_the_field(story: Story) -> None:
    household_id, case_id = await story.household(), str(uuid4())
    body = {"id": case_id, "household_id": household_id, "origin": "field", "found_reason": "บ้านพัง"}
    answer = await story.team.post("/v1/cases", body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/cases/{case_id}"
    assert answer.headers["etag"] == '"1"'
    case = answer.json()
    assert (case["origin"], case["state"], case["edition_id"]) == ("field", "found", None)
    assert case["found_reason"] == "บ้านพัง"


async def test_a_household_has_one_open_case_however_many_ask_at_once(
    story: Story, database: Database
) -> None:
    household_id = await story.household()
    answers = await asyncio.gather(
        *(story.team.post("/v1/cases", {"household_id": household_id}) for _ in range(6))
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"case_already_open"}
    assert len(await rows(database, "SELECT 1 FROM case_transitions")) == 1


async def test_a_closed_case_gives_way_to_a_new_one_but_not_back(story: Story) -> None:
    case_id = await story.found()
    household_id = (await story.team.get(f"/v1/cases/{case_id}")).json()["household_id"]
    await story.team.post(f"/v1/cases/{case_id}/withdrawal", {"reason": "refused"})
    assert (await story.team.post("/v1/cases", {"household_id": household_id})).status_code == 201
    again = await story.team.post(f"/v1/cases/{case_id}/reopening", {"reason": "เปลี่ยนใจ"})
    refused(again, 409, "case_already_open")


@pytest.mark.parametrize(
    ("change", "status", "code", "pointer"),
    [
        ({"household_id": str(uuid4())}, 422, "unknown_household", "/household_id"),
        ({"origin": "feed"}, 422, "edition_required", "/edition_id"),
        ({"edition_id": str(uuid4())}, 422, "edition_not_for_field", "/edition_id"),
        ({"origin": "feed", "edition_id": str(uuid4())}, 422, "unknown_edition", "/edition_id"),
        ({"origin": "heaven"}, 422, "invalid_request", "/origin"),
        ({"state": "certified"}, 422, "invalid_request", "/state"),
        ({"village_code": "34110209"}, 422, "invalid_request", "/village_code"),
    ],
)
async def test_a_case_that_cannot_be_opened_is_refused_with_the_reason(
    story: Story, change: dict[str, str], status: int, code: str, pointer: str
) -> None:
    body = {"household_id": await story.household(), **change}
    assert refused(await story.team.post("/v1/cases", body), status, code) == [pointer]


async def test_a_neighbours_household_is_unknown(story: Story) -> None:
    household_id = await story.household("34150101")
    refused(await story.team.post("/v1/cases", {"household_id": household_id}), 422, "unknown_household")


async def test_what_the_team_found_is_kept_with_the_case(story: Story) -> None:
    case_id = await story.found()
    facts = {"lives_here": True, "income_per_person": "24500.00", "able_to_work": 2, "welfare_card": True}
    body = {"developable": True, "notes": "อยากเลี้ยงไก่", "facts": facts}
    answer = await story.team.post(f"/v1/cases/{case_id}/verification", body)
    case = answer.json()
    assert (case["state"], case["facts"], case["notes"]) == ("verified", facts, "อยากเลี้ยงไก่")
    assert case["verified_by"] == "user:team"


async def test_who_is_not_developable_is_referred_to_welfare_and_not_proposed(story: Story) -> None:
    case_id = await story.found()
    answer = await story.team.post(f"/v1/cases/{case_id}/verification", {"developable": False})
    assert answer.json()["state"] == "welfare_only"
    refused(await story.team.post("/v1/cases/proposals", {"case_ids": [case_id]}), 409, "wrong_state")


async def test_many_households_are_verified_and_proposed_at_once(story: Story) -> None:
    cases = [await story.found() for _ in range(3)]
    body = {"verifications": [{"case_id": one, "developable": True} for one in cases]}
    verified = (await story.team.post("/v1/cases/verifications", body)).json()["items"]
    assert [(one["id"], one["state"], one["version"]) for one in verified] == [
        (one, "verified", 2) for one in cases
    ]
    proposed = (await story.team.post("/v1/cases/proposals", {"case_ids": cases})).json()["items"]
    assert {one["state"] for one in proposed} == {"proposed"}


async def test_a_bulk_request_with_one_wrong_case_changes_none(story: Story) -> None:
    good, unverified = await story.verified(), await story.found()
    answer = await story.team.post("/v1/cases/proposals", {"case_ids": [good, unverified]})
    assert refused(answer, 409, "wrong_state") == ["/case_ids/1"]
    answer = await story.team.post("/v1/cases/proposals", {"case_ids": [good, str(uuid4()), unverified]})
    assert set(refused(answer, 409, "cases_refused")) == {"/case_ids/1", "/case_ids/2"}
    answer = await story.team.post("/v1/cases/proposals", {"case_ids": [good, good]})
    assert refused(answer, 422, "case_twice") == ["/case_ids/1"]
    assert await story.state(good) == "verified"


async def test_what_is_proposed_is_not_rejected_in_the_field(story: Story) -> None:
    proposed, found = await story.proposed(), await story.found()
    refused(await story.team.post(f"/v1/cases/{proposed}/rejection", {"reason": "x"}), 409, "wrong_state")
    answer = await story.team.post(f"/v1/cases/{found}/rejection", {"reason": "ไม่ยากจน"})
    assert (answer.json()["state"], answer.json()["reason"]) == ("rejected", "ไม่ยากจน")
    refused(await story.team.post(f"/v1/cases/{found}/appeal", {"reason": "x"}), 409, "not_appealable")


async def test_a_withdrawn_household_is_off_the_register_and_others_hear_of_it(
    story: Story, database: Database
) -> None:
    case_id = await story.certified()
    answer = await story.team.post(f"/v1/cases/{case_id}/withdrawal", {"reason": "refused"})
    assert answer.json()["state"] == "withdrawn"
    (event,) = await rows(
        database, "SELECT sequence, data FROM outbox WHERE type = 'households.case.withdrawn.v1'"
    )
    assert (event["sequence"], event["data"]["reason"]) == (answer.json()["version"], "refused")


async def test_a_case_opened_anew_begins_with_nothing_decided(story: Story) -> None:
    case_id = await story.certified()
    await story.team.post(f"/v1/cases/{case_id}/withdrawal", {"reason": "moved"})
    case = (await story.team.post(f"/v1/cases/{case_id}/reopening", {"reason": "กลับมา"})).json()
    assert case["state"] == "found"
    decided = ("developable", "proposed_by", "committee_id", "resolution_id", "certified_on", "verified_by")
    assert {name: case[name] for name in decided} == dict.fromkeys(decided)


async def test_a_certified_household_is_planned_for_assisted_and_followed_in_this_order(story: Story) -> None:
    case_id = await story.certified()
    path = f"/v1/cases/{case_id}/progress"
    refused(await story.team.post(path, {"to": "assisted"}), 409, "wrong_state")
    for to in ("planned", "assisted", "followed", "assisted", "followed"):
        assert (await story.team.post(path, {"to": to})).json()["state"] == to


async def test_nobody_graduates_without_a_survey_that_says_so(story: Story) -> None:
    case_id = await story.certified()
    refused(await story.team.post(f"/v1/cases/{case_id}/graduation", {}), 409, "wrong_state")
    for to in ("planned", "assisted", "followed"):
        await story.team.post(f"/v1/cases/{case_id}/progress", {"to": to})
    refused(await story.team.post(f"/v1/cases/{case_id}/graduation", {}), 409, "still_poor")


@pytest.mark.parametrize(
    "step", ["verification", "rejection", "withdrawal", "reopening", "appeal", "progress"]
)
async def test_a_neighbours_case_does_not_exist(story: Story, step: str) -> None:
    case_id = await story.found()
    bodies: dict[str, Any] = {"verification": {"developable": True}, "withdrawal": {"reason": "moved"}}
    body = bodies.get(step, {"to": "planned"} if step == "progress" else {"reason": "x"})
    answer = await story.team.where("3415").post(f"/v1/cases/{case_id}/{step}", body)
    refused(answer, 404, "case_not_found")
    assert await story.state(case_id) == "found"


async def test_lists_are_narrowed_paged_and_counted(story: Story) -> None:
    found = [await story.found(village) for village in ("34110209", "34110101", "34110209")]
    verified = await story.verified()
    mine = story.team.where("3411")
    listed = (await mine.get("/v1/cases", count="true")).json()
    assert listed["total"] == 4
    assert [one["village_code"] for one in listed["items"]] == ["34110101"] + ["34110209"] * 3
    narrowed = (await mine.get("/v1/cases", state="verified")).json()["items"]
    assert [one["id"] for one in narrowed] == [verified]
    below = (await mine.get("/v1/cases", area="341101")).json()["items"]
    assert [one["id"] for one in below] == [found[1]]
    assert not (await mine.get("/v1/cases", origin="feed")).json()["items"]
    pages, cursor = [], None
    while True:
        given = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = (await mine.get("/v1/cases", **given)).json()
        pages.append([one["id"] for one in page["items"]])
        cursor = page["next"]
        if cursor is None:
            break
    assert [len(page) for page in pages] == [3, 1]
    assert sorted(one for page in pages for one in page) == sorted([*found, verified])


async def test_a_copy_asks_for_what_changed_since(story: Story) -> None:
    first = await story.found()
    seen = (await story.team.get(f"/v1/cases/{first}")).json()["updated_at"]
    second = await story.found()
    later = (await story.team.get(f"/v1/cases/{second}")).json()["updated_at"]
    changed = (await story.team.get("/v1/cases", updated_since=later)).json()["items"]
    assert [one["id"] for one in changed] == [second]
    assert len((await story.team.get("/v1/cases", updated_since=seen)).json()["items"]) == 2


async def test_the_list_shows_no_notes_and_reading_one_leaves_an_audit_row(
    story: Story, database: Database
) -> None:
    case_id = await story.found()
    await story.team.post(f"/v1/cases/{case_id}/verification", {"developable": True, "notes": "ลับ"})
    assert "ลับ" not in (await story.team.get("/v1/cases")).text
    before = await rows(database, "SELECT 1 FROM audit WHERE action = 'case.read'")
    await story.team.get(f"/v1/cases/{case_id}")
    after = await rows(database, "SELECT subjects, actor FROM audit WHERE action = 'case.read'")
    assert len(after) == len(before) + 1
    assert (str(after[-1]["subjects"][0]), after[-1]["actor"]) == (case_id, "user:team")


async def test_every_step_leaves_an_audit_row(story: Story, database: Database) -> None:
    case_id = await story.certified()
    actions = await rows(
        database, "SELECT action FROM audit WHERE $1 = ANY (subjects) ORDER BY position", case_id
    )
    steps = [row["action"] for row in actions]
    assert steps == ["case.open", "case.verify", "case.propose", "case.certify"]


async def test_the_history_cannot_be_changed_not_even_by_the_service(
    story: Story, database: Database
) -> None:
    await story.certified()
    for statement in (
        "UPDATE case_transitions SET actor = 'user:other'",
        "DELETE FROM case_transitions",
        "UPDATE decisions SET decision = 'rejected'",
        "DELETE FROM resolutions",
    ):
        with pytest.raises(Exception, match="permission denied"):
            await rows(database, statement)


async def test_an_id_made_by_the_client_is_taken_once(story: Story) -> None:
    case_id = str(uuid4())
    for household, status in ((await story.household(), 201), (await story.household(), 409)):
        answer = await story.team.post("/v1/cases", {"id": case_id, "household_id": household})
        assert answer.status_code == status, answer.text
    assert answer.json()["code"] == "case_exists"


async def test_the_same_request_again_gets_the_stored_answer(story: Story) -> None:
    body = {"household_id": await story.household()}
    key = {"Idempotency-Key": "phone-7-sent-twice"}
    first = await story.team.post("/v1/cases", body, **key)
    again = await story.team.post("/v1/cases", body, **key)
    assert (first.status_code, first.json()) == (201, again.json())
    assert again.status_code == 201
    other = await story.team.post("/v1/cases", {"household_id": await story.household()}, **key)
    refused(other, 422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/cases/proposals", {"case_ids": []}, "/case_ids"),
        ("/v1/cases/proposals", {"case_ids": ["not-an-id"]}, "/case_ids/0"),
        ("/v1/cases/verifications", {"verifications": [{"developable": True}]}, "/verifications/0/case_id"),
        ("/v1/cases/{id}/verification", {"developable": "perhaps"}, "/developable"),
        (
            "/v1/cases/{id}/verification",
            {"developable": True, "facts": {"income_per_person": 24500}},
            "/facts/income_per_person",
        ),
        (
            "/v1/cases/{id}/verification",
            {"developable": True, "facts": {"able_to_work": -1}},
            "/facts/able_to_work",
        ),
        ("/v1/cases/{id}/withdrawal", {"reason": "bored"}, "/reason"),
        ("/v1/cases/{id}/rejection", {"reason": "  "}, "/reason"),
        ("/v1/cases/{id}/rejection", {}, "/reason"),
        ("/v1/cases/{id}/progress", {"to": "graduated"}, "/to"),
        ("/v1/cases/{id}/appeal", {"reason": "x" * 501}, "/reason"),
    ],
)
async def test_a_body_that_does_not_fit_is_refused_where_it_does_not(
    story: Story, path: str, body: dict[str, Any], pointer: str
) -> None:
    answer = await story.team.post(path.format(id=await story.found()), body)
    assert refused(answer, 422, "invalid_request") == [pointer]


@pytest.mark.parametrize(
    "written", ["1234567890121", "1-2345-67890-12-1", "เลข ๑๒๓๔๕๖๗๘๙๐๑๒๑ ครับ", "1 2345 67890 12 1"]
)
async def test_a_note_is_no_place_for_a_citizen_id(story: Story, written: str) -> None:
    case_id = await story.found()
    body = {"developable": True, "notes": f"บัตรประชาชน {written}"}
    answer = await story.team.post(f"/v1/cases/{case_id}/verification", body)
    assert refused(answer, 422, "invalid_request") == ["/notes"]
    assert answer.json()["errors"][0]["code"] == "citizen_id_in_text"
    assert written not in answer.text
    answer = await story.team.post(f"/v1/cases/{case_id}/rejection", {"reason": written})
    assert refused(answer, 422, "invalid_request") == ["/reason"]


async def test_a_phone_or_an_order_number_may_stand_in_a_note(story: Story) -> None:
    case_id = await story.found()
    body = {"developable": True, "notes": "โทร 081-234-5678 คำสั่ง 1234567890123"}
    assert (await story.team.post(f"/v1/cases/{case_id}/verification", body)).status_code == 200
