"""Repayments by receipt, who of a group brought what, and what else was booked on a loan without money."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

CODE = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)
AREA = "area_code ~ '^([0-9]{6}|[0-9]{8})$'"


def upgrade() -> None:
    _repayments()
    _parts()
    _entries()


def _repayments() -> None:
    # No foreign key to funds: the loan has it, and its row is locked by whoever adds a repayment.
    op.create_table(
        "repayments",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("receipt_no", CODE, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("booked_on", sa.Date, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("early", CODE, nullable=False),
        sa.Column("recovery", sa.Boolean, nullable=False, server_default=sa.false()),
        # As booked by its own journal; `advance` is kept where positive, used where negative.
        sa.Column("principal", sa.BigInteger, nullable=False),
        sa.Column("interest", sa.BigInteger, nullable=False),
        sa.Column("penalty", sa.BigInteger, nullable=False),
        sa.Column("advance", sa.BigInteger, nullable=False),
        sa.Column("outstanding", sa.BigInteger, nullable=False),  # after it
        sa.Column("allocation", postgresql.JSONB, nullable=False),
        sa.Column("base_no", sa.Integer, nullable=False),
        sa.Column("batch_id", sa.Uuid),
        sa.Column("note", sa.Text),
        sa.Column("journal_id", sa.Uuid, nullable=False),
        sa.Column("journal_number", sa.BigInteger, nullable=False),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("reversed_on", sa.Date),
        sa.Column("reversed_by", CODE),
        sa.Column("reversal_reason", sa.Text),
        sa.Column("reversal_journal_id", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_repayments"),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="fk_repayments_loan_id"),
        sa.UniqueConstraint("fund_id", "receipt_no", name="uq_repayments_receipt_no"),
        sa.CheckConstraint(AREA, name="ck_repayments_area_code"),
        sa.CheckConstraint("amount > 0", name="ck_repayments_amount"),
        sa.CheckConstraint(
            "principal + interest + penalty + advance = amount "
            "AND principal >= 0 AND interest >= 0 AND penalty >= 0",
            name="ck_repayments_parts",
        ),
        sa.CheckConstraint("booked_on >= paid_on", name="ck_repayments_booked_on"),
        sa.CheckConstraint("channel IN ('cash', 'bank')", name="ck_repayments_channel"),
        sa.CheckConstraint("early IN ('next', 'shorten', 'lower', 'payoff')", name="ck_repayments_early"),
        sa.CheckConstraint(
            "(reversed_on IS NULL) = (reversed_by IS NULL) "
            "AND (reversed_on IS NULL) = (reversal_journal_id IS NULL)",
            name="ck_repayments_reversed",
        ),
        comment="Money received on loans, in satang, each with its receipt and its journal; never edited",
        postgresql_with={"fillfactor": "90"},
    )
    op.create_index("ix_repayments_loan_id", "repayments", ["loan_id", "paid_on", "position"])
    op.create_index("ix_repayments_area_code_id", "repayments", ["area_code", "id"])


def _parts() -> None:
    op.create_table(
        "repayment_parts",
        sa.Column("repayment_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("repayment_id", "member_id", name="pk_repayment_parts"),
        sa.ForeignKeyConstraint(
            ["repayment_id"], ["repayments.id"], name="fk_repayment_parts_repayment_id"
        ),
        sa.CheckConstraint("amount >= 0", name="ck_repayment_parts_amount"),
        comment="What each member of a group brought of a repayment; the parts sum to the amount",
    )
    op.create_index("ix_repayment_parts_member_id", "repayment_parts", ["member_id"])


def _entries() -> None:
    op.create_table(
        "loan_entries",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("on_date", sa.Date, nullable=False),
        # What it adds to what is repaid and to what is kept ahead; a refund is the advance alone, negative.
        sa.Column("principal", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("interest", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("penalty", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("advance", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("base_no", sa.Integer, nullable=False),
        sa.Column("repayment_id", sa.Uuid),  # whose coming or going moved the others
        sa.Column("document_no", CODE),
        sa.Column("channel", CODE),
        sa.Column("journal_id", sa.Uuid, nullable=False),
        sa.Column("journal_number", sa.BigInteger, nullable=False),
        sa.Column("actor", CODE, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_loan_entries"),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="fk_loan_entries_loan_id"),
        sa.CheckConstraint("kind IN ('advance_use', 'reallocation', 'refund')", name="ck_loan_entries_kind"),
        sa.CheckConstraint(
            "kind = 'refund' OR principal + interest + penalty + advance = 0", name="ck_loan_entries_parts"
        ),
        sa.CheckConstraint(
            "kind <> 'refund' OR (advance < 0 AND principal = 0 AND interest = 0 AND penalty = 0 "
            "AND document_no IS NOT NULL AND channel IN ('cash', 'bank'))",
            name="ck_loan_entries_refund",
        ),
        comment="Booked on loans beside repayments: advances used or given back, allocations moved",
    )
    op.create_index("ix_loan_entries_loan_id", "loan_entries", ["loan_id", "position"])
