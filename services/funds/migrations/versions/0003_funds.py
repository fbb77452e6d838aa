"""Funds with their bank accounts, own dated settings and contributions of capital (กองทุน)."""

import sqlalchemy as sa
from alembic import op

from shared.migrations import append_only

revision = "0003"
down_revision = "0002"

CODE = sa.Text(collation="C")
NOW = sa.text("now()")


def upgrade() -> None:
    _funds()
    _bank_accounts()
    _settings()
    _capital()


def _funds() -> None:
    op.create_table(
        "funds",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("name_th", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text),
        sa.Column("name_key", CODE, nullable=False),  # what a name is searched by: shared.thai.name_key
        sa.Column("area_code", CODE, nullable=False),  # never changes: every row of the fund copies it
        sa.Column("founded_on", sa.Date),
        sa.Column("state", CODE, nullable=False, server_default="active"),
        sa.Column("state_since", sa.Date, nullable=False),
        sa.Column("state_reason", sa.Text),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_by", CODE, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_funds"),
        sa.CheckConstraint(
            "kind IN ('womens', 'poverty', 'savings', 'village', 'institution')", name="ck_funds_kind"
        ),
        sa.CheckConstraint(
            "area_code ~ '^[0-9]+$' AND CASE kind WHEN 'womens' THEN char_length(area_code) = 6 "
            "WHEN 'poverty' THEN char_length(area_code) = 8 WHEN 'village' THEN char_length(area_code) = 8 "
            "ELSE char_length(area_code) IN (6, 8) END",
            name="ck_funds_area_code",
        ),
        sa.CheckConstraint("state IN ('active', 'suspended', 'closed')", name="ck_funds_state"),
        sa.CheckConstraint("state = 'active' OR state_reason IS NOT NULL", name="ck_funds_state_reason"),
        sa.CheckConstraint("version > 0", name="ck_funds_version"),
    )
    # One standing poverty fund a village, one standing women's fund a tambon; a closed one stays as history.
    op.create_index(
        "uq_funds_kind_area_code_standing", "funds", ["kind", "area_code"], unique=True,
        postgresql_where=sa.text("kind IN ('poverty', 'womens') AND state <> 'closed'"),
    )
    # Lists: the caller's area is a prefix, pages go on from the last (area_code, id).
    op.create_index("ix_funds_area_code_id", "funds", ["area_code", "id"])
    op.create_index("ix_funds_updated_at_id", "funds", ["updated_at", "id"])


def _bank_accounts() -> None:
    op.create_table(
        "fund_bank_accounts",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("bank_code", CODE, nullable=False),
        sa.Column("account_no", CODE, nullable=False),  # digits only
        sa.Column("account_name", sa.Text, nullable=False),
        sa.Column("branch", sa.Text),
        sa.Column("opened_on", sa.Date),
        sa.Column("closed_on", sa.Date),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_fund_bank_accounts"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_fund_bank_accounts_fund_id"),
        sa.CheckConstraint("bank_code ~ '^[0-9]{3}$'", name="ck_fund_bank_accounts_bank_code"),
        sa.CheckConstraint("account_no ~ '^[0-9]{8,15}$'", name="ck_fund_bank_accounts_account_no"),
        sa.CheckConstraint("closed_on >= opened_on", name="ck_fund_bank_accounts_closed_on"),
    )
    # An account belongs to one fund at a time.
    op.create_index(
        "uq_fund_bank_accounts_account_no", "fund_bank_accounts", ["bank_code", "account_no"], unique=True,
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_index("ix_fund_bank_accounts_fund_id", "fund_bank_accounts", ["fund_id", "id"])


def _settings() -> None:
    # What a fund has resolved for one product from a day on; null leaves the product's own value.
    op.create_table(
        "fund_settings",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("product_code", CODE, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("annual_rate", sa.Numeric(9, 6)),  # per cent a year
        sa.Column("penalty_rate", sa.Numeric(9, 6)),  # per cent a year on overdue principal
        sa.Column("max_amount", sa.BigInteger),  # satang
        sa.Column("max_months", sa.SmallInteger),
        sa.Column("max_instalments", sa.SmallInteger),
        sa.Column("min_group_size", sa.SmallInteger),
        sa.Column("meeting_id", sa.Uuid),  # the meeting that resolved it
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("created_by", CODE, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_fund_settings"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_fund_settings_fund_id"),
        sa.UniqueConstraint("fund_id", "product_code", "valid_from", name="uq_fund_settings_fund_id"),
        sa.CheckConstraint("annual_rate BETWEEN 0 AND 100", name="ck_fund_settings_annual_rate"),
        sa.CheckConstraint("penalty_rate BETWEEN 0 AND 100", name="ck_fund_settings_penalty_rate"),
        sa.CheckConstraint("max_amount > 0", name="ck_fund_settings_max_amount"),
        sa.CheckConstraint("max_months > 0", name="ck_fund_settings_max_months"),
        sa.CheckConstraint("max_instalments > 0", name="ck_fund_settings_max_instalments"),
        sa.CheckConstraint("min_group_size > 0", name="ck_fund_settings_min_group_size"),
    )
    append_only(op, "fund_settings")


def _capital() -> None:
    op.create_table(
        "fund_capital",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("contributed_on", sa.Date, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),  # satang
        sa.Column("origin", CODE, nullable=False),
        sa.Column("held_as", CODE, nullable=False),
        sa.Column("document_no", CODE, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("journal_id", sa.Uuid, nullable=False),
        sa.Column("journal_number", sa.BigInteger, nullable=False),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("reversed_on", sa.Date),
        sa.Column("reversed_by", CODE),
        sa.Column("reversal_reason", sa.Text),
        sa.Column("reversal_journal_id", sa.Uuid),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_fund_capital"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_fund_capital_fund_id"),
        sa.CheckConstraint("amount > 0", name="ck_fund_capital_amount"),
        sa.CheckConstraint(
            "origin IN ('state', 'local_government', 'members', 'donation', 'other')",
            name="ck_fund_capital_origin",
        ),
        sa.CheckConstraint("held_as IN ('cash', 'bank')", name="ck_fund_capital_held_as"),
        sa.CheckConstraint(
            "(reversed_on IS NULL) = (reversed_by IS NULL) AND (reversed_on IS NULL) = (reversal_journal_id IS NULL)"
            " AND (reversed_on IS NULL) = (reversal_reason IS NULL)",
            name="ck_fund_capital_reversed_on",
        ),
    )
    # A document brings money once; one that was booked wrongly is reversed and may be booked again.
    op.create_index(
        "uq_fund_capital_document_no", "fund_capital", ["fund_id", "document_no"], unique=True,
        postgresql_where=sa.text("reversed_on IS NULL"),
    )
    op.create_index("ix_fund_capital_fund_id", "fund_capital", ["fund_id", "contributed_on", "id"])
