"""The generator: its editions are what the feed's page says, repeatable, and of nobody."""

import csv
import hashlib
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from households.feeds.archive import Archive
from households.feeds.tables import read_table
from shared import citizen
from shared.areas import catalogue
from tools.demo_data import Form, generate, next_edition
from tools.demo_data.__main__ import main
from tools.demo_data.columns import FILES, HOUSEHOLD_INDICATORS, PERSON_INDICATORS
from tools.demo_data.expected import count
from tools.demo_data.people import citizen_id

FEEDS = Path(__file__).parents[2] / "tests" / "data" / "feed"
Rows = list[dict[str, str]]


def read(folder: Path, name: str) -> Rows:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edition")
    generate(folder, households=4_000, seed=7)
    return folder


@pytest.fixture(scope="module")
def households(edition: Path) -> Rows:
    return read(edition, "households")


@pytest.fixture(scope="module")
def persons(edition: Path) -> Rows:
    return read(edition, "persons")


@pytest.mark.parametrize("name", ["clean", "with_errors"])
def test_counting_the_reference_editions_gives_their_expected_results(name: str) -> None:
    expected = json.loads((FEEDS / name / "expected.json").read_text(encoding="utf-8"))
    rejected = {(error["file"], error["line"]) for error in expected["errors"]}
    assert count(FEEDS / name, rejected) == expected["results"]


def test_an_edition_has_the_columns_of_the_reference_in_their_order(edition: Path) -> None:
    for name in FILES:
        with (FEEDS / "clean" / f"{name}.csv").open(encoding="utf-8") as reference:
            columns = reference.readline().rstrip().split(",")
        assert list(read(edition, name)[0]) == columns


def test_an_edition_uses_no_code_the_reference_does_not(households: Rows, persons: Rows) -> None:
    for rows, name, columns in (
        (households, "households", HOUSEHOLD_INDICATORS),
        (persons, "persons", ("sex", "relation", "occupation", "disabled", "chronic_ill", "drug_treated")),
    ):
        reference = read(FEEDS / "clean", name)
        for column in columns:
            assert {row[column] for row in rows} <= {row[column] for row in reference}, column
    for column in PERSON_INDICATORS:
        assert {row[column] for row in persons} <= {"P", "F", "N"}


def test_every_household_has_one_head_and_as_many_members_as_it_says(households: Rows, persons: Rows) -> None:
    heads = Counter(row["house_id"] for row in persons if row["relation"] == "head")
    members = Counter(row["house_id"] for row in persons)
    assert set(heads.values()) == {1}
    for row in households:
        assert heads[row["house_id"]] == 1
        assert members[row["house_id"]] == int(row["members"])


def test_citizen_ids_are_valid_and_unique_and_can_be_nobodys(persons: Rows) -> None:
    ids = [row["citizen_id"] for row in persons]
    assert len(set(ids)) == len(ids)
    for one in ids:
        assert citizen.valid(one)
        assert one[0] == "9"  # no kind of person in the civil registry


def test_ids_of_a_seed_never_meet() -> None:
    assert len({citizen_id(number, 1) for number in range(200_000)}) == 200_000


def test_house_ids_are_eleven_digits_and_unique(households: Rows) -> None:
    ids = [row["house_id"] for row in households]
    assert len(set(ids)) == len(ids)
    assert all(len(one) == 11 and one.isdigit() for one in ids)


def test_every_village_lies_in_a_tambon_of_the_province_that_is_in_force(households: Rows) -> None:
    tambons = {area.code for area in catalogue() if len(area.code) == 6 and area.valid_to is None}
    used = {row["village_code"][:6] for row in households}
    assert used <= tambons
    assert {code[:2] for code in used} == {"34"}
    assert len({code[:4] for code in used}) == 25  # every district of Ubon Ratchathani


