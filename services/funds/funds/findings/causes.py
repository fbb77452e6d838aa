"""What the data shows of each failing, for all funds of an area in one statement each.

The statements read the tables of registry, committees, ledger, products, fund_settings, applications,
members, loans, deaths and known_households beside each other. Each takes the same values: $1 the business
day, $2 the limits, $3 the caps on rates, $4 the area, $5 one fund or null; and gives `fund_id, fact, detail`.
A fund that is closed has no failings any more.
"""

from typing import Final

from funds.findings.rules import Failing

_FUND = (
    "fund.state <> 'closed' AND fund.area_code LIKE $4::text || '%' AND ($5::uuid IS NULL OR fund.id = $5) "
    # Each value is named in each statement: the server wants to know the types of all.
    "AND num_nulls($1::date, $2::jsonb, $3::jsonb) = 0"
)
_LIMIT = "($2::jsonb -> 'kinds' -> fund.kind ->> '{}')::int"
_DAY = "(({} AT TIME ZONE 'UTC') + interval '7 hours')::date"
_BAHT = "'FM9999999999990.00'"
_OWN = ", ".join(
    f"(array_agg({name} ORDER BY valid_from DESC) FILTER (WHERE {name} IS NOT NULL))[1] AS {name}"
    for name in ("annual_rate", "max_amount", "max_months", "max_instalments", "min_group_size")
)
_BORROWED = "loan.state IN ('contracted', 'active', 'frozen')"

_STALE_BOOKS = f"""
SELECT fund.id AS fund_id, 'since:' || since AS fact,
    jsonb_build_object('since', since, 'absent', books.last_business_date IS NULL) AS detail
FROM funds AS fund
JOIN fund_books AS books ON books.fund_id = fund.id
CROSS JOIN LATERAL (SELECT coalesce(books.last_business_date, {_DAY.format("books.opened_at")})) AS d (since)
WHERE {_FUND} AND since < $1 - {_LIMIT.format("silent_days")}
"""  # noqa: S608  # our own constant texts

_NO_MEETING = f"""
SELECT fund.id AS fund_id, 'since:' || since AS fact,
    jsonb_build_object('since', since, 'never', held.last IS NULL) AS detail
FROM funds AS fund
LEFT JOIN (SELECT fund_id, max(held_on) AS last FROM fund_meetings GROUP BY fund_id) AS held
    ON held.fund_id = fund.id
CROSS JOIN LATERAL (SELECT coalesce(held.last, {_DAY.format("fund.created_at")})) AS d (since)
WHERE {_FUND} AND since + make_interval(months => {_LIMIT.format("months_without_meeting")}) < $1
"""  # noqa: S608  # our own constant texts

_SEAT_VACANT = f"""
SELECT fund.id AS fund_id, seat.role || ':' || coalesce(last.term_to::text, 'never') AS fact,
    jsonb_build_object('seat', seat.role, 'since', last.term_to) AS detail
FROM funds AS fund
CROSS JOIN (VALUES ('chair'), ('treasurer')) AS seat (role)
LEFT JOIN LATERAL (
    SELECT max(term_to) AS term_to FROM fund_committee_members AS term
    WHERE term.fund_id = fund.id AND term.role = seat.role AND term_to < $1
) AS last ON true
WHERE {_FUND}
  AND coalesce(last.term_to, {_DAY.format("fund.created_at")}) < $1 - ($2::jsonb ->> 'vacant_seat_days')::int
  AND NOT EXISTS (
    SELECT FROM fund_committee_members AS term
    WHERE term.fund_id = fund.id AND term.role = seat.role AND term.term_from <= $1
      AND (term.term_to IS NULL OR term.term_to >= $1)
  )
"""  # noqa: S608  # our own constant texts

