"""What editions do to the registry: moves, older editions, heads, leavers, events, approval."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from households.feeds import applying
from households.feeds.events import EditionImported, HouseholdStatusChanged
from households.feeds.importing import Import, run_import
from households.registry.events import HouseholdMoved, HouseholdRegistered
from shared.citizen import load_keys
from shared.db import driver
from shared.events import Event
from tools.demo_data import generate

from .conftest import NOW, Desk, expected, idle, sample

HOUSE = b"34110000000"
EVENTS: dict[str, type[Event]] = {
    cls.type: cls for cls in (HouseholdRegistered, HouseholdMoved, HouseholdStatusChanged, EditionImported)
}


def of_year(files: dict[str, bytes], year: int) -> dict[str, bytes]:
    """Return an edition as that of another year."""
    return {**files, "households.csv": files["households.csv"].replace(b"\n2565,", b"\n%d," % year)}


async def events(desk: Desk) -> list[tuple[str, Any, int, Event]]:
    rows = await desk.fetch(
        "SELECT type, subject, sequence, data::text AS data FROM outbox ORDER BY position"
    )
    return [
        (r["type"], r["subject"], r["sequence"], EVENTS[r["type"]].model_validate_json(r["data"]))
        for r in rows
    ]


async def test_events_are_what_their_classes_say_and_in_the_order_of_versions(desk: Desk) -> None:
    edition = await desk.edition(2565)
    result = await desk.import_files(edition, sample("clean"))
    told = await events(desk)
    registered = [event for kind, _, _, event in told if kind == HouseholdRegistered.type]
    changed = [event for kind, _, _, event in told if kind == HouseholdStatusChanged.type]
    assert len(registered) == 400
    assert len(changed) == result["poor_households"]
    assert sum(event.survey_poor for event in changed) == result["survey_poor"]  # type: ignore[attr-defined]
    last: dict[Any, int] = {}
    for _, subject, sequence, _ in told:
        assert sequence > last.get(subject, 0)
        last[subject] = sequence
    versions = await desk.fetch("SELECT id, version FROM households")
    assert all(last[row["id"]] == row["version"] for row in versions)


async def test_a_household_in_another_village_has_moved_and_its_people_with_it(desk: Desk) -> None:
    await desk.import_files(await desk.edition(2565), sample("clean"))
    files = of_year(sample("clean"), 2566)
    files["households.csv"] = files["households.csv"].replace(
        HOUSE + b",308/8,34110209", HOUSE + b",308/8,34150203"
    )
    result = await desk.import_files(await desk.edition(2566), files)
    assert result["changes"]["households_moved"] == 1
    (moved,) = [event for kind, _, _, event in await events(desk) if kind == HouseholdMoved.type]
    assert (moved.from_village_code, moved.village_code) == ("34110209", "34150203")  # type: ignore[attr-defined]
    villages = await desk.fetch(
        "SELECT DISTINCT p.village_code FROM persons p JOIN memberships m ON m.person_id = p.id "
        "JOIN households h ON h.id = m.household_id WHERE h.house_id = '34110000000' AND m.valid_to IS NULL"
    )
    assert [row["village_code"] for row in villages] == ["34150203"]
    assert await desk.value("SELECT count(*) FROM registry_changes WHERE kind = 'moved'") == 1


async def test_the_same_facts_a_year_later_tell_of_no_change(desk: Desk) -> None:
    await desk.import_files(await desk.edition(2565), sample("clean"))
    before = await desk.value("SELECT count(*) FROM outbox")
    await desk.import_files(await desk.edition(2566), of_year(sample("clean"), 2566))
    told = (await events(desk))[before:]
    assert [kind for kind, _, _, _ in told] == [EditionImported.type]


async def test_an_older_edition_is_stored_and_overwrites_nothing_newer(desk: Desk) -> None:
    await desk.import_files(await desk.edition(2566), of_year(sample("clean"), 2566))
    older = of_year(sample("clean"), 2564)
    households, persons = older["households.csv"], older["persons.csv"]
    older["households.csv"] = households.replace(HOUSE + b",308/8,34110209", HOUSE + b",1,34150203")
    older["persons.csv"] = persons.replace("สมชาย,ใจดี,M,1964".encode(), "สมหมาย,ใจดี,M,1964".encode())
    edition = await desk.edition(2564)
    result = await desk.import_files(edition, older)
    assert result["households_accepted"] == 400
    assert (
        await desk.value("SELECT village_code FROM households WHERE house_id = '34110000000'") == "34110209"
    )
    assert await desk.value("SELECT count(*) FROM persons WHERE first_name = 'สมหมาย'") == 0
    assert await desk.value(
        "SELECT e.village_code FROM edition_households e JOIN households h ON h.id = e.household_id "
        "WHERE h.house_id = '34110000000' AND e.edition_id = $1",
        edition,
    ) == "34150203"  # fmt: skip
    assert HouseholdMoved.type not in {kind for kind, _, _, _ in await events(desk)}


async def test_the_next_edition_writes_only_the_persons_of_whom_something_differs(desk: Desk) -> None:
    await desk.import_files(await desk.edition(2565), sample("clean"))
    files = of_year(sample("clean"), 2566)
    files["persons.csv"] = files["persons.csv"].replace(
        "สมชาย,ใจดี,M,1964".encode(), "สมหมาย,ใจดี,M,1964".encode()
    )
    result = await desk.import_files(await desk.edition(2566), files)
    assert result["persons_accepted"] == 1463
    assert result["changes"]["persons_changed"] == 1
    rows = await desk.fetch("SELECT first_name FROM persons WHERE version = 2")
    assert [row["first_name"] for row in rows] == ["สมหมาย"]


async def test_what_a_newer_edition_only_confirmed_an_older_one_cannot_change(desk: Desk) -> None:
    edition = await desk.edition(2565)
    await desk.import_files(edition, sample("clean"))
    await desk.import_files(await desk.edition(2566), of_year(sample("clean"), 2566))
    files = sample("clean")
    persons = files["persons.csv"].replace("สมชาย,ใจดี,M,1964".encode(), "สมหมาย,ใจดี,M,1964".encode())
    files["persons.csv"] = persons.replace(b"34110000000,4100772837831", b"34110000001,4100772837831")
    result = await desk.import_files(edition, files)
    assert result["changes"]["persons_changed"] == 0
    assert await desk.value("SELECT count(*) FROM persons WHERE first_name = 'สมหมาย'") == 0
    assert await desk.value("SELECT count(*) FROM memberships WHERE valid_to IS NOT NULL") == 0


async def test_a_correction_that_moves_a_person_alone_moves_her_village_too(desk: Desk) -> None:
    edition = await desk.edition(2565)
    files = sample("clean")
    moved = HOUSE + b",308/8,34110209"
    files["households.csv"] = files["households.csv"].replace(moved, HOUSE + b",308/8,34150203")
    await desk.import_files(edition, files)
    files["persons.csv"] = files["persons.csv"].replace(
        b"34110000000,4100772837831", b"34110000001,4100772837831"
    )
    result = await desk.import_files(edition, files)
    assert result["changes"]["persons_changed"] == 0
    apart = (
        "SELECT count(*) FROM persons p JOIN memberships m ON m.person_id = p.id AND m.valid_to IS NULL "
        "JOIN households h ON h.id = m.household_id WHERE p.village_code <> h.village_code"
    )
    assert await desk.value(apart) == 0


async def test_a_person_in_another_household_leaves_the_one_before(desk: Desk) -> None:
    await desk.import_files(await desk.edition(2565), sample("clean"))
    files = of_year(sample("clean"), 2566)
    files["persons.csv"] = files["persons.csv"].replace(
        b"34110000000,4100772837831", b"34110000001,4100772837831"
    )
    await desk.import_files(await desk.edition(2566), files)
    rows = await desk.fetch(
        "SELECT h.house_id, m.end_reason FROM memberships m JOIN households h ON h.id = m.household_id "
        "WHERE m.person_id IN (SELECT person_id FROM memberships WHERE end_reason = 'moved') "
        "ORDER BY m.valid_from, 1"
    )
    assert [(row["house_id"], row["end_reason"]) for row in rows] == [
        ("34110000000", "moved"),
        ("34110000001", None),
    ]


async def test_a_new_head_takes_the_place_of_the_one_before(desk: Desk) -> None:
    await desk.import_files(await desk.edition(2565), sample("clean"))
    files = of_year(sample("clean"), 2566)
    persons = files["persons.csv"].replace(b"F,1974-02-05,grandchild", b"F,1974-02-05,head", 1)
    files["persons.csv"] = persons.replace(b"M,1964-05-11,head", b"M,1964-05-11,relative", 1)
    await desk.import_files(await desk.edition(2566), files)
    rows = await desk.fetch(
        "SELECT m.relation, p.birth_date::text FROM memberships m JOIN households h ON h.id = m.household_id "
        "JOIN persons p ON p.id = m.person_id WHERE h.house_id = '34110000000' AND m.relation = 'head'"
    )
    assert [tuple(row) for row in rows] == [("head", "1974-02-05")]


async def test_a_second_head_of_a_household_is_a_rejected_row(desk: Desk) -> None:
    files = sample("clean")
    files["persons.csv"] = files["persons.csv"].replace(b"F,1974-02-05,grandchild", b"F,1974-02-05,head", 1)
    edition = await desk.edition(2565)
    result = await desk.import_files(edition, files)
    assert await desk.errors(edition) == [("persons", 2, "relation", "duplicate_head")]
    assert result["persons_accepted"] == 1462


async def test_only_changed_rows_are_written(desk: Desk) -> None:
    edition = await desk.edition(2565)
    await desk.import_files(edition, sample("clean"))
    ids = "SELECT person_id FROM edition_persons WHERE xmin::text = $1::text"
    before = await desk.value("SELECT max(xmin::text) FROM edition_persons")
    files = sample("clean")
    files["persons.csv"] = files["persons.csv"].replace(
        b"F,1974-02-05,grandchild,field_crop", b"F,1974-02-05,grandchild,rice"
    )
    result = await desk.import_files(edition, files)
    assert len(await desk.fetch(ids, before)) == 1462
    assert result["changes"]["rows_unchanged"] == 400 + 1462
    assert await desk.value("SELECT count(*) FROM edition_persons WHERE occupation = 'rice'") == 135


async def test_unknown_villages_of_known_tambons_are_registered(desk: Desk) -> None:
    await desk.import_files(await desk.edition(2565), sample("clean"))
    names = await desk.fetch("SELECT name_th FROM areas WHERE code = '34110209'")
    assert [row["name_th"] for row in names] == ["หมู่ที่ 9"]


async def test_every_name_can_be_found_by_its_sound(desk: Desk) -> None:
    await desk.import_files(await desk.edition(2565), sample("clean"))
    missing = "SELECT count(*) FROM persons p WHERE NOT EXISTS (SELECT FROM name_sounds WHERE name_key = {})"
    assert await desk.value(missing.format("p.first_name_key")) == 0
    assert await desk.value(missing.format("p.last_name_key")) == 0


async def test_citizen_ids_are_stored_encrypted_and_open_with_the_keys(desk: Desk) -> None:
    await desk.import_files(await desk.edition(2565), sample("clean"))
    keys = load_keys(desk.secrets)
    rows = await desk.fetch("SELECT id, citizen_id_enc, citizen_id_index FROM persons LIMIT 20")
    for row in rows:
        opened = keys.cipher.decrypt(row["citizen_id_enc"], table="persons", row=row["id"])
        assert keys.index.index(opened) == row["citizen_id_index"]


async def test_a_bulk_load_builds_the_very_indexes_it_dropped(desk: Desk) -> None:
    defined = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'households' ORDER BY indexname"
    before = [row["indexdef"] for row in await desk.fetch(defined)]
    async with desk.database.transaction() as session:
        connection = await driver(session)
        await connection.execute("SELECT begin_bulk_load()")
        dropped = [row["indexdef"] for row in await connection.fetch(defined)]
        await connection.execute("SELECT end_bulk_load(), analyze_editions()")
    assert len(before) - len(dropped) == 18
    filled = "households|persons|memberships|edition_households|edition_persons"
    assert not [index for index in dropped if re.search(rf" ON households\.({filled}) ", index)]
    assert [row["indexdef"] for row in await desk.fetch(defined)] == before


async def test_a_large_first_edition_comes_out_the_same_by_bulk_load(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "_BULK", 100)
    result = await desk.import_files(await desk.edition(2565), sample("clean"))
    wanted = expected("clean")["results"]
    assert {name: result[name] for name in wanted} == wanted


async def test_an_import_that_ends_half_way_leaves_nothing(desk: Desk) -> None:
    edition = await desk.edition(2565)
    await desk.send(edition, sample("clean"))

    async def dies(_done: int, _total: int | None) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await desk.run(edition, progress=dies)
    for table in ("households", "persons", "memberships", "edition_persons", "poverty_counts", "outbox"):
        assert await desk.value(f"SELECT count(*) FROM {table}") == 0
    assert (await desk.run(edition))["households_accepted"] == 400


async def statements_of(desk: Desk, edition: UUID) -> int:
    """Import and return how many statements it took."""
    seen: list[str] = []

    def note(query: Any) -> None:
        seen.append(query.query)

    async with desk.database.transaction() as session:
        connection = await driver(session)
        connection.add_query_logger(note)
        task = Import(edition)
        await run_import(session, desk.files, desk.secrets, task, progress=idle, now=NOW)
        connection.remove_query_logger(note)
    return len(seen)


async def test_three_times_the_rows_take_no_more_statements(desk: Desk, tmp_path: Path) -> None:
    counts = []
    for households in (300, 900):
        folder = tmp_path / str(households)
        generate(folder, households=households, seed=households)
        edition = await desk.edition(2565, source=str(households))
        await desk.send(edition, {path.name: path.read_bytes() for path in folder.glob("*.csv")})
        counts.append(await statements_of(desk, edition))
    assert counts[1] <= counts[0] + 3  # names and villages are learnt in batches
