"""Loans: contracts, what is paid out on them, instalments by schedule, members' shares, freezes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

CODE = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)
AREA = "area_code ~ '^([0-9]{6}|[0-9]{8})$'"


def _money(name: str) -> sa.Column[int]:
    """Return a column of satang that begins with nothing."""
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


def upgrade() -> None:
    _loans()
    _disbursements()
    _schedules()
    _instalments()
    _shares()
    _freezes()


def _loans() -> None:
    # Changed with every repayment: no index holds what a repayment changes but the next due date.
    op.create_table(
        "loans",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("application_id", sa.Uuid),  # none: taken over from the books before
        sa.Column("product_id", sa.Uuid, nullable=False),
        sa.Column("borrower_kind", CODE, nullable=False),
        sa.Column("borrower_id", sa.Uuid, nullable=False),
        sa.Column("contract_no", CODE, nullable=False),
        sa.Column("contract_date", sa.Date, nullable=False),
        sa.Column("principal", sa.BigInteger, nullable=False),
        sa.Column("annual_rate", sa.Numeric(9, 6), nullable=False),  # per cent
        sa.Column("terms", postgresql.JSONB, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="contracted"),
        _money("reserved"),  # still kept back in the books for what is not paid out
        _money("disbursed"),
        _money("outstanding"),  # principal in the books: account 1100 of this loan
        _money("advance"),  # paid ahead: account 2100 of this loan
        _money("written_off"),  # principal out of the books, owed all the same
        _money("recovered"),  # of what was written off
        sa.Column("schedule_no", sa.Integer, nullable=False, server_default="0"),  # the one in force
        sa.Column("base_no", sa.Integer, nullable=False, server_default="0"),  # see loan_schedules
        sa.Column("next_due_on", sa.Date),  # of the oldest instalment that is not settled
        sa.Column("last_paid_on", sa.Date),
        sa.Column("closed_on", sa.Date),
        sa.Column("state_reason", sa.Text),
        sa.Column("contracted_by", CODE, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_loans"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_loans_fund_id"),
        sa.UniqueConstraint("application_id", name="uq_loans_application_id"),
        sa.UniqueConstraint("fund_id", "contract_no", name="uq_loans_contract_no"),
        sa.CheckConstraint(AREA, name="ck_loans_area_code"),
        sa.CheckConstraint(
            "borrower_kind IN ('member', 'group', 'household')", name="ck_loans_borrower_kind"
        ),
        sa.CheckConstraint(
            "state IN ('contracted', 'active', 'frozen', 'written_off', 'closed')", name="ck_loans_state"
        ),
        sa.CheckConstraint("principal > 0", name="ck_loans_principal"),
        sa.CheckConstraint("annual_rate >= 0", name="ck_loans_annual_rate"),
        sa.CheckConstraint("disbursed BETWEEN 0 AND principal", name="ck_loans_disbursed"),
        sa.CheckConstraint(
            "outstanding BETWEEN 0 AND disbursed AND advance >= 0 AND reserved >= 0", name="ck_loans_amounts"
        ),
        sa.CheckConstraint(
            "recovered BETWEEN 0 AND written_off AND (written_off = 0 OR outstanding = 0)",
            name="ck_loans_written_off",
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL) AND (state <> 'closed' OR outstanding = 0)",
            name="ck_loans_closed",
        ),
        sa.CheckConstraint("state <> 'contracted' OR disbursed = 0", name="ck_loans_contracted"),
        comment="Contracts of loans with their running figures, in satang",
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index("ix_loans_area_code_id", "loans", ["area_code", "id"])
    op.create_index("ix_loans_fund_id_id", "loans", ["fund_id", "id"])
    op.create_index("ix_loans_borrower_id", "loans", ["borrower_id"])
    op.create_index(
        "ix_loans_next_due_on", "loans", ["next_due_on"],
        postgresql_where=sa.text("state IN ('active', 'frozen')"),
    )
    # Money paid ahead that an instalment has fallen due for.
    op.create_index(
        "ix_loans_advance", "loans", ["next_due_on"],
        postgresql_where=sa.text("state = 'active' AND advance > 0"),
    )


def _disbursements() -> None:
    op.create_table(
        "loan_disbursements",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("document_no", CODE, nullable=False),
        sa.Column("journal_id", sa.Uuid, nullable=False),
        sa.Column("journal_number", sa.BigInteger, nullable=False),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("reversed_on", sa.Date),
        sa.Column("reversed_by", CODE),
        sa.Column("reversal_reason", sa.Text),
        sa.Column("reversal_journal_id", sa.Uuid),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_loan_disbursements"),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="fk_loan_disbursements_loan_id"),
        sa.UniqueConstraint("fund_id", "document_no", name="uq_loan_disbursements_document_no"),
        sa.CheckConstraint("amount > 0", name="ck_loan_disbursements_amount"),
        sa.CheckConstraint("channel IN ('cash', 'bank')", name="ck_loan_disbursements_channel"),
        sa.CheckConstraint(
            "(reversed_on IS NULL) = (reversed_by IS NULL) "
            "AND (reversed_on IS NULL) = (reversal_journal_id IS NULL)",
            name="ck_loan_disbursements_reversed",
        ),
    )
    op.create_index("ix_loan_disbursements_loan_id", "loan_disbursements", ["loan_id", "paid_on"])


def _schedules() -> None:
    op.create_table(
        "loan_schedules",
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("schedule_no", sa.Integer, nullable=False),
        sa.Column("base_no", sa.Integer, nullable=False),  # its own number unless a repayment made it
        sa.Column("reason", CODE, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("made_on", sa.Date, nullable=False),
        _money("advance"),  # what was paid ahead when it was made
        sa.Column("actor", CODE, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("loan_id", "schedule_no", name="pk_loan_schedules"),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="fk_loan_schedules_loan_id"),
        sa.CheckConstraint(
            "reason IN ('disbursement', 'opening', 'restructuring', 'waiver', 'write_off', "
            "'early_repayment', 'replay')",
            name="ck_loan_schedules_reason",
        ),
        sa.CheckConstraint(
            "(base_no = schedule_no) = (reason NOT IN ('early_repayment', 'replay'))",
            name="ck_loan_schedules_base_no",
        ),
        comment="A loan's schedules by number: a change makes a new one, those before stay readable",
    )


def _instalments() -> None:
    op.create_table(
        "instalments",
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("schedule_no", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("from_on", sa.Date, nullable=False),  # its interest runs from here to the due date
        sa.Column("due_on", sa.Date, nullable=False),
        _money("principal"),
        _money("interest"),
        _money("penalty"),
        _money("carried_penalty"),  # part of the penalty that an earlier schedule charged
        _money("paid_principal"),
        _money("paid_interest"),
        _money("paid_penalty"),
        _money("waived_interest"),
        sa.Column("penalty_until", sa.Date),  # charged up to this day
        sa.Column("settled_on", sa.Date),
        sa.PrimaryKeyConstraint("loan_id", "schedule_no", "number", name="pk_instalments"),
        sa.ForeignKeyConstraint(
            ["loan_id", "schedule_no"], ["loan_schedules.loan_id", "loan_schedules.schedule_no"],
            name="fk_instalments_loan_id",
        ),
        sa.CheckConstraint("number >= 1", name="ck_instalments_number"),
        sa.CheckConstraint("paid_principal BETWEEN 0 AND principal", name="ck_instalments_paid_principal"),
        sa.CheckConstraint(
            "paid_interest >= 0 AND waived_interest >= 0 AND paid_interest + waived_interest <= interest",
            name="ck_instalments_paid_interest",
        ),
        sa.CheckConstraint(
            "paid_penalty BETWEEN 0 AND penalty AND carried_penalty BETWEEN 0 AND penalty",
            name="ck_instalments_paid_penalty",
        ),
        sa.CheckConstraint(
            "settled_on IS NULL OR (paid_principal = principal AND paid_penalty = penalty "
            "AND paid_interest + waived_interest = interest)",
            name="ck_instalments_settled_on",
        ),
        comment="Instalments of each schedule, in satang; what is owed is in the loan's schedule in force",
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_instalments_due_on", "instalments", ["due_on"], postgresql_where=sa.text("settled_on IS NULL")
    )


def _shares() -> None:
    op.create_table(
        "loan_shares",
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("member_id", sa.Uuid, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("loan_id", "member_id", name="pk_loan_shares"),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="fk_loan_shares_loan_id"),
        sa.CheckConstraint("amount > 0", name="ck_loan_shares_amount"),
        comment="What each member of a group has of its loan; the parts sum to the principal",
    )
    op.create_index("ix_loan_shares_member_id", "loan_shares", ["member_id"])


def _freezes() -> None:
    op.create_table(
        "loan_freezes",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("frozen_on", sa.Date, nullable=False),
        sa.Column("thawed_on", sa.Date),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("frozen_by", CODE, nullable=False),
        sa.Column("thawed_by", CODE),
        sa.PrimaryKeyConstraint("id", name="pk_loan_freezes"),
        sa.ForeignKeyConstraint(["loan_id"], ["loans.id"], name="fk_loan_freezes_loan_id"),
        sa.CheckConstraint("thawed_on >= frozen_on", name="ck_loan_freezes_thawed_on"),
        comment="Times in which a loan bears no penalty and is not asked for",
    )
    op.create_index(
        "uq_loan_freezes_loan_id", "loan_freezes", ["loan_id"],
        unique=True, postgresql_where=sa.text("thawed_on IS NULL"),
    )
    op.create_index("ix_loan_freezes_loan_id", "loan_freezes", ["loan_id", "frozen_on"])
