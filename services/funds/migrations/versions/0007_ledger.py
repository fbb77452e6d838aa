"""Ledger: a fund's books, its journals and their lines, the projections kept from them, closed periods.

What the books promise is held here, against the service's own role too: a journal is complete and balanced
when its transaction ends and nothing is added to it, changed or removed afterwards; a closed period takes
nothing more; cash is never negative; projections and running figures are written by triggers alone.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

CODE = sa.Text(collation="C")
MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("now()")

KINDS = (
    "opening", "capital", "disbursement", "repayment", "advance", "grant", "write_off", "recovery", "savings",
    "withdrawal", "share", "interest", "dividend", "welfare", "expense", "transfer", "adjustment", "closing",
    "reversal",
)
AREA = "area_code ~ '^([0-9]{6}|[0-9]{8})$'"
BANGKOK_DAY = "(({moment} AT TIME ZONE 'UTC') + interval '7 hours')::date"
ONE_OF_KINDS = f"kind IN ({', '.join(repr(kind) for kind in KINDS)})"


def upgrade() -> None:
    _books()
    _journals()
    _lines()
    _projections()
    _periods()
    _adjustments()
    _functions()
    _triggers()
    _rights()


def _books() -> None:
    # No foreign keys to or from the funds' own table, nor from journals to here: every posting changes the row
    # of its fund's books anyway, in a trigger that refuses a fund without books.
    op.create_table(
        "fund_books",
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("last_number", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("cash", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("reserved", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("last_business_date", sa.Date),
        sa.Column("closed_until", sa.Date),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("fund_id", name="pk_fund_books"),
        sa.CheckConstraint(
            "kind IN ('womens', 'poverty', 'savings', 'village', 'institution')", name="ck_fund_books_kind"
        ),
        sa.CheckConstraint(AREA, name="ck_fund_books_area_code"),
        sa.CheckConstraint("cash >= 0", name="ck_fund_books_cash"),
        sa.CheckConstraint("reserved >= 0", name="ck_fund_books_reserved"),
        sa.CheckConstraint("reserved <= cash", name="ck_fund_books_available"),
        comment="The running figures of a fund's books; cash is on hand and at the bank together, in satang",
        postgresql_with={"fillfactor": "50"},
    )
    op.create_index("ix_fund_books_area_code", "fund_books", ["area_code", "fund_id"])


def _journals() -> None:
    op.create_table(
        "journals",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("document_kind", CODE, nullable=False),
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("document_no", sa.Text),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("value_date", sa.Date, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("actor", CODE, nullable=False),
        sa.Column("memo", sa.Text),
        sa.Column("reverses", sa.Uuid),
        sa.Column("line_count", sa.SmallInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journals"),
        sa.UniqueConstraint("fund_id", "number", name="uq_journals_fund_id_number"),
        sa.CheckConstraint(ONE_OF_KINDS, name="ck_journals_kind"),
        sa.CheckConstraint("document_kind ~ '^[a-z][a-z_]{1,39}$'", name="ck_journals_document_kind"),
        sa.CheckConstraint("(kind = 'reversal') = (reverses IS NOT NULL)", name="ck_journals_reverses"),
        sa.CheckConstraint("line_count >= 2", name="ck_journals_line_count"),
        sa.CheckConstraint("total > 0", name="ck_journals_total"),
        sa.CheckConstraint(
            f"business_date <= {BANGKOK_DAY.format(moment='recorded_at')}", name="ck_journals_business_date"
        ),
        comment="Journals: only added; the lines that belong to one are counted and summed in it",
    )
    op.create_index(
        "uq_journals_reverses", "journals", ["reverses"],
        unique=True, postgresql_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_index("ix_journals_document_id", "journals", ["document_id"])


def _lines() -> None:
    op.create_table(
        "journal_lines",
        sa.Column("journal_id", sa.Uuid, nullable=False),
        sa.Column("line_no", sa.SmallInteger, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("account", CODE, nullable=False),
        sa.Column("debit", sa.BigInteger, nullable=False),
        sa.Column("credit", sa.BigInteger, nullable=False),
        sa.Column("loan_id", sa.Uuid),
        sa.Column("member_id", sa.Uuid),
        sa.PrimaryKeyConstraint("journal_id", "line_no", name="pk_journal_lines"),
        sa.CheckConstraint("account ~ '^[1-5][0-9]{3}$'", name="ck_journal_lines_account"),
        sa.CheckConstraint(
            "debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)", name="ck_journal_lines_amount"
        ),
        # Loans and borrowers' advances stand for a loan, savings and shares for a member, nothing else for either.
        sa.CheckConstraint(
            "(account IN ('1100', '2100')) = (loan_id IS NOT NULL)", name="ck_journal_lines_loan_id"
        ),
        sa.CheckConstraint(
            "(account IN ('2200', '3100')) = (member_id IS NOT NULL)", name="ck_journal_lines_member_id"
        ),
        comment="Lines of journals, in satang; fund, number and date are the journal's (checked)",
    )
    op.create_index(
        "ix_journal_lines_account", "journal_lines",
        ["fund_id", "account", "business_date", "number", "line_no"],
    )
    op.create_index(
        "ix_journal_lines_loan_id", "journal_lines", ["loan_id", "account"],
        postgresql_where=sa.text("loan_id IS NOT NULL"),
    )
    op.create_index(
        "ix_journal_lines_member_id", "journal_lines", ["member_id", "account"],
        postgresql_where=sa.text("member_id IS NOT NULL"),
    )


def _projections() -> None:
    # No index holds an amount: adding to a row then touches no index.
    op.create_table(
        "ledger_days",
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("account", CODE, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("debit", sa.BigInteger, nullable=False),
        sa.Column("credit", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("fund_id", "account", "day", name="pk_ledger_days"),
        comment="Sums of journal_lines by account and business date; written by its trigger alone",
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "ledger_months",
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("account", CODE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("debit", sa.BigInteger, nullable=False),
        sa.Column("credit", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("fund_id", "month", "account", "kind", name="pk_ledger_months"),
        comment="Sums of journal_lines by month (its first day), account and kind of journal, a reversal under "
        "the kind of what it reverses; written by its trigger alone",
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_ledger_months_area_code", "ledger_months", ["area_code", "month"])


def _periods() -> None:
    op.create_table(
        "ledger_periods",
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("period_to", sa.Date, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("period_from", sa.Date),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("last_number", sa.BigInteger, nullable=False),
        sa.Column("trial_balance", postgresql.JSONB, nullable=False),
        sa.Column("closed_by", CODE, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("fund_id", "period_to", name="pk_ledger_periods"),
        sa.CheckConstraint("kind IN ('month', 'year')", name="ck_ledger_periods_kind"),
        sa.CheckConstraint(
            f"period_to < {BANGKOK_DAY.format(moment='closed_at')}", name="ck_ledger_periods_period_to"
        ),
        comment="Closed periods: sums of every account up to the last day, as the database counted them",
    )


def _adjustments() -> None:
    op.create_table(
        "ledger_adjustments",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("fund_id", sa.Uuid, nullable=False),
        sa.Column("area_code", CODE, nullable=False),
        sa.Column("kind", CODE, nullable=False),
        sa.Column("business_date", sa.Date, nullable=False),
        sa.Column("document_no", sa.Text),
        sa.Column("memo", sa.Text, nullable=False),
        sa.Column("lines", postgresql.JSONB, nullable=False),
        sa.Column("reverses", sa.Uuid),
        sa.Column("state", CODE, nullable=False, server_default="proposed"),
        sa.Column("proposed_by", CODE, nullable=False),
        sa.Column("decided_by", CODE),
        sa.Column("decided_at", MOMENT),
        sa.Column("reason", sa.Text),
        sa.Column("journal_id", sa.Uuid),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_adjustments"),
        sa.CheckConstraint(
            "kind IN ('adjustment', 'expense', 'transfer', 'reversal')", name="ck_ledger_adjustments_kind"
        ),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses IS NOT NULL)", name="ck_ledger_adjustments_reverses"
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'posted', 'rejected')", name="ck_ledger_adjustments_state"
        ),
        sa.CheckConstraint(AREA, name="ck_ledger_adjustments_area_code"),
        sa.CheckConstraint("decided_by <> proposed_by", name="ck_ledger_adjustments_two_persons"),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="ck_ledger_adjustments_decided",
        ),
        sa.CheckConstraint(
            "(state = 'posted') = (journal_id IS NOT NULL)", name="ck_ledger_adjustments_journal_id"
        ),
        comment="Entries written by hand: proposed by one person, posted or rejected by another",
    )
    op.create_index("ix_ledger_adjustments_fund_id", "ledger_adjustments", ["fund_id", "id"])
    op.create_index(
        "ix_ledger_adjustments_proposed", "ledger_adjustments", ["fund_id", "business_date"],
        postgresql_where=sa.text("state = 'proposed'"),
    )


# The row of the fund's books is locked here, until the transaction ends: postings of one fund take turns, so
# numbers have no gaps, and nothing is booked into a period while it is being closed.
_NUMBER = """
DECLARE
    books fund_books%ROWTYPE;
    original journals%ROWTYPE;
