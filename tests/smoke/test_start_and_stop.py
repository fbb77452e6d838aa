"""The embedded run as a person meets it: started, stopped, started again, in the wrong place."""

import contextlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.trial import Trial, trial

MEMORY_LIMIT = 450 * 1024 * 1024


@pytest.fixture(scope="module")
def running() -> Iterator[Trial]:
    with trial("run") as started:
        yield started


def launch(module: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", f"embedded.{module}"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_second_start_keeps_the_data_and_the_logins(running: Trial) -> None:
    before = (running.folder / "demo-credentials.json").read_bytes()
    with contextlib.closing(running.house()) as house:
        body = {
            "level": "province",
            "area_code": "34",
            "name_th": "ศจพ.จ. อุบลราชธานี",
        }
        made = house.client.post("/v1/committees", body)
    assert running.stop() == 0, running.said
    running.start()
    assert (running.folder / "demo-credentials.json").read_bytes() == before
    with contextlib.closing(running.house()) as house:
        assert house.client.get(f"/v1/committees/{made['id']}")["name"]["th"] == body["name_th"]


def test_everything_but_postgres_fits_into_450_megabytes(running: Trial) -> None:
    launcher = running.process()
    family = [launcher, *launcher.children(recursive=True)]
    ours = [one for one in family if "postgres" not in one.name()]
    assert sum(one.memory_info().rss for one in ours) < MEMORY_LIMIT


def test_the_api_page_needs_no_other_machine(running: Trial) -> None:
    with contextlib.closing(running.house()) as house:
        page = house.client.call("GET", "/docs").text
        needed = re.findall(r'(?:src|href)="([^"]+)"', page)
        assert needed
        for address in needed:
            assert address.startswith("/static/")
            assert house.client.call("GET", address).content
        assert house.client.get("/openapi.json")["openapi"].startswith("3.1")


def test_a_second_house_on_the_same_folder_is_refused(running: Trial) -> None:
    done = launch("run", CHUMCHON_DATA=str(running.folder), CHUMCHON_PORT="1")
    assert done.returncode != 0
    assert "another Chumchon runs on" in done.stderr


def test_a_busy_port_is_told_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        done = launch("run", CHUMCHON_DATA=str(tmp_path / "data"), CHUMCHON_PORT=str(port))
    assert done.returncode != 0
    assert f"port {port} is in use" in done.stderr
    assert not (tmp_path / "data" / "postgres").exists()


@pytest.mark.parametrize("port", ["0", "65536", "8o00", "-1", "๘๐๐๐"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    done = launch("run", CHUMCHON_DATA=str(tmp_path / "data"), CHUMCHON_PORT=port)
    assert done.returncode != 0
    assert "CHUMCHON_PORT must be a port number" in done.stderr


def test_clean_data_removes_only_what_chumchon_made(tmp_path: Path) -> None:
    foreign = tmp_path / "photos"
    foreign.mkdir()
    (foreign / "wedding.jpg").touch()
    done = launch("clean", CHUMCHON_DATA=str(foreign))
    assert done.returncode != 0
    assert (foreign / "wedding.jpg").exists()
