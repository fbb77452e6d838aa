"""What tests that try to break the books say over and over."""

from typing import Any

import asyncpg
import pytest

Broken = asyncpg.IntegrityConstraintViolationError
COLUMNS = "journal_id, line_no, fund_id, number, business_date, account, debit, credit"


def named(refused: pytest.ExceptionInfo[Any]) -> str:
    """Return the constraint that refused."""
    return str(refused.value.constraint_name)
