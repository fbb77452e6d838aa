"""Load the demo into a running installation: `python -m tools.demo.load demo-credentials.json`.

A year's survey of 20,000 invented households of Ubon Ratchathani goes in as a feed system would send it, a
tambon's officer proposes households, the district's committee certifies them; all through the API.
"""

import argparse
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from shared import clock
from tools.demo import committee, feed
from tools.demo.api import House, JobFailed, Refused, wait_for
from tools.demo_data.edition import generate

PROVINCE, DISTRICT, TAMBON = "34", "3415", "341501"
YEAR = 2565
HOUSEHOLDS = 20_000
PROPOSED = 20


def main() -> int:
    """Load, and print what the services know now; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo.load", description=__doc__)
    parser.add_argument("credentials", type=Path, help="demo-credentials.json of the installation")
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    given = parser.parse_args()
    console = Console(highlight=False)
    house = House(given.credentials)
    try:
        results = load_survey(house, console, households=given.households)
        certified = certify(house, edition_id=results["edition_id"])
        known = wait_for(
            lambda: knows(house, len(certified)), what="funds to learn of the certified households"
        )
    except (Refused, JobFailed) as refused:
        console.print(f"the demo could not be loaded: {refused}", markup=False)
        return 1
    console.print(summary(results["results"], certified=len(certified), known=known))
    return 0


def load_survey(house: House, console: Console, *, households: int) -> dict[str, Any]:
    """Make an edition, send it and import it, with a progress bar; return its id and the job's result."""
    columns = [TextColumn("{task.description:<22}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %")]
    with (
        tempfile.TemporaryDirectory(prefix="chumchon-demo-") as folder,
        Progress(
            *columns, TextColumn("{task.fields[rows]}"), TimeRemainingColumn(), console=console
        ) as progress,
    ):
        making = progress.add_task("making a survey", total=1, rows="")
        generate(Path(folder), households=households, provinces=[PROVINCE], year=YEAR)
        progress.update(making, completed=1, rows=f"{households:,} households")
        sending = progress.add_task("sending it", total=len(feed.FILES), rows="")
        edition_id = feed.open_edition(house.client, year=YEAR)
        for name in feed.FILES:
            feed.send_file(house.client, edition_id, Path(folder) / name)
            progress.update(sending, advance=1, rows=name)
        importing = progress.add_task("importing it", total=100, rows="")

        def show(job: dict[str, Any]) -> None:
            done = job["progress"]
            progress.update(
                importing, total=done["total"] or 100, completed=done["done"], rows=f"{done['done']:,} rows"
            )

        job = feed.import_edition(house.client, edition_id, watch=show)
        progress.update(importing, total=1, completed=1)
    return {"edition_id": edition_id, "results": job["result"]}


def certify(house: House, *, edition_id: str) -> list[str]:
    """Let the tambon propose its poorest and the district's committee certify; return the cases' ids."""
    today = clock.business_date(clock.now())
    return committee.certify(
        house,
        edition_id=edition_id,
        district=DISTRICT,
        tambon=TAMBON,
        count=PROPOSED,
        held_on=today - timedelta(days=1),
    )


def knows(house: House, expected: int) -> int | None:
    """Return how many certified households funds knows, once they are as many as expected."""
    page = house.client.get("/v1/funds/eligible-households", limit=1, count="true")
    return int(page["total"]) if page["total"] >= expected else None


def summary(results: dict[str, Any], *, certified: int, known: int) -> Table:
    """Return the short table of what is in the house now."""
    table = Table(title=f"Ubon Ratchathani {YEAR}", show_header=False, title_justify="left")
    for label, number in (
        ("households", results["households_accepted"]),
        ("persons", results["persons_accepted"]),
        ("survey poor, persons", results["survey_poor"]),
        ("target poor, persons", results["target_poor"]),
        ("poor households", results["poor_households"]),
        (f"certified by the committee of {DISTRICT}", certified),
        ("of them known to funds, by events", known),
    ):
        table.add_row(label, f"{number:,}")
    return table


if __name__ == "__main__":
    raise SystemExit(main())