# The cap of a contract is the newest one that was in force on its day; the first holds for the time before.
_RATE_ABOVE_CAP = f"""
SELECT fund.id AS fund_id, 'loan:' || loan.id AS fact,
    jsonb_build_object('loan_id', loan.id, 'annual_rate', trim_scale(loan.annual_rate)::text,
        'max_annual_rate', cap.annual_rate) AS detail
FROM loans AS loan
JOIN funds AS fund ON fund.id = loan.fund_id
CROSS JOIN LATERAL (
    SELECT annual_rate FROM jsonb_to_recordset($3::jsonb) AS c (valid_from date, annual_rate text)
    ORDER BY valid_from <= loan.contract_date DESC,
        CASE WHEN valid_from <= loan.contract_date THEN valid_from END DESC, valid_from
    LIMIT 1
) AS cap
WHERE {_FUND} AND {_BORROWED} AND loan.annual_rate > cap.annual_rate::numeric
"""  # noqa: S608  # our own constant texts

# Limits are the product's of the contract's day, or those that the fund had resolved for itself by then,
# each from its newest resolution; what it resolved outside the product's limits has no effect. A higher rate
# may have been applied for and approved. Lengths are those of the first schedule, from the first payment to
# the last one's month, as lending counts them: a restructuring may be longer.
_RULES_BROKEN = f"""
SELECT fund.id AS fund_id, broken.rule || ':' || loan.id AS fact,
    jsonb_build_object('loan_id', loan.id, 'rule', broken.rule, 'found', broken.found,
        'allowed', broken.allowed) AS detail
FROM loans AS loan
JOIN funds AS fund ON fund.id = loan.fund_id
JOIN fund_products AS kind ON kind.id = loan.product_id
LEFT JOIN applications AS asked ON asked.id = loan.application_id
CROSS JOIN LATERAL (
    SELECT annual_rate, max_amount, (terms ->> 'max_months')::int AS max_months,
        (terms ->> 'max_instalments')::int AS max_instalments,
        (terms ->> 'min_group_size')::int AS min_group_size
    FROM fund_product_versions AS version
    WHERE version.product_id = loan.product_id AND version.valid_from <= loan.contract_date
    ORDER BY valid_from DESC LIMIT 1
) AS product
CROSS JOIN LATERAL (
    SELECT {_OWN}
    FROM fund_settings AS own WHERE own.fund_id = fund.id AND own.product_code = kind.code
      AND own.valid_from <= loan.contract_date
) AS own
CROSS JOIN LATERAL (
    SELECT greatest(coalesce(own.annual_rate, product.annual_rate), asked.annual_rate) AS rate,
        least(product.max_amount, own.max_amount) AS amount,
        least(product.max_months, own.max_months) AS months,
        least(product.max_instalments, own.max_instalments) AS instalments,
        greatest(product.min_group_size, own.min_group_size) AS persons
) AS most
CROSS JOIN LATERAL (
    SELECT max(due_on) AS ends, count(*) AS instalments FROM instalments
    WHERE instalments.loan_id = loan.id AND schedule_no = 1
) AS first
CROSS JOIN LATERAL (
    SELECT coalesce(min(paid_on), loan.contract_date) AS since FROM loan_disbursements AS paid
    WHERE paid.loan_id = loan.id AND paid.reversed_on IS NULL
) AS paid
CROSS JOIN LATERAL (
    SELECT count(*) AS persons FROM loan_shares WHERE loan_shares.loan_id = loan.id
) AS shared
CROSS JOIN LATERAL (VALUES
    ('annual_rate', trim_scale(loan.annual_rate)::text, trim_scale(most.rate)::text,
        loan.annual_rate > most.rate),
    ('max_amount', to_char(loan.principal / 100.0, {_BAHT}), to_char(most.amount / 100.0, {_BAHT}),
        loan.principal > most.amount),
    ('max_months', first.ends::text, most.months::text,
        date_trunc('month', first.ends)
            > date_trunc('month', paid.since + make_interval(months => most.months))),
    ('max_instalments', first.instalments::text, most.instalments::text,
        first.instalments > most.instalments),
    ('min_group_size', shared.persons::text, most.persons::text,
        loan.borrower_kind = 'group' AND shared.persons < most.persons)
) AS broken (rule, found, allowed, true_of_it)
WHERE {_FUND} AND {_BORROWED} AND broken.true_of_it
"""  # noqa: S608  # our own constant texts

