"""Area codes: the shipped catalogue, the prefix tree, and the predicates that the database answers."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Column, MetaData, Table, Text, column, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.areas import (
    Area,
    AreaCode,
    ancestors,
    catalogue,
    covers,
    descends,
    level_of,
    widest,
    within,
)

FEEDS = Path(__file__).parents[3] / "tests" / "data" / "feed"
CODES = st.text("0123456789", min_size=8, max_size=8)
PREFIXES = st.lists(
    st.builds(lambda code, digits: code[:digits], CODES, st.sampled_from((0, 2, 4, 6, 8))), max_size=6
)

VILLAGES = Table("villages", MetaData(), Column("code", Text(collation="C"), primary_key=True))


@pytest.fixture(scope="module")
def areas() -> dict[str, Area]:
    return {area.code: area for area in catalogue()}


def test_thailand_has_77_provinces_928_districts_and_7436_tambons_in_force(areas: dict[str, Area]) -> None:
    levels = Counter(level_of(area.code) for area in areas.values() if area.valid_to is None)
    assert levels == {"province": 77, "district": 928, "tambon": 7_436}


def test_every_area_in_force_has_both_names_and_a_parent_in_force(areas: dict[str, Area]) -> None:
    for area in areas.values():
        if area.valid_to is None:
            assert area.name_th
            assert area.name_en
            assert area.code[:-2] == "" or areas[area.code[:-2]].valid_to is None


def test_the_catalogue_lists_a_parent_before_its_children(areas: dict[str, Area]) -> None:
    seen = {""}
    for code in areas:
        assert code[:-2] in seen
        seen.add(code)


def test_a_closed_code_is_kept_with_the_codes_that_took_its_place(areas: dict[str, Area]) -> None:
    bueng_kan = areas["4303"]  # of Nong Khai until the province Bueng Kan was made
    assert bueng_kan.valid_to is not None
    assert bueng_kan.successors == ("3801",)
    for area in areas.values():
        assert set(area.successors) <= areas.keys()


def test_districts_of_bangkok_carry_no_word_for_the_level(areas: dict[str, Area]) -> None:
    assert areas["1001"].name_th == "พระนคร"
    assert areas["3401"].name_th == "เมืองอุบลราชธานี"


@pytest.mark.parametrize(("edition", "unknown"), [("clean", set()), ("with_errors", {"999999"})])
def test_the_sample_feeds_know_only_areas_of_the_catalogue(
    edition: str, unknown: set[str], areas: dict[str, Area]
) -> None:
    with (FEEDS / edition / "households.csv").open(encoding="utf-8", newline="") as file:
        tambons = {row["village_code"][:6] for row in csv.DictReader(file)}
    assert {code for code in tambons if code not in areas or areas[code].valid_to} == unknown


def test_a_code_says_its_level_by_its_length() -> None:
    assert [level_of(code) for code in ("", "34", "3415", "341501", "34150104")] == [
        "country", "province", "district", "tambon", "village",
    ]  # fmt: skip
    assert ancestors("34150104") == ("34", "3415", "341501", "34150104")
    with pytest.raises(ValueError, match="digits"):
        level_of("341")


@pytest.mark.parametrize("code", ["", "3", "341", "3415010", "๓๔", "34 ", "3A", "341501041"])
def test_an_area_code_is_two_four_six_or_eight_ascii_digits(code: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(AreaCode).validate_python(code)


@given(PREFIXES, CODES)
def test_dropping_contained_prefixes_never_changes_what_is_covered(prefixes: list[str], code: str) -> None:
    assert covers(widest(prefixes), code) == covers(prefixes, code)


@pytest.mark.parametrize("code", ["3", "34'--", "๓๔", "%"])
def test_a_prefix_that_is_no_code_never_reaches_the_database(code: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        descends(column("code"), code)


class TestInTheDatabase:
    @pytest.fixture
    def service(self) -> str:
        return "households"

    @pytest.fixture
    async def villages(self, session: AsyncSession) -> list[str]:
        """Villages at the edges of prefixes, in a table of this transaction."""
        connection = await session.connection()
        await connection.exec_driver_sql(
            'CREATE TEMPORARY TABLE villages (code text COLLATE "C" PRIMARY KEY) ON COMMIT DROP'
        )
        codes = [
            "10010101",
            "33999999",
            "34000000",
            "34150104",
            "34159999",
            "34160101",
            "39999999",
            "40010101",
        ]
        codes += ["90010101", "96999999", "99999999"]
        await session.execute(insert(VILLAGES), [{"code": code} for code in codes])
        return codes

    @pytest.mark.parametrize(
        "prefixes",
        [
            (),
            ("",),
            ("34",),
            ("3415",),
            ("39",),
            ("99",),
            ("34", "3415", "90"),
            ("341501", "40"),
            ("34150104",),
        ],
    )
    async def test_a_caller_sees_exactly_the_villages_of_her_areas(
        self, villages: list[str], session: AsyncSession, prefixes: tuple[str, ...]
    ) -> None:
        statement = select(VILLAGES.c.code).where(within(VILLAGES.c.code, prefixes)).order_by(VILLAGES.c.code)
        seen = (await session.execute(statement)).scalars().all()
        assert list(seen) == [code for code in sorted(villages) if covers(prefixes, code)]

    async def test_the_filter_is_a_range_of_the_index(
        self, villages: list[str], session: AsyncSession
    ) -> None:
        assert villages
        connection = await session.connection()
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        where = within(VILLAGES.c.code, ("34", "4001"))
        compiled = (
            select(VILLAGES.c.code)
            .where(where)
            .compile(connection.engine, compile_kwargs={"literal_binds": True})
        )
        plan = (await connection.exec_driver_sql(f"EXPLAIN {compiled}")).scalars().all()
        assert any("villages_pkey" in line for line in plan), plan
