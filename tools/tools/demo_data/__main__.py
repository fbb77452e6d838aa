"""Command line: `python -m tools.demo_data --households 20000 --province 34 --out FOLDER`."""

import argparse
import json
import time
from pathlib import Path
from typing import Any, get_args

from tools.demo_data.edition import generate, next_edition
from tools.demo_data.formats import Form


def main(arguments: list[str] | None = None) -> int:
    """Write the edition and print its totals."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo_data", description=generate.__doc__)
    parser.add_argument("--households", type=int, default=20_000)
    parser.add_argument("--province", default="34", help="area codes, separated by commas; all: the country")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--year", type=int, default=2565, help="Buddhist year of the survey")
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--format", choices=get_args(Form), default="csv")
    parser.add_argument("--errors", type=int, default=0, help="rows to spoil")
    parser.add_argument("--previous", type=Path, help="an edition's folder (CSV): make the next one from it")
    parser.add_argument("--changed", type=float, default=0.05, help="share of rows that differ from it")
    given = parser.parse_args(arguments)
    started = time.perf_counter()
    expected = _run(given)
    print(
        json.dumps(
            {key: value for key, value in expected["results"].items() if isinstance(value, int)}, indent=1
        )
    )
    print(json.dumps(expected.get("changes", {}), indent=1))
    print(f"{given.out} in {time.perf_counter() - started:.1f} s")
    return 0


def _run(given: argparse.Namespace) -> dict[str, Any]:
    if given.previous:
        return next_edition(
            given.previous,
            given.out,
            changed=given.changed,
            seed=given.seed,
            year=given.year,
            form=given.format,
        )
    provinces = [""] if given.province == "all" else given.province.split(",")
    return generate(
        given.out,
        households=given.households,
        provinces=provinces,
        seed=given.seed,
        year=given.year,
        form=given.format,
        errors=given.errors,
    )


if __name__ == "__main__":
    raise SystemExit(main())
