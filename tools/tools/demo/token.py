"""Print a bearer token of the running demo: `make -s token`, or a person's: `make -s token WHO=chair3415`."""

import argparse
import contextlib
import os
import sys
from pathlib import Path

import httpx

from tools.demo.api import House


def main() -> None:
    """Print a token: ten minutes, all rights, or those of the named person."""
    parser = argparse.ArgumentParser(prog="python -m tools.demo.token", description=__doc__)
    parser.add_argument("person", nargs="?", help="a demo user of demo-credentials.json")
    person = parser.parse_args().person
    credentials = Path(os.environ.get("CHUMCHON_DATA") or "data") / "demo-credentials.json"
    if not credentials.exists():
        sys.exit(f"{credentials} is not there: start the house first (make run)")
    with contextlib.closing(House(credentials)) as house:
        if person and person not in house.credentials["users"]:
            sys.exit(f"no such person; there are {', '.join(house.credentials['users'])}")
        try:
            print(house.person(person).token() if person else house.client.token())
        except httpx.TransportError:
            sys.exit("nobody answers: is the house running (make run)?")


if __name__ == "__main__":
    main()
