"""Savings groups (กลุ่มออมทรัพย์เพื่อการผลิต): members' balances, what moved them, what was shared out.

Balances stand in the ledger by member (accounts 2200 and 3100); `savings_accounts` keeps the same figures
where a withdrawal can lock them. Movements are only added; a wrong one is reversed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"

CODE = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    _rules()
    _accounts()
    _movements()
    _distributions()
    _welfare()
    _sheets()


def _rules() -> None:
    # What a group resolved, in force from a day until its next resolution.
    op.create_table(
        "savings_rules",
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("share_value", sa.BigInteger, nullable=False),
        sa.Column("min_pledge", sa.BigInteger, nullable=False),
        sa.Column("max_pledge", sa.BigInteger),
        sa.Column("min_balance", sa.BigInteger, nullable=False),
        sa.Column("max_shares", sa.Integer),
        sa.Column("withdrawals_per_month", sa.Integer),
        sa.Column("withdrawal_percent", sa.Integer),
        sa.Column("interest_rate", sa.Numeric(9, 6), nullable=False),
        sa.Column("day_count", CODE, nullable=False),
        sa.Column("resolution", sa.Text, nullable=False),
        sa.Column("created_by", CODE, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("fund_id", "valid_from", name="pk_savings_rules"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_savings_rules_fund_id"),
        sa.CheckConstraint("share_value > 0", name="ck_savings_rules_share_value"),
        sa.CheckConstraint("0 <= min_pledge AND min_pledge <= max_pledge", name="ck_savings_rules_pledge"),
        sa.CheckConstraint("min_balance >= 0", name="ck_savings_rules_min_balance"),
        sa.CheckConstraint("max_shares > 0", name="ck_savings_rules_max_shares"),
        sa.CheckConstraint("withdrawals_per_month > 0", name="ck_savings_rules_withdrawals_per_month"),
        sa.CheckConstraint(
            "withdrawal_percent BETWEEN 1 AND 100", name="ck_savings_rules_withdrawal_percent"
        ),
        sa.CheckConstraint("interest_rate BETWEEN 0 AND 100", name="ck_savings_rules_interest_rate"),
        sa.CheckConstraint("day_count IN ('ACT/365', 'ACT/ACT')", name="ck_savings_rules_day_count"),
    )
    op.create_table(
        "savings_pledges",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("month_from", sa.Date, nullable=False),  # the first day of the first month
        sa.Column("amount", sa.BigInteger, nullable=False),  # satang a month; 0 ends it
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_savings_pledges"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_savings_pledges_fund_id"),
        sa.ForeignKeyConstraint(["member_id"], ["fund_members.id"], name="fk_savings_pledges_member_id"),
        sa.UniqueConstraint("member_id", "month_from", name="uq_savings_pledges_member_id"),
        sa.CheckConstraint("amount >= 0", name="ck_savings_pledges_amount"),
        sa.CheckConstraint("EXTRACT(day FROM month_from) = 1", name="ck_savings_pledges_month_from"),
    )
    op.create_index("ix_savings_pledges_fund_id", "savings_pledges", ["fund_id", "member_id", "month_from"])


def _accounts() -> None:
    op.create_table(
        "savings_accounts",
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("savings", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("shares", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("last_moved_on", sa.Date),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_savings_accounts"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_savings_accounts_fund_id"),
        sa.ForeignKeyConstraint(["member_id"], ["fund_members.id"], name="fk_savings_accounts_member_id"),
        sa.CheckConstraint("savings >= 0", name="ck_savings_accounts_savings"),
        sa.CheckConstraint("shares >= 0", name="ck_savings_accounts_shares"),
        comment="What a member has in the group, in satang: savings (2200) and shares at their value (3100)",
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_savings_accounts_fund_id", "savings_accounts", ["fund_id", "member_id"])


def _movements() -> None:
    op.create_table(
        "savings_movements",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("moved_on", sa.Date, nullable=False),
        sa.Column("month", sa.Date),  # of the monthly sheet that a deposit belongs to: its first day
        sa.Column("savings", sa.BigInteger, nullable=False),  # satang; below zero it went out
        sa.Column("shares", sa.BigInteger, nullable=False),
        sa.Column("held_as", CODE),  # where the money came in or went out; none where none moved
        sa.Column("document_no", sa.Text),
        sa.Column("source_id", sa.Uuid),  # the distribution or opening it belongs to
        sa.Column("journal_id", sa.Uuid, nullable=False),
        sa.Column("journal_number", sa.BigInteger, nullable=False),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("reversed_on", sa.Date),
        sa.Column("reversed_by", CODE),
        sa.Column("reversal_reason", sa.Text),
        sa.Column("reversal_journal_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="pk_savings_movements"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["savings_accounts.member_id"], name="fk_savings_movements_member_id"
        ),
        sa.CheckConstraint(
            "kind IN ('opening', 'deposit', 'withdrawal', 'interest', 'dividend')",
            name="ck_savings_movements_kind",
        ),
        sa.CheckConstraint("savings <> 0 OR shares <> 0", name="ck_savings_movements_amount"),
        sa.CheckConstraint("held_as IN ('cash', 'bank')", name="ck_savings_movements_held_as"),
        sa.CheckConstraint("EXTRACT(day FROM month) = 1", name="ck_savings_movements_month"),
        sa.CheckConstraint(
            "(reversed_on IS NULL) = (reversed_by IS NULL) "
            "AND (reversed_on IS NULL) = (reversal_journal_id IS NULL)",
            name="ck_savings_movements_reversed",
        ),
    )
    # One document names a member once; a monthly sheet names many members.
    op.create_index(
        "uq_savings_movements_document_no",
        "savings_movements",
        ["fund_id", "document_no", "member_id"],
        unique=True,
        postgresql_where=sa.text("document_no IS NOT NULL AND reversed_on IS NULL"),
    )
    op.create_index("ix_savings_movements_member_id", "savings_movements", ["member_id", "moved_on", "id"])
    op.create_index("ix_savings_movements_fund_id", "savings_movements", ["fund_id", "id"])
    op.create_index(
        "ix_savings_movements_month",
        "savings_movements",
        ["fund_id", "month", "member_id"],
        postgresql_where=sa.text("month IS NOT NULL"),
    )


def _distributions() -> None:
    op.create_table(
        "savings_distributions",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("period_from", sa.Date, nullable=False),
        sa.Column("period_to", sa.Date, nullable=False),
        sa.Column("annual_rate", sa.Numeric(9, 6)),  # of interest: percent a year
        sa.Column("day_count", CODE),
        sa.Column("amount", sa.BigInteger, nullable=False),  # what is shared out, in satang
        sa.Column("paid_as", CODE, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="proposed"),
        sa.Column("resolution", sa.Text, nullable=False),
        sa.Column("proposed_by", CODE, nullable=False),
        sa.Column("decided_by", CODE),
        sa.Column("decided_at", MOMENT),
        sa.Column("reason", sa.Text),
        sa.Column("posted_on", sa.Date),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("journal_number", sa.BigInteger),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_savings_distributions"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_savings_distributions_fund_id"),
        sa.CheckConstraint("kind IN ('interest', 'dividend')", name="ck_savings_distributions_kind"),
        sa.CheckConstraint("period_from <= period_to", name="ck_savings_distributions_period"),
        sa.CheckConstraint("amount > 0", name="ck_savings_distributions_amount"),
        sa.CheckConstraint("paid_as IN ('savings', 'cash', 'bank')", name="ck_savings_distributions_paid_as"),
        sa.CheckConstraint(
            "state IN ('proposed', 'posted', 'rejected')", name="ck_savings_distributions_state"
        ),
        sa.CheckConstraint("decided_by <> proposed_by", name="ck_savings_distributions_two_persons"),
        sa.CheckConstraint(
            "(state = 'posted') = (journal_id IS NOT NULL)", name="ck_savings_distributions_journal_id"
        ),
    )
    # A period is shared out once of each kind.
    op.create_index(
        "uq_savings_distributions_period",
        "savings_distributions",
        ["fund_id", "kind", "period_to"],
        unique=True,
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    op.create_table(
        "savings_distribution_parts",
        sa.Column("distribution_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("baht_days", sa.BigInteger, nullable=False),  # satang held, times days
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("distribution_id", "member_id", name="pk_savings_distribution_parts"),
        sa.ForeignKeyConstraint(
            ["distribution_id"],
            ["savings_distributions.id"],
            name="fk_savings_distribution_parts_distribution_id",
        ),
        sa.CheckConstraint("baht_days >= 0", name="ck_savings_distribution_parts_baht_days"),
        sa.CheckConstraint("amount >= 0", name="ck_savings_distribution_parts_amount"),
    )


def _welfare() -> None:
    op.create_table(
        "savings_welfare",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("held_as", CODE, nullable=False),
        sa.Column("document_no", sa.Text, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="requested"),
        sa.Column("requested_by", CODE, nullable=False),
        sa.Column("decided_by", CODE),
        sa.Column("decided_at", MOMENT),
        sa.Column("reason", sa.Text),
        sa.Column("paid_on", sa.Date),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("journal_number", sa.BigInteger),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_savings_welfare"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_savings_welfare_fund_id"),
        sa.ForeignKeyConstraint(["member_id"], ["fund_members.id"], name="fk_savings_welfare_member_id"),
        sa.UniqueConstraint("fund_id", "document_no", name="uq_savings_welfare_document_no"),
        sa.CheckConstraint(
            "kind IN ('birth', 'illness', 'death', 'education', 'elderly', 'disaster', 'other')",
            name="ck_savings_welfare_kind",
        ),
        sa.CheckConstraint("amount > 0", name="ck_savings_welfare_amount"),
        sa.CheckConstraint("held_as IN ('cash', 'bank')", name="ck_savings_welfare_held_as"),
        sa.CheckConstraint("state IN ('requested', 'paid', 'rejected')", name="ck_savings_welfare_state"),
        sa.CheckConstraint("decided_by <> requested_by", name="ck_savings_welfare_two_persons"),
        sa.CheckConstraint(
            "(state = 'paid') = (journal_id IS NOT NULL)", name="ck_savings_welfare_journal_id"
        ),
    )
    op.create_index("ix_savings_welfare_fund_id", "savings_welfare", ["fund_id", "id"])


def _sheets() -> None:
    # Everybody's balance on one day with a total that a second person signs: the opening of a group's books
    # (ใบตัดยอด) or the end of its year.
    op.create_table(
        "savings_sheets",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("on_day", sa.Date, nullable=False),
        sa.Column("members", sa.Integer, nullable=False),
        sa.Column("savings", sa.BigInteger, nullable=False),
        sa.Column("shares", sa.BigInteger, nullable=False),
        sa.Column(
            "balances", JSONB, nullable=False
        ),  # of an opening: account code to satang, on its own side
        sa.Column("state", CODE, nullable=False, server_default="draft"),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("signed_by", CODE),
        sa.Column("signed_at", MOMENT),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("journal_number", sa.BigInteger),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_savings_sheets"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_savings_sheets_fund_id"),
        sa.CheckConstraint("kind IN ('opening', 'annual')", name="ck_savings_sheets_kind"),
        sa.CheckConstraint("state IN ('draft', 'signed', 'withdrawn')", name="ck_savings_sheets_state"),
        sa.CheckConstraint("members >= 0", name="ck_savings_sheets_members"),
        sa.CheckConstraint("savings >= 0 AND shares >= 0", name="ck_savings_sheets_total"),
        sa.CheckConstraint("signed_by <> recorded_by", name="ck_savings_sheets_two_persons"),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_by IS NOT NULL)", name="ck_savings_sheets_signed_by"
        ),
    )
    op.create_index(
        "uq_savings_sheets_opening",
        "savings_sheets",
        ["fund_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'opening' AND state <> 'withdrawn'"),
    )
    op.create_index(
        "uq_savings_sheets_annual",
        "savings_sheets",
        ["fund_id", "on_day"],
        unique=True,
        postgresql_where=sa.text("kind = 'annual' AND state <> 'withdrawn'"),
    )
    op.create_table(
        "savings_sheet_rows",
        sa.Column("sheet_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("savings", sa.BigInteger, nullable=False),
        sa.Column("shares", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("sheet_id", "member_id", name="pk_savings_sheet_rows"),
        sa.ForeignKeyConstraint(["sheet_id"], ["savings_sheets.id"], name="fk_savings_sheet_rows_sheet_id"),
        sa.CheckConstraint("savings >= 0 AND shares >= 0", name="ck_savings_sheet_rows_amount"),
    )