BEGIN
    UPDATE fund_books
    SET last_number = last_number + 1, last_business_date = greatest(last_business_date, NEW.business_date)
    WHERE fund_id = NEW.fund_id
    RETURNING * INTO books;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the fund has no books'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'fk_journals_fund_id', TABLE = 'journals';
    END IF;
    IF NEW.business_date <= books.closed_until THEN
        RAISE EXCEPTION 'the period is closed until %', books.closed_until
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journals_period_open', TABLE = 'journals';
    END IF;
    IF NEW.reverses IS NOT NULL THEN
        SELECT * INTO original FROM journals WHERE id = NEW.reverses;
        IF original.id IS NULL OR original.fund_id <> NEW.fund_id OR original.kind = 'reversal' THEN
            RAISE EXCEPTION 'a reversal reverses an original journal of its fund'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journals_reverses', TABLE = 'journals';
        END IF;
    END IF;
    NEW.number := books.last_number;
    NEW.area_code := books.area_code;
    RETURN NEW;
END
"""

# At the end of the transaction: every line that the journal counts is there. Line numbers run from 1 to the
# count and each is taken once, so no line can be added to a complete journal.
_COMPLETE = """
DECLARE
    lines bigint;
    debits numeric;
    credits numeric;
BEGIN
    SELECT count(*), coalesce(sum(debit), 0), coalesce(sum(credit), 0) INTO lines, debits, credits
    FROM journal_lines WHERE journal_id = NEW.id;
    IF debits <> credits OR debits <> NEW.total OR lines <> NEW.line_count THEN
        RAISE EXCEPTION 'journal % is not balanced: % lines, debit %, credit %', NEW.id, lines, debits, credits
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journals_balanced', TABLE = 'journals';
    END IF;
    IF NEW.reverses IS NOT NULL AND (NEW.line_count <> (
        SELECT line_count FROM journals WHERE id = NEW.reverses
    ) OR EXISTS (
        SELECT account, debit, credit, loan_id, member_id, line_no
        FROM journal_lines WHERE journal_id = NEW.id
        EXCEPT
        SELECT account, credit, debit, loan_id, member_id, line_no
        FROM journal_lines WHERE journal_id = NEW.reverses
    )) THEN
        RAISE EXCEPTION 'journal % does not mirror what it reverses', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journals_mirrors', TABLE = 'journals';
    END IF;
    RETURN NULL;
