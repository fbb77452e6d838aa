"""A cut-off sheet that was signed wrongly is reversed; a proposal after a death is rejected with its reason."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

CODE = sa.Text(collation="C")


def upgrade() -> None:
    op.add_column("savings_sheets", sa.Column("reversed_on", sa.Date))
    op.add_column("savings_sheets", sa.Column("reversed_by", CODE))
    op.add_column("savings_sheets", sa.Column("reversal_reason", sa.Text))
    op.add_column("savings_sheets", sa.Column("reversal_journal_id", sa.Uuid))
    # Loosened: a state more. Rows there already are of the other ones.
    for name, rule in (
        ("state", "state IN ('draft', 'signed', 'withdrawn', 'reversed')"),
        ("signed_by", "(state IN ('signed', 'reversed')) = (signed_by IS NOT NULL)"),
    ):
        op.execute(
            "-- squawk-ignore ban-drop-constraint\n"
            f"ALTER TABLE savings_sheets DROP CONSTRAINT ck_savings_sheets_{name}"
        )
        _check("savings_sheets", name, rule)
    _check(
        "savings_sheets",
        "reversed",
        "num_nulls(reversed_on, reversed_by, reversal_reason) IN (0, 3) "
        "AND (state = 'reversed') = (reversed_on IS NOT NULL) "
        "AND (state = 'reversed' AND kind = 'opening') = (reversal_journal_id IS NOT NULL)",
    )
    op.create_index(
        "uq_savings_sheets_opening_standing",
        "savings_sheets",
        ["fund_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'opening' AND state IN ('draft', 'signed')"),
    )
    op.create_index(
        "uq_savings_sheets_annual_standing",
        "savings_sheets",
        ["fund_id", "on_day"],
        unique=True,
        postgresql_where=sa.text("kind = 'annual' AND state IN ('draft', 'signed')"),
    )
    for name in ("opening", "annual"):
        op.execute(
            f"-- squawk-ignore require-concurrent-index-deletion\nDROP INDEX uq_savings_sheets_{name}"
        )
    op.add_column("borrower_deaths", sa.Column("rejected_by", CODE))
    op.add_column("borrower_deaths", sa.Column("rejection_reason", sa.Text))


def _check(table: str, about: str, rule: str) -> None:
    """Add a check of new rows, without a lock in which the whole table is read; those there pass it."""
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{about} CHECK ({rule}) NOT VALID")
