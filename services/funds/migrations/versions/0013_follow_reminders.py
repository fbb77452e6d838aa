"""Follow and reminders: who answers for a borrower, visits, forums; reminders, and messages to people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"

CODE = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)
AREA = "area_code ~ '^([0-9]{6}|[0-9]{8})$'"
BORROWERS = "('member', 'group', 'household')"


def upgrade() -> None:
    _assignments()
    _visits()
    _forums()
    _reminders()
    _notifications()


def _assignments() -> None:
    op.create_table(
        "follow_assignments",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("borrower_kind", CODE, nullable=False),
        sa.Column("borrower_id", sa.Uuid, nullable=False),
        sa.Column("term_id", sa.Uuid, nullable=False),  # the committee member, in her term
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),  # exclusive: the first day on which she does not answer any more
        sa.Column("assigned_by", CODE, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_follow_assignments"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_follow_assignments_fund_id"),
        sa.ForeignKeyConstraint(
            ["term_id"], ["fund_committee_members.id"], name="fk_follow_assignments_term_id"
        ),
        sa.CheckConstraint(f"borrower_kind IN {BORROWERS}", name="ck_follow_assignments_borrower_kind"),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_follow_assignments_ends_on"),
        comment="Which committee member answers for a borrower; one at a time",
    )
    op.create_index(
        "uq_follow_assignments_borrower_id",
        "follow_assignments",
        ["fund_id", "borrower_kind", "borrower_id"],
        unique=True,
        postgresql_where=sa.text("ends_on IS NULL"),
    )
    op.create_index("ix_follow_assignments_fund_id", "follow_assignments", ["fund_id", "id"])
    op.create_index("ix_follow_assignments_term_id", "follow_assignments", ["term_id"])


def _visits() -> None:
    op.create_table(
        "follow_visits",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("borrower_kind", CODE, nullable=False),
        sa.Column("borrower_id", sa.Uuid, nullable=False),
        sa.Column("loan_id", sa.Uuid),
        sa.Column("visited_on", sa.Date, nullable=False),
        sa.Column("met", sa.Boolean, nullable=False),
        sa.Column("project_state", CODE, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("next_visit_on", sa.Date),
        sa.Column("file_key", CODE),
        sa.Column("file_type", CODE),
        sa.Column("file_size", sa.BigInteger),
        sa.Column("file_sha256", CODE),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_follow_visits"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_follow_visits_fund_id"),
        sa.CheckConstraint(f"borrower_kind IN {BORROWERS}", name="ck_follow_visits_borrower_kind"),
        sa.CheckConstraint(
            "project_state IN ('as_planned', 'delayed', 'stopped', 'finished', 'other_use')",
            name="ck_follow_visits_project_state",
        ),
        comment="Visits to borrowers with what was found and the evidence",
    )
    op.create_index("ix_follow_visits_fund_id", "follow_visits", ["fund_id", "visited_on", "id"])
    op.create_index("ix_follow_visits_borrower_id", "follow_visits", ["borrower_id"])


def _forums() -> None:
    op.create_table(
        "follow_forums",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("borrowers", sa.Integer, nullable=False),
        sa.Column("participants", sa.Integer, nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("summary", sa.Text),
        sa.Column("recorded_by", CODE, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_follow_forums"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_follow_forums_fund_id"),
        sa.CheckConstraint(
            "borrowers >= 0 AND participants >= borrowers", name="ck_follow_forums_participants"
        ),
        comment="Forums where borrowers tell how their projects go",
    )
    op.create_index("ix_follow_forums_fund_id", "follow_forums", ["fund_id", "held_on", "id"])


def _reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("schedule_no", sa.SmallInteger, nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("days", sa.SmallInteger, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="planned"),
        sa.Column("reason", CODE),
        sa.Column("amount", sa.BigInteger),
        sa.Column("decided_on", sa.Date),
        sa.Column("decided_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reminders"),
        sa.UniqueConstraint("loan_id", "schedule_no", "number", "days", name="uq_reminders_loan_id"),
        sa.CheckConstraint(AREA, name="ck_reminders_area_code"),
        sa.CheckConstraint("days IN (30, 15, 7)", name="ck_reminders_days"),
        sa.CheckConstraint("state IN ('planned', 'sent', 'skipped')", name="ck_reminders_state"),
        sa.CheckConstraint("(state = 'planned') = (decided_on IS NULL)", name="ck_reminders_decided_on"),
        sa.CheckConstraint("(state = 'skipped') = (reason IS NOT NULL)", name="ck_reminders_reason"),
        comment="30, 15 and 7 days before each due date: once each, sent or skipped with the reason",
    )
    op.create_index(
        "ix_reminders_due_at", "reminders", ["due_at"], postgresql_where=sa.text("state = 'planned'")
    )
    op.create_index("ix_reminders_area_code", "reminders", ["area_code", "due_on", "id"])


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("purpose", CODE, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("borrower_kind", CODE, nullable=False),
        sa.Column("borrower_id", sa.Uuid, nullable=False),
        sa.Column("message", JSONB, nullable=False),  # ids, dates and amounts; names are read when it is sent
        sa.Column("state", CODE, nullable=False, server_default="waiting"),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("delivered_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
        sa.UniqueConstraint("purpose", "subject_id", name="uq_notifications_purpose"),
        sa.CheckConstraint("state IN ('waiting', 'delivered', 'failed')", name="ck_notifications_state"),
        sa.CheckConstraint(
            "(state = 'delivered') = (delivered_at IS NOT NULL)", name="ck_notifications_delivered_at"
        ),
        comment="Messages that people are to get, once each",
    )
    op.create_index(
        "ix_notifications_due_at", "notifications", ["due_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_table(
        "notification_attempts",
        sa.Column("notification_id", sa.Uuid, nullable=False),
        sa.Column("attempt", sa.SmallInteger, nullable=False),
        sa.Column("adapter", CODE, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("ok", sa.Boolean, nullable=False),
        sa.Column("status", sa.SmallInteger),
        sa.Column("error", CODE),
        sa.Column("proof", sa.Text),
        sa.PrimaryKeyConstraint("notification_id", "attempt", name="pk_notification_attempts"),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notifications.id"], name="fk_notification_attempts_notification_id"
        ),
        comment="Each attempt to deliver a message, with the proof of delivery",
    )
