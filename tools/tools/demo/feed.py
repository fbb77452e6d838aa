"""Sending a feed edition, as the system of its source does."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.demo.api import Caller, Job, finish

FILES = ("households.csv", "persons.csv", "welfare.csv")
INSTRUMENT = "JPT_2560_2564"


def open_edition(caller: Caller, *, year: int, source: str = "TPMAP-like") -> str:
    """Announce an edition of a (Buddhist) year and return its id."""
    body = {"source": source, "edition_year": year, "instrument": INSTRUMENT}
    return str(caller.post("/v1/feed-editions", body)["id"])


def send_file(caller: Caller, edition_id: str, path: Path) -> Any:
    """Send one of the edition's files; its name says which it is."""
    with path.open("rb") as content:
        return caller.post(f"/v1/feed-editions/{edition_id}/files", files={"file": (path.name, content)})


def import_edition(
    caller: Caller, edition_id: str, *, dry_run: bool = False, watch: Callable[[Job], None] | None = None
) -> Job:
    """Import what was sent and return the job at its end; `watch` sees it on its way. Raises JobFailed."""
    body = {"dry_run": dry_run}
    return finish(
        caller, caller.call("POST", f"/v1/feed-editions/{edition_id}/import", json=body), watch=watch
    )
