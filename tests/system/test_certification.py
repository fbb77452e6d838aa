"""A household becomes a target household by its district's committee, and funds learns of it by an event."""

import pytest

from shared import clock
from tools.demo import committee, feed
from tools.demo.api import House, Refused, wait_for
from tools.demo_data.edition import generate

DISTRICT, TAMBON = "3415", "341501"
COUNT = 2


@pytest.fixture(scope="module")
def edition(house: House, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Import a generated survey of a district; return its id."""
    folder = tmp_path_factory.mktemp("edition")
    generate(folder, households=400, provinces=[TAMBON], year=2567)
    edition_id = feed.open_edition(house.client, year=2567, source="certification")
    for name in feed.FILES:
        feed.send_file(house.client, edition_id, folder / name)
    feed.import_edition(house.client, edition_id)
    return edition_id


@pytest.fixture
def proposed(house: House, edition: str) -> list[str]:
    """Return cases that the tambon's officer just proposed."""
    return committee.propose(house, edition_id=edition, tambon=TAMBON, count=COUNT)


@pytest.fixture
def certified(house: House, proposed: list[str]) -> list[str]:
    """Return the cases once the committee has certified them."""
    today = clock.business_date(clock.now())
    meeting = committee.hold_meeting(
        house, committee.set_up(house, district=DISTRICT, since=today.replace(day=1)), held_on=today
    )
    committee.resolve(house, meeting, proposed)
    return proposed


def test_who_proposes_does_not_certify(house: House, proposed: list[str]) -> None:
    officer = house.person(committee.OFFICER)
    body = {"resolution_no": "1", "decisions": [{"case_id": proposed[0], "decision": "certified"}]}
    with pytest.raises(Refused) as refused:
        officer.post(f"/v1/meetings/{proposed[0]}/resolutions", body)
    assert refused.value.status == 403


def test_a_meeting_without_a_quorum_certifies_nobody(house: House, proposed: list[str]) -> None:
    today = clock.business_date(clock.now())
    standing = committee.set_up(house, district=DISTRICT, since=today.replace(day=1))
    chair = house.person(committee.CHAIR)
    body = {
        "committee_id": standing["id"],
        "held_on": today.isoformat(),
        "place": "ศาลากลางบ้าน",
        "minutes_number": f"ไม่ครบองค์ {proposed[0][-6:]}",
        "present": [standing["members"][0]["id"]],
    }
    meeting = chair.post("/v1/meetings", body)
    chair.post(f"/v1/meetings/{meeting['id']}/opening")
    with pytest.raises(Refused) as refused:
        committee.resolve(house, meeting, proposed[:1])
    assert (refused.value.status, refused.value.code) == (409, "quorum_missing")


def test_the_committee_certifies_and_funds_learns_of_it(house: House, certified: list[str]) -> None:
    for case in certified:
        found = house.client.get(f"/v1/cases/{case}")
        assert (found["state"], found["certified_on"] is not None) == ("certified", True)

    def known() -> bool:
        page = house.client.every("/v1/funds/eligible-households", area=TAMBON)
        return {one["case_id"] for one in page} >= set(certified)

    assert wait_for(known, what="funds to learn of the certified households")


def test_a_case_does_not_exist_for_a_neighbour(house: House, certified: list[str]) -> None:
    assert house.person("province34").get(f"/v1/cases/{certified[0]}")["state"] == "certified"
    cases = house.client.every("/v1/cases", area=TAMBON)
    elsewhere = next(case["id"] for case in cases if case["village_code"] != "34150101")
    with pytest.raises(Refused) as refused:
        house.person("village34150101").get(f"/v1/cases/{elsewhere}")
    assert refused.value.status == 404


def test_a_withdrawn_case_leaves_the_fund_s_list(house: House, certified: list[str]) -> None:
    case = certified[-1]
    house.client.post(f"/v1/cases/{case}/withdrawal", {"reason": "refused"})

    def gone() -> bool:
        page = house.client.every("/v1/funds/eligible-households", area=TAMBON)
        return case not in {one["case_id"] for one in page}

    assert wait_for(gone, what="funds to learn of the withdrawal")


def test_the_story_is_in_the_case_s_history(house: House, certified: list[str]) -> None:
    steps = [one["step"] for one in house.client.get(f"/v1/cases/{certified[0]}/transitions")["items"]]
    assert [step for step in steps if step in {"verify", "propose", "certify"}] == [
        "verify",
        "propose",
        "certify",
    ]
