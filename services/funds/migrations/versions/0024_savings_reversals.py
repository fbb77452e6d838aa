"""Welfare and distributions that were booked wrongly are reversed as a whole (กลับรายการ)."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

CODE = sa.Text(collation="C")


def upgrade() -> None:
    for table in ("savings_welfare", "savings_distributions"):
        op.add_column(table, sa.Column("reversed_on", sa.Date))
        op.add_column(table, sa.Column("reversed_by", CODE))
        op.add_column(table, sa.Column("reversal_reason", sa.Text))
        op.add_column(table, sa.Column("reversal_journal_id", sa.Uuid))
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_reversed CHECK ("
            "num_nulls(reversed_on, reversed_by, reversal_reason, reversal_journal_id) IN (0, 4) "
            "AND (reversed_on IS NULL OR journal_id IS NOT NULL)) NOT VALID"
        )
    # A period that was shared out wrongly may be shared out again.
    op.create_index(
        "uq_savings_distributions_standing",
        "savings_distributions",
        ["fund_id", "kind", "period_to"],
        unique=True,
        postgresql_where=sa.text("state <> 'rejected' AND reversed_on IS NULL"),
    )
    op.execute(
        "-- squawk-ignore require-concurrent-index-deletion\nDROP INDEX uq_savings_distributions_period"
    )
