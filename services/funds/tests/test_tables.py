"""The models say what the migrations made."""

import importlib
import pkgutil

import pytest
from sqlalchemy import Table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

import funds
from funds.db import Base

for module in pkgutil.walk_packages(funds.__path__, "funds."):
    if module.name.endswith(".models"):
        importlib.import_module(module.name)

TABLES = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
_COLUMNS = """
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
       coalesce(i.indisprimary, false) AS key
FROM pg_attribute a
LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY(i.indkey)
WHERE a.attrelid = to_regclass(:table) AND a.attnum > 0 AND NOT a.attisdropped
"""
_SAME = {"varchar": "text", "float": "double precision", "character varying": "text"}


def type_of(written: str) -> str:
    name = written.lower().replace(", ", ",").partition(" collate")[0]
    return _SAME.get(name, name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.name))
async def test_a_table_has_the_columns_its_model_says(session: AsyncSession, table: Table) -> None:
    found = (await session.execute(text(_COLUMNS), {"table": table.name})).mappings().all()
    made = {row["name"]: (type_of(row["type"]), row["nullable"], row["key"]) for row in found}
    said = {
        column.name: (
            type_of(column.type.compile(postgresql.dialect())),  # type: ignore[no-untyped-call]
            bool(column.nullable),
            column.primary_key,
        )
        for column in table.columns
    }
    assert made == said