END
"""

_BOOKED = """
BEGIN
    IF EXISTS (
        SELECT FROM new_lines AS line
        LEFT JOIN journals AS journal ON journal.id = line.journal_id
        WHERE journal.id IS NULL OR line.line_no < 1 OR line.line_no > journal.line_count
           OR line.fund_id <> journal.fund_id OR line.number <> journal.number
           OR line.business_date <> journal.business_date
    ) THEN
        RAISE EXCEPTION 'a line belongs to its journal, which counts its lines'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journal_lines_journal', TABLE = 'journal_lines';
    END IF;
    IF EXISTS (
        SELECT FROM new_lines AS line JOIN fund_books AS books USING (fund_id)
        WHERE line.business_date <= books.closed_until
    ) THEN
        RAISE EXCEPTION 'the period is closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journals_period_open', TABLE = 'journal_lines';
    END IF;
    UPDATE fund_books AS books
    SET cash = books.cash + moved.amount
    FROM (
        SELECT fund_id, sum(debit - credit) AS amount FROM new_lines
        WHERE account IN ('1000', '1010') GROUP BY fund_id
    ) AS moved
    WHERE books.fund_id = moved.fund_id AND moved.amount <> 0;
    INSERT INTO ledger_days AS kept (fund_id, account, day, area_code, debit, credit)
    SELECT line.fund_id, line.account, line.business_date, books.area_code, sum(line.debit), sum(line.credit)
    FROM new_lines AS line JOIN fund_books AS books USING (fund_id)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3
    ON CONFLICT (fund_id, account, day) DO UPDATE
    SET debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit;
    INSERT INTO ledger_months AS kept (fund_id, month, account, kind, area_code, debit, credit)
    SELECT line.fund_id, date_trunc('month', line.business_date)::date, line.account,
        coalesce(original.kind, journal.kind), journal.area_code, sum(line.debit), sum(line.credit)
    FROM new_lines AS line
    JOIN journals AS journal ON journal.id = line.journal_id
    LEFT JOIN journals AS original ON original.id = journal.reverses
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4
    ON CONFLICT (fund_id, month, account, kind) DO UPDATE
    SET debit = kept.debit + excluded.debit, credit = kept.credit + excluded.credit;
    RETURN NULL;
