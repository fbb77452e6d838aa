"""What is done in which bucket, and how long a restructured loan is watched: dated data that is shipped."""

from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from funds.demand.rules import Bucket, TaskKind, TaskRule


@cache
def _shipped() -> Any:
    return orjson.loads(files("funds.demand").joinpath("data/task_rules.json").read_bytes())


@cache
def task_rules() -> tuple[TaskRule, ...]:
    """Return the rules by which tasks open."""
    return tuple(
        TaskRule(row["code"], Bucket(row["bucket"]), TaskKind(row["kind"]), row["within_days"])
        for row in _shipped()["rules"]
    )


def watch() -> timedelta:
    """Return how long a restructured loan is watched."""
    return timedelta(days=_shipped()["watch_days"])
