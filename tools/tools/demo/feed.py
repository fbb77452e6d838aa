"""Sending a feed edition, as the system of its source does."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.demo.api import Caller

FILES = ("households.csv", "persons.csv", "welfare.csv")
INSTRUMENT = "JPT_2560_2564"
_POLL = 0.3
_ENDED = {"succeeded", "failed"}


class ImportFailed(Exception):  # noqa: N818  # named after the fact
    """The job of an import ended without success; the text is what it says."""


def open_edition(caller: Caller, *, year: int, source: str = "TPMAP-like") -> str:
    """Announce an edition of a (Buddhist) year and return its id."""
    body = {"source": source, "edition_year": year, "instrument": INSTRUMENT}
    return str(caller.post("/v1/feed-editions", body)["id"])


def send_file(caller: Caller, edition_id: str, path: Path) -> Any:
    """Send one of the edition's files; its name says which it is."""
    with path.open("rb") as content:
        return caller.post(f"/v1/feed-editions/{edition_id}/files", files={"file": (path.name, content)})


def import_edition(
    caller: Caller,
    edition_id: str,
    *,
    dry_run: bool = False,
    watch: Callable[[dict[str, Any]], None] = lambda job: None,
) -> dict[str, Any]:
    """Import what was sent and wait for the end; `watch` sees the job on its way. Raises ImportFailed."""
    started = caller.call("POST", f"/v1/feed-editions/{edition_id}/import", json={"dry_run": dry_run})
    address = started.headers["Location"]
    while True:
        job: dict[str, Any] = caller.get(address)
        watch(job)
        if job["state"] in _ENDED:
            break
        time.sleep(_POLL)
    if job["state"] == "failed":
        raise ImportFailed(str(job))
    return job