END
"""

_CLOSE = """
DECLARE
    books fund_books%ROWTYPE;
BEGIN
    SELECT * INTO books FROM fund_books WHERE fund_id = NEW.fund_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the fund has no books'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'fk_ledger_periods_fund_id';
    END IF;
    IF NEW.period_to <= books.closed_until THEN
        RAISE EXCEPTION 'the period is closed until %', books.closed_until
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_ledger_periods_open', TABLE = 'ledger_periods';
    END IF;
    NEW.area_code := books.area_code;
    NEW.period_from := books.closed_until + 1;
    NEW.last_number := books.last_number;
    SELECT coalesce(
        jsonb_object_agg(account, jsonb_build_object('debit', debit, 'credit', credit)), '{}'::jsonb
    ) INTO NEW.trial_balance
    FROM (
        SELECT account, sum(debit) AS debit, sum(credit) AS credit FROM journal_lines
        WHERE fund_id = NEW.fund_id AND business_date <= NEW.period_to GROUP BY account
    ) AS sums;
    UPDATE fund_books SET closed_until = NEW.period_to WHERE fund_id = NEW.fund_id;
    RETURN NEW;
END
"""

_REFUSE = """
BEGIN
    RAISE EXCEPTION '% of % is refused: books are only added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ck_' || TG_TABLE_NAME || '_append_only',
            TABLE = TG_TABLE_NAME;
