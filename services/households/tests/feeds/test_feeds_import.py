"""The samples of the feed format come out as they must, once and again, whole and corrected."""

import pytest

from .conftest import Desk, expected, sample

EDITIONS = {"clean": 2565, "with_errors": 2566}


@pytest.mark.parametrize("name", EDITIONS)
async def test_a_sample_edition_gives_exactly_the_expected_results(desk: Desk, name: str) -> None:
    edition = await desk.edition(EDITIONS[name])
    result = await desk.import_files(edition, sample(name))
    wanted = expected(name)
    assert {key: result[key] for key in wanted["results"]} == wanted["results"]
    found = await desk.errors(edition)
    assert sorted(found) == sorted((e["file"], e["line"], e["column"], e["code"]) for e in wanted["errors"])


COUNTED = """
SELECT (SELECT coalesce(sum(version), 0) FROM households), (SELECT coalesce(sum(version), 0) FROM persons),
       (SELECT count(*) FROM memberships), (SELECT count(*) FROM outbox), (SELECT count(*)
           FROM registry_changes),
       (SELECT coalesce(sum(xmin::text::bigint), 0) FROM edition_persons)
"""


@pytest.mark.parametrize("name", EDITIONS)
async def test_the_same_edition_again_changes_nothing(desk: Desk, name: str) -> None:
    edition = await desk.edition(EDITIONS[name])
    first = await desk.import_files(edition, sample(name))
    before = tuple((await desk.fetch(COUNTED))[0])
    rejected = await desk.errors(edition)
    again = await desk.import_files(edition, sample(name))
    assert tuple((await desk.fetch(COUNTED))[0]) == before
    assert await desk.errors(edition) == rejected
    assert {**again, "changes": None} == {**first, "changes": None}
    assert again["changes"]["rows_unchanged"] >= first["persons_accepted"]


def corrected(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the sample with errors with each of its ten put right."""
    repairs = {
        ("households.csv", 59): (b"\xe0\xb8\xaa\xe0\xb8\xb5\xe0\xb9\x88", b"2"),
        ("households.csv", 92): (b"99999999", b"34190105"),
        ("households.csv", 106): (b"-500", b"500"),
        ("households.csv", 233): (b",X,", b",P,"),
        ("households.csv", 241): (b"2566,,", b"2566,34190000240,"),
        ("persons.csv", 65): (b"1768176473441", b"1768176473440"),
        ("persons.csv", 336): (b",Q,", b",F,"),
        ("persons.csv", 511): (b"2565-13-40", b"2525-11-04"),
        ("persons.csv", 630): (b"00000000000", b"34150000176"),
        ("persons.csv", 901): (b"2865134820936", b"2865134820936"),
    }
    lines = {name: data.split(b"\n") for name, data in files.items()}
    for (name, line), (wrong, right) in repairs.items():
        lines[name][line] = lines[name][line].replace(wrong, right, 1)
    del lines["persons.csv"][901]
    return {name: b"\n".join(found) for name, found in lines.items()}


async def test_a_corrected_file_completes_the_edition(desk: Desk) -> None:
    edition = await desk.edition(2566)
    await desk.import_files(edition, sample("with_errors"))
    result = await desk.import_files(edition, corrected(sample("with_errors")))
    assert (result["households_accepted"], result["households_rejected"]) == (250, 0)
    assert (result["persons_accepted"], result["persons_rejected"]) == (900, 0)
    assert result["persons_orphaned_by_rejected_household"] == 0
    assert await desk.errors(edition) == []
    other = await desk.edition(2566, source="whole at once")
    whole = await desk.import_files(other, corrected(sample("with_errors")))
    assert {**whole, "changes": None} == {**result, "changes": None}


async def test_only_the_failed_rows_sent_again_complete_the_edition_too(desk: Desk) -> None:
    edition = await desk.edition(2566)
    await desk.import_files(edition, sample("with_errors"))
    right = {name: data.split(b"\n") for name, data in corrected(sample("with_errors")).items()}
    failed = {"households.csv": (59, 92, 106, 233, 241), "persons.csv": (65, 336, 511, 630)}
    part = {
        name: b"\n".join([right[name][0], *(right[name][n] for n in lines)]) for name, lines in failed.items()
    }
    result = await desk.import_files(edition, part)
    assert (result["households_accepted"], result["persons_accepted"]) == (250, 900)
    assert result["persons_orphaned_by_rejected_household"] == 0
    assert await desk.errors(edition) == []


async def test_held_persons_come_in_when_their_household_does(desk: Desk) -> None:
    edition = await desk.edition(2566)
    await desk.import_files(edition, sample("with_errors"))
    households = corrected(sample("with_errors"))["households.csv"]
    result = await desk.import_files(edition, {"households.csv": households})
    assert (result["persons_accepted"], result["persons_orphaned_by_rejected_household"]) == (878 + 18, 0)
    assert {error[0] for error in await desk.errors(edition)} == {"persons"}


async def test_a_dry_run_tells_the_result_and_leaves_nothing(desk: Desk) -> None:
    edition = await desk.edition(2565)
    result = await desk.import_files(edition, sample("clean"), dry_run=True)
    assert result["target_poor"] == 151
    assert await desk.value("SELECT count(*) FROM households") == 0
    assert await desk.value("SELECT count(*) FROM outbox") == 0
    assert await desk.value("SELECT state FROM feed_files LIMIT 1") == "uploaded"
