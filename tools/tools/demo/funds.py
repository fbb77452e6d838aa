"""Load the stories of lending into a running installation: `make demo-funds`.

Mueang Si Khai's women's fund lends to thirty-one projects with nothing overdue; Phibun Mangsahan's eighty-two
poverty funds are taken over from Excel and the problem funds among them treated. All through the API; then
the figures are read back from it and compared with those published. A second run changes nothing.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from shared import clock
from shared.money import baht, percent
from tools.demo import poverty_funds, womens_fund
from tools.demo.api import Caller, House, JobFailed, Refused
from tools.demo.lending import in_satang
from tools.demo_data import lending


class Figure(NamedTuple):
    """A figure that was published, and what the installation says of it."""

    label: str
    expected: str
    found: str

    @property
    def right(self) -> bool:
        """Tell whether they are the same."""
        return self.expected == self.found


def main() -> int:
    """Load, read the figures back and print them; return 1 when one of them is not as published."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo.funds", description=__doc__)
    parser.add_argument("credentials", type=Path, help="demo-credentials.json of the installation")
    credentials = parser.parse_args().credentials
    if not credentials.exists():
        sys.exit(f"{credentials} is not there: start the house first (make run)")
    console = Console(highlight=False)
    house = House(credentials)
    try:
        load(house, console)
        tables = {
            "Mueang Si Khai, women's fund": list(of_the_tambon(house.person("auditor"))),
            "Phibun Mangsahan, poverty funds": list(of_the_district(house.person("auditor"))),
        }
    except httpx.TransportError:
        sys.exit("nobody answers: is the house running (make run)?")
    except (Refused, JobFailed) as refused:
        console.print(f"the demo could not be loaded: {refused}", markup=False)
        return 1
    for title, figures in tables.items():
        console.print(shown(title, figures))
    return 0 if all(one.right for figures in tables.values() for one in figures) else 1


def load(house: House, console: Console) -> None:
    """Load both stories, with a progress bar."""
    today = clock.business_date(clock.now())
    columns = [TextColumn("{task.description:<32}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %")]
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        women = progress.add_task("a women's fund of 31 projects", total=womens_fund.STEPS)
        villages = progress.add_task("82 poverty funds and their cure", total=poverty_funds.STEPS)
        womens_fund.load(house, today=today, advance=lambda: progress.advance(women))
        poverty_funds.load(house, today=today, advance=lambda: progress.advance(villages))


def of_the_tambon(reader: Caller) -> Iterator[Figure]:
    """Yield the women's fund's figures: sums of its fiscal years' reports."""
    scope = {"area": lending.TAMBON, "kind": "womens"}
    years = reader.get("/v1/fund-reports/years", **scope)
    totals = [
        reader.get("/v1/fund-reports/total", fiscal_year=year["fiscal_year"], **scope) for year in years
    ]
    now = reader.get("/v1/fund-reports/total", **scope)
    loans, grants = (sum(one[name] for one in totals) for name in ("loans", "grants_made"))
    lent, granted = (sum(in_satang(one, name) for one in totals) for name in ("lent", "grants"))
    yield Figure("projects", str(lending.LOANS + lending.GRANTS), str(loans + grants))
    yield Figure("paid out", baht(lending.LENT + lending.GRANTED), baht(lent + granted))
    yield Figure("loans", str(lending.LOANS), str(loans))
    yield Figure("lent", baht(lending.LENT), baht(lent))
    yield Figure("grants", str(lending.GRANTS), str(grants))
    yield Figure("given", baht(lending.GRANTED), baht(granted))
    yield Figure("overdue", baht(0), str(now["overdue"]))
    yield Figure("overdue, counted now", baht(0), _overdue_now(reader, lending.TAMBON))


def of_the_district(reader: Caller) -> Iterator[Figure]:
    """Yield the poverty funds' figures: the board of the district's cure, and the report beside it."""
    line = reader.get("/v1/problem-cases/board", area=lending.DISTRICT)["items"][0]
    now = reader.get("/v1/fund-reports/total", area=lending.DISTRICT, kind="poverty")
    share = percent(lending.PROBLEMS, lending.FUNDS)
    for label, expected, found in (
        ("funds", lending.FUNDS, line["funds"]),
        ("capital", baht(lending.CAPITAL), line["capital"]),
        ("borrowing households", lending.HOUSEHOLDS, line["borrowing_households"]),
        ("problem funds", lending.PROBLEMS, line["problem_funds"]),
        ("of all funds, per cent", share, line["problem_share"]),
        ("overdue before", baht(lending.OVERDUE), line["overdue_before"]),
        ("solved", lending.SOLVED, line["solved"]),
        ("overdue left", baht(lending.LEFT), line["overdue_after"]),
        ("funds, in the report", lending.FUNDS, now["funds"]),
        ("capital, in the report", baht(lending.CAPITAL), now["capital"]),
        ("overdue left, counted now", baht(lending.LEFT), _overdue_now(reader, lending.DISTRICT)),
    ):
        yield Figure(label, str(expected), str(found))


def _overdue_now(reader: Caller, area: str) -> str:
    """Return the overdue principal of this moment; the report's is that of the day's beginning."""
    return str(reader.get("/v1/loans/at-risk", area=area)["overdue_principal"])


def shown(title: str, figures: list[Figure]) -> Table:
    """Return figures as a table: what was published beside what the installation says."""
    table = Table("figure", title=title, title_justify="left")
    for heading in ("published", "here"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for one in figures:
        table.add_row(one.label, _grouped(one.expected), _grouped(one.found), "" if one.right else "differs")
    return table


def _grouped(number: str) -> str:
    """Return a figure as people read it: 2,261,012.00."""
    whole, point, part = number.partition(".")
    return f"{int(whole):,}{point}{part}" if whole.isdigit() else number


if __name__ == "__main__":
    raise SystemExit(main())