END
"""

# Counts a fund's projections and cash anew from its lines; the result is what the triggers should have kept.
_REBUILD = """
BEGIN
    PERFORM FROM fund_books WHERE fund_id = of_fund FOR UPDATE;
    DELETE FROM ledger_days WHERE fund_id = of_fund;
    INSERT INTO ledger_days (fund_id, account, day, area_code, debit, credit)
    SELECT fund_id, account, business_date, area_code, sum(debit), sum(credit)
    FROM journal_lines JOIN fund_books USING (fund_id)
    WHERE fund_id = of_fund GROUP BY 1, 2, 3, 4;
    DELETE FROM ledger_months WHERE fund_id = of_fund;
    INSERT INTO ledger_months (fund_id, month, account, kind, area_code, debit, credit)
    SELECT line.fund_id, date_trunc('month', line.business_date)::date, line.account,
        coalesce(original.kind, journal.kind), journal.area_code, sum(line.debit), sum(line.credit)
    FROM journal_lines AS line
    JOIN journals AS journal ON journal.id = line.journal_id
    LEFT JOIN journals AS original ON original.id = journal.reverses
    WHERE line.fund_id = of_fund GROUP BY 1, 2, 3, 4, 5;
    UPDATE fund_books
    SET cash = (
            SELECT coalesce(sum(debit - credit), 0) FROM journal_lines
            WHERE fund_id = of_fund AND account IN ('1000', '1010')
        ),
        last_business_date = (SELECT max(business_date) FROM journal_lines WHERE fund_id = of_fund)
    WHERE fund_id = of_fund;
END
"""

_TRIGGER_FUNCTIONS = {
    "ledger_number_journal": _NUMBER,
    "ledger_complete_journal": _COMPLETE,
    "ledger_book_lines": _BOOKED,
    "ledger_close_period": _CLOSE,
    "ledger_refuse": _REFUSE,
}


def _functions() -> None:
    # They run as the owner, who alone writes projections. Nobody may call them or put them on a table of her
    # own, and the schema comes before pg_temp, so that no temporary table stands in for one of these.
    signatures = {f"{name}()": ("trigger", body) for name, body in _TRIGGER_FUNCTIONS.items()}
    signatures["ledger_rebuild(of_fund uuid)"] = ("void", _REBUILD)
    for signature, (result, body) in signatures.items():
        op.execute(
            f"CREATE FUNCTION {signature} RETURNS {result} LANGUAGE plpgsql SECURITY DEFINER "
            f"AS $function${body}$function$"
        )
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(
            f"DO $$ BEGIN EXECUTE format('ALTER FUNCTION {signature} SET search_path = %I, pg_temp', "
            "current_schema()); END $$"
        )


def _triggers() -> None:
    for statement in (
        "CREATE TRIGGER number_journal BEFORE INSERT ON journals "
        "FOR EACH ROW EXECUTE FUNCTION ledger_number_journal()",
        "CREATE CONSTRAINT TRIGGER complete_journal AFTER INSERT ON journals "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_complete_journal()",
        "CREATE TRIGGER book_lines AFTER INSERT ON journal_lines "
        "REFERENCING NEW TABLE AS new_lines FOR EACH STATEMENT EXECUTE FUNCTION ledger_book_lines()",
        "CREATE TRIGGER close_period BEFORE INSERT ON ledger_periods "
        "FOR EACH ROW EXECUTE FUNCTION ledger_close_period()",
    ):
        op.execute(statement)
    for table in ("journals", "journal_lines", "ledger_periods"):
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
        )


def _rights() -> None:
    rights = (
        "REVOKE ALL ON journals, journal_lines, fund_books, ledger_days, ledger_months, ledger_periods FROM %1$I",
        "GRANT SELECT ON journals, journal_lines, fund_books, ledger_days, ledger_months, ledger_periods TO %1$I",
        "GRANT INSERT ON journals, journal_lines TO %1$I",
        "GRANT INSERT (fund_id, kind, area_code, opened_at), UPDATE (reserved) ON fund_books TO %1$I",
        "GRANT INSERT (fund_id, period_to, kind, closed_by, closed_at) ON ledger_periods TO %1$I",
        "GRANT EXECUTE ON FUNCTION ledger_rebuild(uuid) TO %1$I",
    )
    for right in rights:
        op.execute(
            f"DO $$ BEGIN EXECUTE format('{right}', replace(current_user, '_owner', '_app')); END $$"
        )