def test_the_income_indicator_follows_from_the_income(households: Rows) -> None:
    for row in households:
        income = sum(int(row[f"income_{part}"]) for part in ("main", "extra", "other", "in_kind"))
        assert (row["i22"] == "F") == (income < 38_000 * int(row["members"]))
        assert all(
            int(value) >= 0 for column, value in row.items() if column.startswith(("income", "expense"))
        )


def test_an_edition_is_about_as_poor_as_the_north_east(edition: Path) -> None:
    results = json.loads((edition / "expected.json").read_text(encoding="utf-8"))["results"]
    persons = results["persons_accepted"]
    assert 3.5 < persons / results["households_accepted"] < 3.8
    assert 0.27 < results["survey_poor"] / persons < 0.35
    assert 0.08 < results["target_poor"] / persons < 0.12


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        generate(tmp_path / name, households=200, seed=seed)
    manifests = [(tmp_path / name / "manifest.json").read_text(encoding="utf-8") for name in "abc"]
    assert manifests[0] == manifests[1]
    assert manifests[0] != manifests[2]


def test_the_manifest_has_rows_and_hash_of_every_file(edition: Path) -> None:
    manifest = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["edition_year"] == 2565
    assert manifest["instrument"] == "JPT_2560_2564"
    for name, facts in manifest["files"].items():
        data = (edition / name).read_bytes()
        assert facts == {"rows": data.count(b"\n") - 1, "sha256": hashlib.sha256(data).hexdigest()}


@pytest.mark.parametrize("form", ["ndjson", "xlsx", "parquet"])
def test_every_form_holds_the_same_rows(form: Form, tmp_path: Path) -> None:
    results = [generate(tmp_path / kind, households=150, form=kind) for kind in ("csv", form)]
    assert results[0] == results[1]
    for name in FILES:
        rows = [list(row.values()) for row in read(tmp_path / "csv", name)]
        with (tmp_path / form / f"{name}.{form}").open("rb") as file:
            table = read_table(file, name=f"{name}.{form}")
            assert table.header == list(FILES[name])
            assert [row for batch in table.batches for row in batch.rows] == rows


def test_a_zip_holds_manifest_and_files(tmp_path: Path) -> None:
    generate(tmp_path / "csv", households=150)
    generate(tmp_path / "zip", households=150, form="zip")
    assert sorted(path.name for path in (tmp_path / "zip").iterdir()) == ["edition.zip", "expected.json"]
    archive = Archive(io.BytesIO((tmp_path / "zip" / "edition.zip").read_bytes()))
    for member in archive.members():
        with archive.open(member.name) as file:
            assert file.read() == (tmp_path / "csv" / member.name).read_bytes()


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("spoilt")
    return folder, generate(folder, households=500, seed=5, errors=20)


class TestPlantedErrors:
    def test_every_kind_of_the_reference_occurs(self, spoilt: tuple[Path, dict[str, Any]]) -> None:
        reference = json.loads((FEEDS / "with_errors" / "expected.json").read_text(encoding="utf-8"))[
            "errors"
        ]
        kinds = {(error["file"], error["column"], error["code"]) for error in spoilt[1]["errors"]}
        assert kinds == {(error["file"], error["column"], error["code"]) for error in reference}
        assert len(spoilt[1]["errors"]) == 20

    def test_each_error_stands_on_the_line_that_is_named(self, spoilt: tuple[Path, dict[str, Any]]) -> None:
        folder, expected = spoilt
        rows = {name: read(folder, name) for name in ("households", "persons")}
        seen = Counter(row["citizen_id"] for row in rows["persons"])
        for error in expected["errors"]:
            value = rows[error["file"]][error["line"] - 1][error["column"]]
            wrong = {
                "unknown_area": value == "99999999",
                "negative_amount": value.startswith("-"),
                "not_a_number": not value.isdigit(),
                "bad_code": value in {"X", "Q"},
                "missing": value == "",
                "bad_check_digit": not citizen.valid(value),
                "bad_date": value == "2565-13-40",
                "unknown_household": value == "00000000000",
                "duplicate": seen[value] == 2,
            }
            assert wrong[error["code"]], error

    def test_members_of_a_rejected_household_are_orphaned(self, spoilt: tuple[Path, dict[str, Any]]) -> None:
        folder, expected = spoilt
        results = expected["results"]
        assert results["households_rejected"] == results["persons_rejected"] == 10
        assert results["persons_orphaned_by_rejected_household"] > 0
        assert len(read(folder, "persons")) == (
            results["persons_accepted"]
            + results["persons_rejected"]
            + results["persons_orphaned_by_rejected_household"]
        )

    def test_too_many_errors_for_a_small_edition_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="too many errors"):
            generate(tmp_path, households=10, errors=10)


