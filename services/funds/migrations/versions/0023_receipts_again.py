"""A receipt number serves once among the receipts that stand: what was recorded wrongly is recorded again."""

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    # Whole, not partial: a fund's receipts are found by it too. A reversed receipt differs by its reversal.
    op.create_index(
        "uq_repayments_receipt_no_standing",
        "repayments",
        ["fund_id", "receipt_no", "reversal_journal_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE repayments DROP CONSTRAINT uq_repayments_receipt_no"
    )
