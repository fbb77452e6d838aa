"""Who keeps books and who posts them, and the worker that does what they queue."""

from typing import Any

import pytest

from funds.book_imports import jobs as book_jobs
from shared import jobs
from shared.db import Database
from shared.testing.caller import Caller
from tests.factories import a_fund


@pytest.fixture
def keeper(officer: Caller) -> Caller:
    """Call as who keeps the books of the province's funds."""
    return officer.may("ledgers:read", "imports:write", "loans:read", "jobs:read")


@pytest.fixture
def approver(keeper: Caller) -> Caller:
    """Call as another person, who posts."""
    return keeper.may("funds:approve").named("user:approver")


@pytest.fixture
async def fund_id(database: Database) -> str:
    """Make a poverty fund with empty books."""
    async with database.transaction() as session:
        return str((await a_fund(session, kind="poverty", area_code="34190102")).id)


@pytest.fixture
def work(settings_values: dict[str, Any]) -> dict[str, jobs.Work]:
    """Return what the worker does."""
    return book_jobs.work(files_url=settings_values["files_url"])


@pytest.fixture
def run(database: Database, work: dict[str, jobs.Work]) -> Any:
    """Let the worker do what is queued."""

    async def run() -> None:
        await jobs.run_pending(database, work)

    return run
