"""Health checks and findings, the cure of problem funds, access to capital.

Figures that a case was judged by are only added: the service's role may neither change nor remove them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

CODE = sa.Text(collation="C")
CODES = postgresql.ARRAY(sa.Text)
MOMENT = sa.DateTime(timezone=True)
KIND = "fund_kind IN ('womens', 'poverty', 'savings', 'village', 'institution')"
AREA = "area_code ~ '^([0-9]{6}|[0-9]{8})$'"
DISTRICT = "area_code ~ '^[0-9]{4}$'"
VILLAGE = "area_code ~ '^[0-9]{8}$'"
YEAR = "fiscal_year BETWEEN 2500 AND 2700"


def upgrade() -> None:
    _health_checks()
    _findings()
    _teams()
    _cases()
    _surveys()
    _clinics()
    _access()
    _rights()


def _changed() -> list[sa.Column]:
    return [
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    ]


def _health_checks() -> None:
    # Editions that the department loads beside the shipped ones; only added.
    op.create_table(
        "health_instruments",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("code", CODE, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("content", postgresql.JSONB, nullable=False),
        sa.Column("loaded_by", CODE, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_health_instruments"),
        sa.UniqueConstraint("code", "edition", name="uq_health_instruments_code_edition"),
        sa.CheckConstraint("edition > 1", name="ck_health_instruments_edition"),
    )
    op.create_table(
        "health_checks",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("fund_kind", CODE, nullable=False),
        sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
        sa.Column("checked_on", sa.Date, nullable=False),
        sa.Column("instrument", CODE, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("incomplete", sa.Boolean, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="draft"),
        sa.Column("answers", postgresql.JSONB, nullable=False),
        sa.Column("reported", postgresql.JSONB),
        sa.Column("passed", sa.SmallInteger),
        sa.Column("items", sa.SmallInteger),
        sa.Column("level", sa.SmallInteger),
        sa.Column("mandatory_failed", CODES, nullable=False),
        sa.Column("missing", CODES, nullable=False),
        sa.Column("open_findings", CODES),  # of the day of confirmation
        sa.Column("remarks", sa.Text),
        sa.Column("recorded_by", CODES, nullable=False),  # whoever wrote in it
        sa.Column("confirmed_by", CODE),
        sa.Column("confirmed_at", MOMENT),
        *_changed(),
        sa.PrimaryKeyConstraint("id", name="pk_health_checks"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_health_checks_fund_id"),
        sa.UniqueConstraint("fund_id", "fiscal_year", name="uq_health_checks_fund_id_fiscal_year"),
        sa.CheckConstraint(KIND, name="ck_health_checks_fund_kind"),
        sa.CheckConstraint(AREA, name="ck_health_checks_area_code"),
        sa.CheckConstraint(YEAR, name="ck_health_checks_fiscal_year"),
        sa.CheckConstraint("state IN ('draft', 'confirmed')", name="ck_health_checks_state"),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name="ck_health_checks_level"),
        sa.CheckConstraint("passed BETWEEN 0 AND items", name="ck_health_checks_passed"),
        sa.CheckConstraint(
            "(state = 'confirmed') = (confirmed_by IS NOT NULL) "
            "AND (confirmed_by IS NULL) = (confirmed_at IS NULL)",
            name="ck_health_checks_confirmed",
        ),
        sa.CheckConstraint("confirmed_by <> ALL (recorded_by)", name="ck_health_checks_two_persons"),
    )
    op.create_index("ix_health_checks_area_code", "health_checks", ["area_code", "fiscal_year", "id"])


def _findings() -> None:
    op.create_table(
        "fund_findings",
        sa.Column("id", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()")),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("fund_kind", CODE, nullable=False),
        sa.Column("code", CODE, nullable=False),  # item of FUND_COMMON_FAILINGS
        sa.Column("source", CODE, nullable=False),
        sa.Column("fact", CODE, nullable=False),  # what it was found by; of an open one only one a fund
        sa.Column("detail", postgresql.JSONB, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("recorded_by", CODE),
        sa.Column("closed_on", sa.Date),
        sa.Column("closed_by", CODE),  # None: the cause was gone
        sa.Column("close_reason", sa.Text),
        *_changed(),
        sa.PrimaryKeyConstraint("id", name="pk_fund_findings"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_fund_findings_fund_id"),
        sa.CheckConstraint(KIND, name="ck_fund_findings_fund_kind"),
        sa.CheckConstraint(AREA, name="ck_fund_findings_area_code"),
        sa.CheckConstraint("code ~ '^[A-Z][.][0-9]{1,2}$'", name="ck_fund_findings_code"),
        sa.CheckConstraint("source IN ('automatic', 'recorded')", name="ck_fund_findings_source"),
        sa.CheckConstraint(
            "(source = 'recorded') = (recorded_by IS NOT NULL)", name="ck_fund_findings_recorded_by"
        ),
        sa.CheckConstraint("closed_on >= opened_on", name="ck_fund_findings_closed_on"),
        sa.CheckConstraint(
            "closed_by IS NULL OR (closed_on IS NOT NULL AND close_reason IS NOT NULL)",
            name="ck_fund_findings_closed_by",
        ),
        sa.CheckConstraint("closed_by <> recorded_by", name="ck_fund_findings_two_persons"),
    )
    op.create_index(
        "uq_fund_findings_open", "fund_findings", ["fund_id", "code", "fact"], unique=True,
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_index("ix_fund_findings_fund_id", "fund_findings", ["fund_id", "code", "fact"])
    op.create_index("ix_fund_findings_area_code", "fund_findings", ["area_code", "id"])
    # One look at all funds a business day, whoever comes first.
    op.create_table(
        "finding_runs",
        sa.Column("run_on", sa.Date, nullable=False),
        sa.Column("opened", sa.Integer, nullable=False),
        sa.Column("closed", sa.Integer, nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("run_on", name="pk_finding_runs"),
    )


def _teams() -> None:
    op.create_table(
        "fund_teams",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.Column("created_by", CODE, nullable=False),
        *_changed(),
        sa.PrimaryKeyConstraint("id", name="pk_fund_teams"),
        sa.CheckConstraint(DISTRICT, name="ck_fund_teams_area_code"),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_fund_teams_valid_to"),
    )
    op.create_index(
        "uq_fund_teams_area_code_standing", "fund_teams", ["area_code"], unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_index("ix_fund_teams_area_code", "fund_teams", ["area_code", "id"])
    op.create_table(
        "fund_team_members",
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("role", CODE, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("organisation", sa.Text),
        sa.Column("subject", CODE),
        sa.PrimaryKeyConstraint("team_id", "role", name="pk_fund_team_members"),
        sa.ForeignKeyConstraint(["team_id"], ["fund_teams.id"], name="fk_fund_team_members_team_id"),
        sa.UniqueConstraint("team_id", "display_name", name="uq_fund_team_members_team_id_display_name"),
        sa.UniqueConstraint("team_id", "subject", name="uq_fund_team_members_team_id_subject"),
        sa.CheckConstraint(
            "role IN ('community_developer', 'savings_expert', 'poverty_fund_expert', 'fund_centre_committee')",
            name="ck_fund_team_members_role",
        ),
    )


def _cases() -> None:
    op.create_table(
        "problem_cases",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("fund_kind", CODE, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="opened"),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("opened_by", CODE, nullable=False),
        sa.Column("failings", CODES, nullable=False),  # items of FUND_COMMON_FAILINGS
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("plan", postgresql.JSONB),
        sa.Column("planned_by", CODE),
        sa.Column("ended_on", sa.Date),
        sa.Column("ended_by", CODE),
        sa.Column("end_reason", sa.Text),
        *_changed(),
        sa.PrimaryKeyConstraint("id", name="pk_problem_cases"),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_problem_cases_fund_id"),
        sa.CheckConstraint(KIND, name="ck_problem_cases_fund_kind"),
        sa.CheckConstraint(AREA, name="ck_problem_cases_area_code"),
        sa.CheckConstraint(
            "state IN ('opened', 'surveyed', 'planned', 'treated', 'resurveyed', 'solved', 'closed')",
            name="ck_problem_cases_state",
        ),
        sa.CheckConstraint(
            "(state IN ('solved', 'closed')) = (ended_on IS NOT NULL) "
            "AND (ended_on IS NULL) = (ended_by IS NULL)",
            name="ck_problem_cases_ended",
        ),
        sa.CheckConstraint("ended_on >= opened_on", name="ck_problem_cases_ended_on"),
    )
    op.create_index(
        "uq_problem_cases_fund_id_open", "problem_cases", ["fund_id"], unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_index("ix_problem_cases_fund_id", "problem_cases", ["fund_id", "opened_on"])
    op.create_index("ix_problem_cases_area_code", "problem_cases", ["area_code", "id"])
    op.create_table(
        "problem_figures",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("round", sa.SmallInteger, nullable=False),  # 0: when it was opened
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("journal_number", sa.BigInteger, nullable=False),  # the fund's last entry they count
        sa.Column("capital", sa.BigInteger, nullable=False),
        sa.Column("cash", sa.BigInteger, nullable=False),
        sa.Column("outstanding", sa.BigInteger, nullable=False),
        sa.Column("overdue_principal", sa.BigInteger, nullable=False),
        sa.Column("overdue_interest", sa.BigInteger, nullable=False),
        sa.Column("written_off", sa.BigInteger, nullable=False),
        sa.Column("open_loans", sa.Integer, nullable=False),
        sa.Column("overdue_loans", sa.Integer, nullable=False),
        sa.Column("taken_by", CODE, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "round", name="pk_problem_figures"),
        sa.ForeignKeyConstraint(["case_id"], ["problem_cases.id"], name="fk_problem_figures_case_id"),
        sa.CheckConstraint("round BETWEEN 0 AND 9", name="ck_problem_figures_round"),
        sa.CheckConstraint(
            "overdue_principal BETWEEN 0 AND outstanding AND overdue_interest >= 0 AND cash >= 0",
            name="ck_problem_figures_overdue",
        ),
        comment="What a fund's books said at a moment of its case, in satang; only added",
    )


def _surveys() -> None:
    op.create_table(
        "problem_surveys",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("round", sa.SmallInteger, nullable=False),
        sa.Column("begun_by", CODE, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("completed_by", CODE),
        sa.Column("completed_on", sa.Date),
        sa.PrimaryKeyConstraint("case_id", "round", name="pk_problem_surveys"),
        sa.ForeignKeyConstraint(["case_id"], ["problem_cases.id"], name="fk_problem_surveys_case_id"),
        sa.CheckConstraint("round BETWEEN 1 AND 9", name="ck_problem_surveys_round"),
        sa.CheckConstraint(
            "(completed_by IS NULL) = (completed_on IS NULL)", name="ck_problem_surveys_completed"
        ),
    )
    op.create_table(
        "problem_debtors",
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("round", sa.SmallInteger, nullable=False),
        sa.Column("loan_id", sa.Uuid, nullable=False),
        sa.Column("surveyed_on", sa.Date, nullable=False),
        sa.Column("booked", sa.BigInteger, nullable=False),  # satang, what the loan's account says
        sa.Column("overdue", sa.BigInteger, nullable=False),  # satang of it
        sa.Column("acknowledged", sa.BigInteger),  # satang, what the debtor says she owes
        sa.Column("answer", CODE, nullable=False),
        sa.Column("cause", CODE),
        sa.Column("promised", sa.BigInteger),
        sa.Column("promised_on", sa.Date),
        sa.Column("note", sa.Text),
        sa.Column("surveyed_by", CODE, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "round", "loan_id", name="pk_problem_debtors"),
        sa.ForeignKeyConstraint(
            ["case_id", "round"], ["problem_surveys.case_id", "problem_surveys.round"],
            name="fk_problem_debtors_case_id",
        ),
        sa.CheckConstraint(
            "answer IN ('acknowledged', 'disputed', 'not_found', 'moved_away', 'dead')",
            name="ck_problem_debtors_answer",
        ),
        sa.CheckConstraint(
            "(answer IN ('acknowledged', 'disputed')) = (acknowledged IS NOT NULL)",
            name="ck_problem_debtors_acknowledged",
        ),
        sa.CheckConstraint(
            "acknowledged >= 0 AND booked >= 0 AND overdue >= 0 AND promised > 0",
            name="ck_problem_debtors_amounts",
        ),
        sa.CheckConstraint(
            "(promised IS NULL) = (promised_on IS NULL)", name="ck_problem_debtors_promised"
        ),
    )


def _clinics() -> None:
    op.create_table(
        "clinics",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("held_on", sa.Date, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("team_id", sa.Uuid, nullable=False),
        sa.Column("agenda", postgresql.JSONB, nullable=False),
        sa.Column("state", CODE, nullable=False, server_default="planned"),
        sa.Column("state_reason", sa.Text),
        sa.Column("created_by", CODE, nullable=False),
        *_changed(),
        sa.PrimaryKeyConstraint("id", name="pk_clinics"),
        sa.ForeignKeyConstraint(["team_id"], ["fund_teams.id"], name="fk_clinics_team_id"),
        sa.CheckConstraint(DISTRICT, name="ck_clinics_area_code"),
        sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name="ck_clinics_state"),
    )
    op.create_index("ix_clinics_area_code", "clinics", ["area_code", "held_on", "id"])
    op.create_table(
        "clinic_stops",
        sa.Column("clinic_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("starts_at", sa.Time),
        sa.PrimaryKeyConstraint("clinic_id", "number", name="pk_clinic_stops"),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name="fk_clinic_stops_clinic_id"),
    )
    op.create_table(
        "clinic_cases",
        sa.Column("clinic_id", sa.Uuid, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("stop", sa.SmallInteger, nullable=False),
        sa.Column("attended", sa.Integer),
        sa.Column("advice", sa.Text),
        sa.Column("advised_by", CODE),
        sa.Column("advised_at", MOMENT),
        sa.PrimaryKeyConstraint("clinic_id", "case_id", name="pk_clinic_cases"),
        sa.ForeignKeyConstraint(
            ["clinic_id", "stop"], ["clinic_stops.clinic_id", "clinic_stops.number"],
            name="fk_clinic_cases_clinic_id",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["problem_cases.id"], name="fk_clinic_cases_case_id"),
        sa.CheckConstraint("attended >= 0", name="ck_clinic_cases_attended"),
        sa.CheckConstraint(
            "(advice IS NULL) = (advised_by IS NULL) AND (advice IS NULL) = (advised_at IS NULL)",
            name="ck_clinic_cases_advice",
        ),
    )
    op.create_index("ix_clinic_cases_case_id", "clinic_cases", ["case_id"])


def _access() -> None:
    op.create_table(
        "access_villages",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("fiscal_year", sa.SmallInteger, nullable=False),
        sa.Column("answers", postgresql.JSONB, nullable=False),
        sa.Column("evidence", sa.Text),
        sa.Column("persons", sa.SmallInteger, nullable=False),
        sa.Column("answered_by", CODE, nullable=False),
        *_changed(),
        sa.PrimaryKeyConstraint("id", name="pk_access_villages"),
        sa.UniqueConstraint("area_code", "fiscal_year", name="uq_access_villages_area_code_fiscal_year"),
        sa.CheckConstraint(VILLAGE, name="ck_access_villages_area_code"),
        sa.CheckConstraint(YEAR, name="ck_access_villages_fiscal_year"),
        sa.CheckConstraint("persons BETWEEN 1 AND 200", name="ck_access_villages_persons"),
    )
    op.create_table(
        "access_invitations",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("village_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("household_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("fund_id", sa.Uuid),
        sa.Column("invited_on", sa.Date, nullable=False),
        sa.Column("channel", CODE, nullable=False),
        sa.Column("result", CODE, nullable=False, server_default="waiting"),
        sa.Column("result_on", sa.Date),
        sa.Column("note", sa.Text),
        sa.Column("invited_by", CODE, nullable=False),
        *_changed(),
        sa.PrimaryKeyConstraint("id", name="pk_access_invitations"),
        sa.ForeignKeyConstraint(
            ["village_id"], ["access_villages.id"], name="fk_access_invitations_village_id"
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["funds.id"], name="fk_access_invitations_fund_id"),
        sa.UniqueConstraint(
            "village_id", "household_id", "person_id", name="uq_access_invitations_village_id_person",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint(VILLAGE, name="ck_access_invitations_area_code"),
        sa.CheckConstraint(
            "channel IN ('visit', 'forum', 'letter', 'phone')", name="ck_access_invitations_channel"
        ),
        sa.CheckConstraint(
            "result IN ('waiting', 'joined', 'applied', 'borrowed', 'declined', 'not_reached')",
            name="ck_access_invitations_result",
        ),
        sa.CheckConstraint(
            "(result = 'waiting') = (result_on IS NULL) AND result_on >= invited_on",
            name="ck_access_invitations_result_on",
        ),
    )
    op.create_index("ix_access_invitations_area_code", "access_invitations", ["area_code", "id"])


def _rights() -> None:
    op.execute(
        "DO $$ BEGIN EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON problem_figures, health_instruments "
        "FROM %1$I', replace(current_user, '_owner', '_app')); END $$"
    )