@pytest.fixture(scope="module")
def newer(edition: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    folder = tmp_path_factory.mktemp("newer")
    expected = next_edition(edition, folder, changed=0.05, seed=2, year=2566)
    changes: dict[str, int] = expected["changes"]
    return folder, changes


class TestNextEdition:
    def test_five_per_cent_of_the_rows_differ(
        self, newer: tuple[Path, dict[str, int]], households: Rows, persons: Rows
    ) -> None:
        changes = newer[1]
        assert 0.045 < changes["households_changed"] / len(households) < 0.055
        assert 0.045 < (changes["persons_changed"] + changes["persons_left"]) / len(persons) < 0.055
        assert changes["households_moved"] > 0
        assert changes["persons_moved"] > 0
        assert changes["persons_left"] > 0

    def test_the_changes_are_those_between_the_files(
        self, newer: tuple[Path, dict[str, int]], households: Rows, persons: Rows
    ) -> None:
        folder, changes = newer
        houses = {row["house_id"]: row for row in read(folder, "households")}
        people = {row["citizen_id"]: row for row in read(folder, "persons")}
        moved = sum(houses[row["house_id"]]["village_code"] != row["village_code"] for row in households)
        changed = sum({**row, "edition_year": "2566"} != houses[row["house_id"]] for row in households)
        left = sum(row["citizen_id"] not in people for row in persons)
        assert (changes["households_moved"], changes["households_changed"]) == (moved, changed)
        assert changes["persons_left"] == left == len(persons) - len(people)

    def test_it_is_a_sound_edition_too(self, newer: tuple[Path, dict[str, int]]) -> None:
        folder = newer[0]
        heads = Counter(row["house_id"] for row in read(folder, "persons") if row["relation"] == "head")
        members = Counter(row["house_id"] for row in read(folder, "persons"))
        for row in read(folder, "households"):
            assert row["edition_year"] == "2566"
            assert heads[row["house_id"]] == 1
            assert members[row["house_id"]] == int(row["members"])
            income = sum(int(row[f"income_{part}"]) for part in ("main", "extra", "other", "in_kind"))
            assert (row["i22"] == "F") == (income < 38_000 * int(row["members"]))

    def test_nothing_changed_gives_the_same_files(self, edition: Path, tmp_path: Path) -> None:
        assert next_edition(edition, tmp_path, changed=0, year=2565)["changes"]["persons_changed"] == 0
        for name in FILES:
            assert (tmp_path / f"{name}.csv").read_bytes() == (edition / f"{name}.csv").read_bytes()


def test_the_command_makes_an_edition_and_the_next_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["--households", "200", "--province", "31,34", "--out", str(first)]) == 0
    assert main(["--previous", str(first), "--year", "2566", "--changed", "0.1", "--out", str(second)]) == 0
    assert '"households_accepted": 200' in capsys.readouterr().out
    assert {row["village_code"][:2] for row in read(first, "households")} == {"31", "34"}
    assert {row["edition_year"] for row in read(second, "households")} == {"2566"}


def test_a_province_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no tambon"):
        generate(tmp_path, households=10, provinces=["99"])
