"""Grants paid out, and what the money was used for (เงินอุดหนุน)."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

CODE = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _grants()
    _uses()


def _grants() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("application_id", sa.Uuid, nullable=False),
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("borrower_kind", CODE, nullable=False),  # whom it is given to
        sa.Column("borrower_id", sa.Uuid, nullable=False),
        sa.Column("grant_no", CODE, nullable=False),
        sa.Column("document_no", CODE, nullable=False),  # of the payment slip or receipt
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("paid_from", CODE, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),  # satang
        sa.Column("used", sa.BigInteger, nullable=False, server_default="0"),  # satang, shown by evidence
        sa.Column("returned", sa.BigInteger, nullable=False, server_default="0"),  # satang, come back unused
        sa.Column("use_by", sa.Date, nullable=False),  # until when its use is to be shown
        sa.Column("state", CODE, nullable=False, server_default="paid"),
        sa.Column("journal_id", sa.Uuid, nullable=False),
        sa.Column("journal_number", sa.BigInteger, nullable=False),
        sa.Column("paid_by", CODE, nullable=False),
        sa.Column("confirmed_by", CODE),
        sa.Column("confirmed_on", sa.Date),
        sa.Column("reversed_by", CODE),
        sa.Column("reversed_on", sa.Date),
        sa.Column("reversal_reason", sa.Text),
        sa.Column("reversal_journal_id", sa.Uuid),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grants"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_grants_fund_id"),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name="fk_grants_application_id"),
        sa.UniqueConstraint("fund_id", "grant_no", name="uq_grants_fund_id"),
        sa.CheckConstraint("borrower_kind IN ('group', 'member', 'household')", name="ck_grants_borrower_kind"),
        sa.CheckConstraint("paid_from IN ('cash', 'bank')", name="ck_grants_paid_from"),
        sa.CheckConstraint("amount > 0", name="ck_grants_amount"),
        sa.CheckConstraint("used >= 0 AND returned >= 0 AND used + returned <= amount", name="ck_grants_used"),
        sa.CheckConstraint("state IN ('paid', 'confirmed', 'reversed')", name="ck_grants_state"),
        sa.CheckConstraint(
            "(state = 'confirmed') = (confirmed_by IS NOT NULL) "
            "AND (confirmed_by IS NULL) = (confirmed_on IS NULL)",
            name="ck_grants_confirmed_by",
        ),
        sa.CheckConstraint(
            "(state = 'reversed') = (reversed_by IS NOT NULL) AND (reversed_by IS NULL) = (reversed_on IS NULL) "
            "AND (reversed_by IS NULL) = (reversal_reason IS NULL) "
            "AND (reversed_by IS NULL) = (reversal_journal_id IS NULL)",
            name="ck_grants_reversed_by",
        ),
    )
    # An application is paid once; a payment booked wrongly is reversed and made again.
    op.create_index(
        "uq_grants_application_id", "grants", ["application_id"], unique=True,
        postgresql_where=sa.text("state <> 'reversed'"),
    )
    op.create_index("ix_grants_area_code_id", "grants", ["area_code", "id"])
    op.create_index("ix_grants_fund_id_paid_on", "grants", ["fund_id", "paid_on", "id"])
    op.create_index("ix_grants_borrower_id", "grants", ["borrower_id", "id"])


def _uses() -> None:
    # What part of the money was spent on, or came back, with its proof. A use written wrongly is taken back by
    # a row below zero; money that came back has its entry in the books.
    op.create_table(
        "grant_uses",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("grant_id", sa.Uuid, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("used_on", sa.Date, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),  # satang
        sa.Column("document_no", CODE),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("journal_number", sa.BigInteger),
        sa.Column("file_key", CODE),
        sa.Column("file_type", CODE),
        sa.Column("file_size", sa.BigInteger),
        sa.Column("file_sha256", CODE),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grant_uses"),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"], name="fk_grant_uses_grant_id"),
        sa.CheckConstraint("kind IN ('use', 'return')", name="ck_grant_uses_kind"),
        sa.CheckConstraint("amount > 0 OR (kind = 'use' AND amount < 0)", name="ck_grant_uses_amount"),
        sa.CheckConstraint(
            "(kind = 'return') = (journal_id IS NOT NULL) AND (journal_id IS NULL) = (journal_number IS NULL)",
            name="ck_grant_uses_journal_id",
        ),
        sa.CheckConstraint(
            "(file_key IS NULL) = (file_type IS NULL) AND (file_key IS NULL) = (file_size IS NULL) "
            "AND (file_key IS NULL) = (file_sha256 IS NULL)",
            name="ck_grant_uses_file_key",
        ),
    )
    op.create_index("ix_grant_uses_grant_id", "grant_uses", ["grant_id", "used_on", "id"])
