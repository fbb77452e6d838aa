"""An edition made from nothing, and the next one made from an edition."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any, Final, TextIO

from tools.demo_data.changes import change_households, change_persons, compare, renew
from tools.demo_data.columns import FILES
from tools.demo_data.expected import count
from tools.demo_data.formats import Form, finish, write_json
from tools.demo_data.people import People
from tools.demo_data.places import villages
from tools.demo_data.planted import plant

_FLUSH: Final = 2_000  # households written at once


def generate(
    out: Path,
    *,
    households: int,
    provinces: Sequence[str] = ("34",),
    seed: int = 1,
    year: int = 2565,
    form: Form = "csv",
    errors: int = 0,
) -> dict[str, Any]:
    """Write an edition of so many households and return what its expected.json says.

    `provinces` are area codes ("" is the whole country), `year` is Buddhist, `errors` rows are spoilt.
    """
    out.mkdir(parents=True, exist_ok=True)
    rng = Random(f"places {seed}")  # noqa: S311 - repeatable on purpose
    places = villages(provinces, households, rng)
    draw = rng.random
    people = People(seed=seed, year=year, first_person=int(provinces[0][:2] or 0) * 10**8)
    with ExitStack() as stack:
        files = {name: stack.enter_context(_new(out / f"{name}.csv", FILES[name])) for name in FILES}
        lines: dict[str, list[str]] = {name: [] for name in FILES}
        for number in range(households):
            village = places[int(draw() * len(places))]
            house, persons, welfare = people.household(f"{village.code[:4]}{number:07d}", village)
            lines["households"].append(house)
            lines["persons"] += persons
            lines["welfare"] += welfare
            if number % _FLUSH == 0:
                _flush(files, lines)
        _flush(files, lines)
    planted = plant(out, errors=errors, seed=seed) if errors else []
    return _conclude(out, year=year, form=form, planted=planted)


def next_edition(
    previous: Path,
    out: Path,
    *,
    changed: float = 0.05,
    seed: int = 1,
    year: int,
    form: Form = "csv",
) -> dict[str, Any]:
    """Write an edition in which that share of the household rows and of the person rows differs.

    `previous` holds CSV files that `generate` or this function wrote. The same `year` makes a corrected
    edition, a later one the next survey. Of the changed persons one in ten has left and one in twenty
    lives elsewhere; of the changed households one in ten has moved. Returns what expected.json says,
    with the exact numbers under `changes`.
    """
    out.mkdir(parents=True, exist_ok=True)
    rng = Random(f"changes {seed} {year}")  # noqa: S311 - repeatable on purpose
    before = {name: _lines(previous / f"{name}.csv") for name in FILES}
    households = renew(before["households"], year=year)
    persons, touched = change_persons(before["persons"], households, share=changed, rng=rng)
    change_households(households, touched, share=changed, rng=rng)
    present = {line.split(",", 2)[1] for line in persons}
    welfare = [line for line in before["welfare"] if line.split(",", 1)[0] in present]
    for name, lines in (("households", households), ("persons", persons), ("welfare", welfare)):
        with _new(out / f"{name}.csv", FILES[name]) as file:
            _write(file, lines)
    changes = compare(before["households"], households, before["persons"], persons)
    return _conclude(out, year=year, form=form, planted=[], changes=changes)


def _conclude(
    out: Path, *, year: int, form: Form, planted: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    rejected = {(error["file"], error["line"]) for error in planted}
    expected = {"results": count(out, rejected), "errors": planted, **more}
    write_json(out / "expected.json", expected)
    finish(out, year=year, form=form)
    return expected


def _new(path: Path, columns: Sequence[str]) -> TextIO:
    file = path.open("w", encoding="utf-8", newline="")
    file.write(",".join(columns) + "\r\n")
    return file


def _flush(files: dict[str, TextIO], lines: dict[str, list[str]]) -> None:
    for name, waiting in lines.items():
        _write(files[name], waiting)
        waiting.clear()


def _write(file: TextIO, lines: Iterable[str]) -> None:
    # No value of ours holds a comma or a quote, so a line is joined, not quoted.
    text = "\r\n".join(lines)
    if text:
        file.write(text + "\r\n")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[1:]