# A household that left the register later was entitled when it borrowed: only the newest word is known of a
# case, so one that has a case which is not certified after the contract's day is taken as entitled. Of a
# member of a กข.คจ. fund whose household is not known nothing can be told.
_NOT_ENTITLED = f"""
SELECT fund.id AS fund_id, 'loan:' || loan.id AS fact,
    jsonb_build_object('loan_id', loan.id, 'borrower', loan.borrower_kind) AS detail
FROM loans AS loan
JOIN funds AS fund ON fund.id = loan.fund_id
WHERE {_FUND} AND {_BORROWED} AND CASE loan.borrower_kind
    WHEN 'household' THEN NOT EXISTS (
        SELECT FROM known_cases AS known WHERE known.household_id = loan.borrower_id
          AND (known.certified_on IS NULL OR known.certified_on <= loan.contract_date)
    )
    WHEN 'member' THEN EXISTS (
        SELECT FROM fund_members AS member WHERE member.id = loan.borrower_id
          AND (member.joined_on > loan.contract_date OR member.left_on <= loan.contract_date
            OR (fund.kind = 'poverty' AND member.household_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM known_cases AS known WHERE known.household_id = member.household_id
                  AND (known.certified_on IS NULL OR known.certified_on <= loan.contract_date)
            )))
    )
    ELSE EXISTS (
        SELECT FROM loan_shares AS share JOIN fund_members AS member ON member.id = share.member_id
        WHERE share.loan_id = loan.id
          AND (member.joined_on > loan.contract_date OR member.left_on <= loan.contract_date)
    )
END
"""  # noqa: S608  # our own constant texts

# The facts are those of `rules.death_fact`. Once it is decided who answers for the debt, nothing is wrong.
_BORROWER_DIED = f"""
SELECT fund.id AS fund_id, 'loan:' || loan.id || ':person:' || death.person_id AS fact,
    jsonb_build_object('loan_id', loan.id, 'died_on', death.died_on) AS detail
FROM (
    SELECT loan.id AS loan_id, death.person_id, death.died_on
    FROM known_deaths AS death
    JOIN fund_members AS member ON member.person_id = death.person_id
    JOIN loans AS loan ON loan.borrower_id = member.id
    UNION
    SELECT share.loan_id, death.person_id, death.died_on
    FROM known_deaths AS death
    JOIN fund_members AS member ON member.person_id = death.person_id
    JOIN loan_shares AS share ON share.member_id = member.id
    UNION
    SELECT loan.id, death.person_id, death.died_on
    FROM known_deaths AS death
    JOIN loans AS loan ON loan.borrower_id = death.household_id
    WHERE loan.borrower_kind = 'household' AND death.died_on >= loan.contract_date
    UNION
    SELECT loan_id, person_id, died_on FROM borrower_deaths
) AS death
JOIN loans AS loan ON loan.id = death.loan_id
JOIN funds AS fund ON fund.id = loan.fund_id
WHERE {_FUND} AND {_BORROWED} AND NOT EXISTS (
    SELECT FROM borrower_deaths AS decided
    WHERE decided.loan_id = loan.id AND decided.person_id = death.person_id AND decided.state = 'decided'
)
"""  # noqa: S608  # our own constant texts

CAUSES: Final = {
    Failing.STALE_BOOKS: _STALE_BOOKS,
    Failing.RULES_BROKEN: _RULES_BROKEN,
    Failing.NO_MEETING: _NO_MEETING,
    Failing.RATE_ABOVE_CAP: _RATE_ABOVE_CAP,
    Failing.NOT_ENTITLED: _NOT_ENTITLED,
    Failing.SEAT_VACANT: _SEAT_VACANT,
    Failing.BORROWER_DIED: _BORROWER_DIED,
}
"""Failing → the statement that shows it; hand-overs are asked of their own capability."""
