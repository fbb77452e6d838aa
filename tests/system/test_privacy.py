"""Invariant 10: logs, events, metrics and jobs of a whole run hold no citizen id."""

import csv
import re
from pathlib import Path

import asyncpg
import httpx
import pytest

from embedded.layout import SERVICES
from embedded.trial import Trial
from shared import citizen
from shared.db import driver_dsn
from tools.demo import feed
from tools.demo.api import House, Refused
from tools.demo_data.edition import generate

DIGITS = re.compile(rb"(?<![0-9A-Za-z-])[0-9]{13}(?![0-9A-Za-z-])")  # part of no hexadecimal number
TOLD = (
    "SELECT data::text FROM outbox",
    "SELECT encode(envelope, 'escape') FROM deliveries",
    "SELECT coalesce(result::text, '') || coalesce(error::text, '') || arguments::text FROM jobs",
    "SELECT coalesce(detail::text, '') || coalesce(purpose, '') FROM audit",
)


def citizen_ids(text: bytes) -> set[str]:
    """Return what in `text` is a citizen id: 13 digits with the right check digit."""
    return {found.decode() for found in DIGITS.findall(text) if citizen.valid(found.decode())}


def answer_of(house: House, method: str, path: str, body: object) -> tuple[str, str]:
    """Return the address's path and what the API answered, a refusal too."""
    try:
        return path, house.client.call(method, path, json=body).text
    except Refused as refused:
        return path, str(refused.problem)


@pytest.fixture(scope="module")
def answered() -> list[tuple[str, str]]:
    """Collect what the API answered to requests with citizen ids in them."""
    return []


@pytest.fixture(scope="module")
def planted(
    house: House, answered: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> set[str]:
    """Send citizen ids by every way in, right and wrong ones; return them."""
    folder = tmp_path_factory.mktemp("edition")
    generate(folder, households=200, provinces=["3419"], year=2568, errors=20)
    edition_id = feed.open_edition(house.client, year=2568, source="privacy")
    for name in feed.FILES:
        feed.send_file(house.client, edition_id, folder / name)
    feed.import_edition(house.client, edition_id)
    house.client.every(f"/v1/feed-editions/{edition_id}/errors")
    with (folder / "persons.csv").open() as file:
        ids = {row["citizen_id"] for row in csv.DictReader(file)}
    for one in sorted(ids)[:3]:
        for method, path, body in (
            ("POST", "/v1/persons/lookup", {"citizen_id": one}),
            ("POST", "/v1/households", {"village_code": one, "members": [], one: one}),
            ("GET", f"/v1/persons/{one}", None),
            ("GET", f"/v1/households?area={one}", None),
            ("GET", f"/v1/{one}", None),
        ):
            answered.append(answer_of(house, method, path, body))
    return ids


def test_the_check_itself_finds_a_planted_id(planted: set[str]) -> None:
    one = next(one for one in sorted(planted) if citizen.valid(one))
    assert citizen_ids(f'{{"id":"{one}"}}'.encode()) == {one}


def test_no_log_line_holds_a_citizen_id(running: Trial, planted: set[str]) -> None:
    for log in (running.folder / "chumchon.log", running.folder / "terminal.log"):
        text = log.read_bytes()
        assert text
        assert not citizen_ids(text), log
        assert not any(one.encode() in text for one in planted), log


def test_no_metric_holds_a_citizen_id(running: Trial, planted: set[str]) -> None:
    text = httpx.get(f"{running.base}/metrics").content
    assert b"chumchon_http_requests" in text
    assert not any(one.encode() in text for one in planted)


@pytest.mark.parametrize("service", SERVICES)
async def test_no_event_job_or_audit_row_holds_a_citizen_id(
    running: Trial, planted: set[str], service: str
) -> None:
    connection = await asyncpg.connect(driver_dsn(running.database_url(service)))
    try:
        rows = [row[0] for statement in TOLD for row in await connection.fetch(statement)]
    finally:
        await connection.close()
    text = "\n".join(rows).encode()
    assert rows or service != "households"
    assert not citizen_ids(text)
    assert not any(one.encode() in text for one in planted)


def test_no_answer_repeats_a_citizen_id(planted: set[str], answered: list[tuple[str, str]]) -> None:
    assert len(answered) > 10
    for path, text in answered:
        assert not any(one in text for one in planted), path


@pytest.mark.usefixtures("planted")
async def test_a_citizen_id_is_nowhere_readable_in_the_registry(running: Trial) -> None:
    connection = await asyncpg.connect(driver_dsn(running.database_url("households")))
    try:
        persons = await connection.fetch("SELECT persons::text FROM persons LIMIT 5000")
        rejected = await connection.fetch("SELECT feed_rejections::text FROM feed_rejections")
    finally:
        await connection.close()
    assert persons
    assert rejected
    assert not citizen_ids("\n".join(row[0] for row in (*persons, *rejected)).encode())


def test_secrets_are_readable_by_their_owner_only(running: Trial) -> None:
    files = [path for path in Path(running.folder / "secrets").rglob("*") if path.is_file()]
    assert len(files) > len(SERVICES)
    for path in (*files, running.folder / "demo-credentials.json"):
        assert path.stat().st_mode & 0o077 == 0, path
