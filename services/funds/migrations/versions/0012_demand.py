"""Demand: how late each loan is, tasks, reliefs, write-offs, deaths of borrowers.

No foreign keys to loans: a loan is never removed, and the daily run writes many rows at once.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"

CODE = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)
ZERO = sa.text("0")
AREA = "area_code ~ '^([0-9]{6}|[0-9]{8})$'"
BUCKETS = "('current', '1-30', '31-60', '61-90', '91-180', '180+')"


def upgrade() -> None:
    _runs()
    _arrears()
    _tasks()
    _reliefs()
    _write_offs()
    _deaths()


def _runs() -> None:
    op.create_table(
        "arrears_runs",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="waiting"),
        sa.Column("after_loan", sa.Uuid),  # loans up to this one are done
        sa.Column("loans", sa.BigInteger, nullable=False, server_default=ZERO),
        sa.Column("changed", sa.BigInteger, nullable=False, server_default=ZERO),
        sa.Column("tasks", sa.BigInteger, nullable=False, server_default=ZERO),
        sa.Column("started_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.PrimaryKeyConstraint("day", name="pk_arrears_runs"),
        sa.CheckConstraint("state IN ('waiting', 'done', 'covered')", name="ck_arrears_runs_state"),
        comment="The daily run per business day; covered: a later day's run did its work too",
    )
    op.create_index(
        "ix_arrears_runs_due_at", "arrears_runs", ["due_at"], postgresql_where=sa.text("state = 'waiting'")
    )


def _arrears() -> None:
    op.create_table(
        "loan_arrears",
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("days_late", sa.Integer, nullable=False),
        sa.Column("bucket", CODE, nullable=False),
        sa.Column("worst_days", sa.Integer, nullable=False),
        sa.Column("worst_bucket", CODE, nullable=False),
        sa.Column("late_since", sa.Date),  # the first day late of the present time of being late
        sa.Column("oldest_due_on", sa.Date),
        sa.Column("watch_until", sa.Date),
        sa.Column("overdue_principal", sa.BigInteger, nullable=False),
        sa.Column("overdue_total", sa.BigInteger, nullable=False),
        sa.Column("outstanding", sa.BigInteger, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("loan_id", name="pk_loan_arrears"),
        sa.CheckConstraint(AREA, name="ck_loan_arrears_area_code"),
        sa.CheckConstraint(f"bucket IN {BUCKETS}", name="ck_loan_arrears_bucket"),
        sa.CheckConstraint(f"worst_bucket IN {BUCKETS}", name="ck_loan_arrears_worst_bucket"),
        sa.CheckConstraint("days_late >= 0 AND worst_days >= days_late", name="ck_loan_arrears_days_late"),
        sa.CheckConstraint(
            "overdue_principal >= 0 AND overdue_total >= overdue_principal AND outstanding >= 0",
            name="ck_loan_arrears_amounts",
        ),
        comment="How late each loan is that ever was late; amounts in satang",
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(
        "ix_loan_arrears_area_code",
        "loan_arrears",
        ["area_code", "loan_id"],
        postgresql_where=sa.text("days_late > 0"),
    )
    op.create_table(
        "arrears_changes",
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("bucket", CODE, nullable=False),
        sa.Column("days_late", sa.Integer, nullable=False),
        sa.Column("overdue_total", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("loan_id", "as_of", name="pk_arrears_changes"),
        sa.CheckConstraint(f"bucket IN {BUCKETS}", name="ck_arrears_changes_bucket"),
        comment="The days on which a loan's bucket changed, with what it changed to",
    )


def _tasks() -> None:
    op.create_table(
        "demand_tasks",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("rule_code", CODE),
        sa.Column("late_since", sa.Date),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("bucket", CODE, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="open"),
        sa.Column("outcome", CODE),
        sa.Column("note", sa.Text),
        sa.Column("document_no", sa.Text),
        sa.Column("promised_on", sa.Date),
        sa.Column("promised_amount", sa.BigInteger),
        sa.Column("file_key", CODE),
        sa.Column("file_type", CODE),
        sa.Column("file_size", sa.BigInteger),
        sa.Column("file_sha256", CODE),
        sa.Column("opened_by", CODE, nullable=False),
        sa.Column("closed_by", CODE),
        sa.Column("closed_on", sa.Date),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_demand_tasks"),
        sa.UniqueConstraint("loan_id", "late_since", "rule_code", name="uq_demand_tasks_loan_id"),
        sa.CheckConstraint(
            "kind IN ('visit', 'meeting', 'letter', 'mediation', 'death')", name="ck_demand_tasks_kind"
        ),
        sa.CheckConstraint(f"bucket IN {BUCKETS}", name="ck_demand_tasks_bucket"),
        sa.CheckConstraint("state IN ('open', 'done', 'cancelled')", name="ck_demand_tasks_state"),
        sa.CheckConstraint("(state = 'open') = (closed_on IS NULL)", name="ck_demand_tasks_closed_on"),
        sa.CheckConstraint("promised_amount > 0", name="ck_demand_tasks_promised_amount"),
        comment="What is done about a loan that is late or whose borrower died",
    )
    op.create_index(
        "ix_demand_tasks_area_code",
        "demand_tasks",
        ["area_code", "due_on", "id"],
        postgresql_where=sa.text("state = 'open'"),
    )


def _reliefs() -> None:
    op.create_table(
        "loan_reliefs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("terms", JSONB, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("meeting_id", sa.Uuid),
        sa.Column("state", CODE, nullable=False, server_default="proposed"),
        sa.Column("proposed_by", CODE, nullable=False),
        sa.Column("decided_by", CODE),
        sa.Column("decided_at", MOMENT),
        sa.Column("decision_reason", sa.Text),
        sa.Column("schedule_before", sa.SmallInteger),
        sa.Column("schedule_after", sa.SmallInteger),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_loan_reliefs"),
        sa.CheckConstraint(
            "kind IN ('reschedule', 'grace', 'interest_waiver', 'split', 'settlement')",
            name="ck_loan_reliefs_kind",
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name="ck_loan_reliefs_state"
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'rejected') OR decided_by <> proposed_by",
            name="ck_loan_reliefs_two_persons",
        ),
        comment="Restructurings, proposed by one person and decided by another",
    )
    op.create_index("ix_loan_reliefs_loan_id", "loan_reliefs", ["loan_id", "id"])
    op.create_index(
        "uq_loan_reliefs_loan_id_proposed",
        "loan_reliefs",
        ["loan_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def _write_offs() -> None:
    op.create_table(
        "loan_write_offs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("meeting_id", sa.Uuid),
        sa.Column("state", CODE, nullable=False, server_default="proposed"),
        sa.Column("principal", sa.BigInteger),  # what was written off, still owed by the borrower
        sa.Column("written_off_on", sa.Date),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("proposed_by", CODE, nullable=False),
        sa.Column("decided_by", CODE),
        sa.Column("decided_at", MOMENT),
        sa.Column("decision_reason", sa.Text),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_loan_write_offs"),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name="ck_loan_write_offs_state"
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'rejected') OR decided_by <> proposed_by",
            name="ck_loan_write_offs_two_persons",
        ),
        sa.CheckConstraint(
            "(state = 'approved') = (journal_id IS NOT NULL)", name="ck_loan_write_offs_journal_id"
        ),
        comment="Loans taken out of the books, proposed by one person and decided by another; in satang",
    )
    op.create_index(
        "uq_loan_write_offs_loan_id",
        "loan_write_offs",
        ["loan_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'approved')"),
    )


def _deaths() -> None:
    op.create_table(
        "borrower_deaths",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("died_on", sa.Date, nullable=False),
        sa.Column("frozen", sa.Boolean, nullable=False),
        sa.Column("task_id", sa.Uuid, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="open"),
        sa.Column("decision", CODE),
        sa.Column("answerable", sa.Text),
        sa.Column("answerable_member_id", sa.Uuid),
        sa.Column("note", sa.Text),
        sa.Column("meeting_id", sa.Uuid),
        sa.Column("proposed_by", CODE),
        sa.Column("decided_by", CODE),
        sa.Column("decided_at", MOMENT),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_borrower_deaths"),
        sa.UniqueConstraint("loan_id", "person_id", name="uq_borrower_deaths_loan_id"),
        sa.CheckConstraint("state IN ('open', 'proposed', 'decided')", name="ck_borrower_deaths_state"),
        sa.CheckConstraint(
            "decision IN ('heirs', 'guarantors', 'group', 'write_off', 'mistake')",
            name="ck_borrower_deaths_decision",
        ),
        sa.CheckConstraint(
            "state <> 'decided' OR decided_by <> proposed_by", name="ck_borrower_deaths_two_persons"
        ),
        comment="Open loans of somebody who died, and who answers for them",
    )
    op.create_index(
        "ix_borrower_deaths_area_code",
        "borrower_deaths",
        ["area_code", "id"],
        postgresql_where=sa.text("state <> 'decided'"),
    )
