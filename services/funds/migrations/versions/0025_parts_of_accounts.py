"""Ledger: a loan's, a member's and the capital's part of the books is never below zero (ยอดย่อยติดลบไม่ได้)."""

from alembic import op

revision = "0025"
down_revision = "0024"

# As in 0007, and the two checks at its end.
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
    -- What lowers a loan's, a member's or the capital's part of the books leaves it at zero at the least. The
    -- row of the fund's books is locked: nobody else's journal comes between.
    IF EXISTS (
        SELECT FROM (
            SELECT DISTINCT account, loan_id FROM journal_lines
            WHERE journal_id = NEW.id AND loan_id IS NOT NULL AND (account = '1100') = (credit > 0)
        ) AS lowered
        CROSS JOIN LATERAL (
            SELECT sum(debit - credit) AS owed FROM journal_lines
            WHERE loan_id = lowered.loan_id AND account = lowered.account AND fund_id = NEW.fund_id
        ) AS kept
        WHERE CASE lowered.account WHEN '1100' THEN kept.owed ELSE -kept.owed END < 0
    ) OR EXISTS (
        SELECT FROM (
            SELECT DISTINCT account, member_id FROM journal_lines
            WHERE journal_id = NEW.id AND member_id IS NOT NULL AND debit > 0
        ) AS lowered
        CROSS JOIN LATERAL (
            SELECT sum(credit - debit) AS held FROM journal_lines
            WHERE member_id = lowered.member_id AND account = lowered.account AND fund_id = NEW.fund_id
        ) AS kept
        WHERE kept.held < 0
    ) THEN
        RAISE EXCEPTION 'journal % takes more from a loan or a member than there is', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journals_sub_ledger', TABLE = 'journals';
    END IF;
    IF EXISTS (
        SELECT FROM journal_lines WHERE journal_id = NEW.id AND account = '3000' AND debit > 0
    ) AND 0 > (SELECT sum(credit - debit) FROM ledger_months WHERE fund_id = NEW.fund_id AND account = '3000')
    THEN
        RAISE EXCEPTION 'journal % makes the capital of the fund negative', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_journals_capital', TABLE = 'journals';
    END IF;
    RETURN NULL;
END
"""


def upgrade() -> None:
    # Replacing a function keeps its rights and takes its settings away: the search path is set anew.
    op.execute(
        "CREATE OR REPLACE FUNCTION ledger_complete_journal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"AS $function${_COMPLETE}$function$"
    )
    op.execute(
        "DO $$ BEGIN EXECUTE format('ALTER FUNCTION ledger_complete_journal() SET search_path = %I, pg_temp', "
        "current_schema()); END $$"
    )
