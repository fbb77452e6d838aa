"""Steps of target cases, one or many at a time: all of a request's cases take their step, or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from households.cases import queries, rules
from households.cases.errors import (
    CaseNotFound,
    CasesRefused,
    CaseTwice,
    NotAppealable,
    StillPoor,
    WrongState,
)
from households.cases.events import CaseCertified, CaseGraduated, CaseWithdrawn
from households.cases.rules import Case, Step, StepRefused, WithdrawReason
from households.cases.schemas import CaseVerification
from shared import audit, outbox
from shared.clock import business_date
from shared.db import driver
from shared.errors import FieldError, Refusal
from shared.events import Event
from shared.ids import uuid7
from shared.security import Principal

_COLUMNS = {
    "state": "text",
    "village_code": "text",
    "developable": "boolean",
    "facts": "jsonb",
    "notes": "text",
    "verified_by": "text",
    "proposed_by": "text",
    "appealed_by": "text",
    "committee_id": "uuid",
    "resolution_id": "uuid",
    "decided_on": "date",
    "certified_on": "date",
    "reason": "text",
    "version": "integer",
}
"""What a step may change; the rest of a case never changes."""

_SETS = ", ".join(f"{name} = now_is.{name}" for name in _COLUMNS)
_ARRAYS = ", ".join(f"${at}::{kind}[]" for at, kind in enumerate(_COLUMNS.values(), 3))
_UPDATE = (
    f"UPDATE cases SET {_SETS}, updated_at = $2 FROM unnest($1::uuid[], {_ARRAYS}) "  # noqa: S608  # our own names
    f"AS now_is (id, {', '.join(_COLUMNS)}) WHERE cases.id = now_is.id"
)
_TRANSITION = (
    "id", "case_id", "version", "step", "from_state", "to_state", "actor", "reason", "resolution_id", "at",
)  # fmt: skip
_AUDITED = 20_000  # ids in one audit row


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that a case takes."""

    step: Step
    before: Case | None
    """None when the case begins with it."""
    now_is: Case


def each(ids: Sequence[UUID], pointer: Callable[[int], str], found: Mapping[UUID, Case]) -> list[FieldError]:
    """Return what is wrong with the ids of a bulk request: named twice, or not there for the caller."""
    seen: set[UUID] = set()
    wrong = []
    for at, case_id in enumerate(ids):
        if case_id in seen:
            wrong.append(fault(pointer(at), CaseTwice))
        elif case_id not in found:
            wrong.append(fault(pointer(at), CaseNotFound))
        seen.add(case_id)
    return wrong


def fault(pointer: str, refusal: type[Refusal]) -> FieldError:
    """Return one case's part in the refusal of a bulk request."""
    return FieldError(pointer, refusal.code, refusal.title_th, refusal.title_en)


def refuse(wrong: Sequence[FieldError], known: Sequence[type[Refusal]], several: type[Refusal]) -> None:
    """Raise the one refusal that all of `wrong` share, or `several`; do nothing when nothing is wrong."""
    if not wrong:
        return
    codes = {error.code for error in wrong}
    for refusal in known:
        if codes == {refusal.code}:
            raise refusal(errors=wrong)
    raise several(errors=wrong)


async def verify(
    session: AsyncSession, *, verifications: Sequence[CaseVerification], actor: Principal, now: datetime
) -> list[Case]:
    """Record what the team found at households.

    Raises CaseNotFound, CaseTwice, WrongState, or CasesRefused for several reasons at once.
    """

    def step(case: Case, at: int) -> Taken:
        return _verified(case, verifications[at], by=actor.subject)

    ids = [one.case_id for one in verifications]
    return await _take(session, ids, step, "/verifications/{}/case_id", actor=actor, now=now)


async def verify_one(
    session: AsyncSession, *, verification: CaseVerification, actor: Principal, now: datetime
) -> Case:
    """Record what the team found at one household. Raises CaseNotFound, WrongState."""

    def step(case: Case, _at: int) -> Taken:
        return _verified(case, verification, by=actor.subject)

    return await _take_one(session, verification.case_id, step, actor=actor, now=now)


def _verified(case: Case, found: CaseVerification, *, by: str) -> Taken:
    facts = found.facts.model_dump(mode="json", exclude_none=True)
    now_is = rules.verify(case, developable=found.developable, facts=facts, notes=found.notes, by=by)
    return Taken(Step.VERIFY if found.developable else Step.REFER, case, now_is)


async def propose(
    session: AsyncSession, *, case_ids: Sequence[UUID], actor: Principal, now: datetime
) -> list[Case]:
    """Propose verified cases to the committee that certifies; the caller is recorded as who proposed.

    Raises as `verify`.
    """

    def step(case: Case, _at: int) -> Taken:
        return Taken(Step.PROPOSE, case, rules.propose(case, by=actor.subject))

    return await _take(session, case_ids, step, "/case_ids/{}", actor=actor, now=now)


async def reject(
    session: AsyncSession, *, case_id: UUID, reason: str, actor: Principal, now: datetime
) -> Case:
    """Reject a case in the field, before it is proposed. Raises CaseNotFound, WrongState."""

    def step(case: Case, _at: int) -> Taken:
        return Taken(Step.DISMISS, case, rules.dismiss(case, reason=reason))

    return await _take_one(session, case_id, step, actor=actor, now=now)


async def withdraw(
    session: AsyncSession, *, case_id: UUID, reason: WithdrawReason, actor: Principal, now: datetime
) -> Case:
    """Take a household off its way, and off the register. Raises CaseNotFound, WrongState."""

    def step(case: Case, _at: int) -> Taken:
        return Taken(Step.WITHDRAW, case, rules.take(case, Step.WITHDRAW, reason=reason.value))

    return await _take_one(session, case_id, step, actor=actor, now=now)


async def reopen(
    session: AsyncSession, *, case_id: UUID, reason: str, actor: Principal, now: datetime
) -> Case:
    """Begin a closed case anew.

    Raises CaseNotFound, WrongState; CaseAlreadyOpen (by its constraint) when another case is open.
    """

    def step(case: Case, _at: int) -> Taken:
        return Taken(Step.REOPEN, case, rules.reopen(case, reason=reason))

    return await _take_one(session, case_id, step, actor=actor, now=now)


async def appeal(
    session: AsyncSession, *, case_id: UUID, reason: str, actor: Principal, now: datetime
) -> Case:
    """Bring a committee's rejection before the province's committee. Raises CaseNotFound, NotAppealable."""

    def step(case: Case, _at: int) -> Taken:
        return Taken(Step.APPEAL, case, rules.appeal(case, by=actor.subject, reason=reason))

    try:
        return await _take_one(session, case_id, step, actor=actor, now=now)
    except WrongState as refusal:
        raise NotAppealable(**refusal.extra) from refusal


async def progress(
    session: AsyncSession, *, case_id: UUID, to: str, reason: str | None, actor: Principal, now: datetime
) -> Case:
    """Record that a certified household was planned for, assisted or followed up.

    Raises CaseNotFound, WrongState.
    """
    taken = {"planned": Step.PLAN, "assisted": Step.ASSIST, "followed": Step.FOLLOW}[to]

    def step(case: Case, _at: int) -> Taken:
        return Taken(taken, case, rules.take(case, taken, reason=reason))

    return await _take_one(session, case_id, step, actor=actor, now=now)


async def graduate(session: AsyncSession, *, case_id: UUID, actor: Principal, now: datetime) -> Case:
    """Let a household leave the register because the newest survey finds it out of poverty.

    Out of poverty: no dimension failed and income not below the line, in an edition other than the one
    that marked it. Raises CaseNotFound, WrongState, StillPoor.
    """
    found = (await queries.locked(session, [case_id], areas=actor.areas)).get(case_id)
    if found is not None and rules.after(found.state, Step.GRADUATE):
        survey = await queries.newest_survey(session, found.household_id)
        if (
            survey is None
            or survey["edition_id"] == found.edition_id
            or not rules.out_of_poverty(survey["dimensions"], survey["income_band"])
        ):
            raise StillPoor

    def step(case: Case, _at: int) -> Taken:
        return Taken(Step.GRADUATE, case, rules.take(case, Step.GRADUATE, reason=None))

    return await _take_one(session, case_id, step, actor=actor, now=now)


async def _take_one(
    session: AsyncSession,
    case_id: UUID,
    step: Callable[[Case, int], Taken],
    *,
    actor: Principal,
    now: datetime,
) -> Case:
    case = (await queries.locked(session, [case_id], areas=actor.areas)).get(case_id)
    if case is None:
        raise CaseNotFound
    try:
        taken = step(case, 0)
    except StepRefused as refused:
        raise WrongState(state=case.state.value) from refused
    await write(session, [taken], actor=actor, now=now)
    return taken.now_is


async def _take(
    session: AsyncSession,
    ids: Sequence[UUID],
    step: Callable[[Case, int], Taken],
    pointer: str,
    *,
    actor: Principal,
    now: datetime,
) -> list[Case]:
    found = await queries.locked(session, set(ids), areas=actor.areas)
    wrong = each(ids, pointer.format, found)
    taken: list[Taken] = []
    for at, case_id in enumerate(ids):
        if case_id in found:
            try:
                taken.append(step(found[case_id], at))
            except StepRefused:
                wrong.append(fault(pointer.format(at), WrongState))
    refuse(wrong, (CaseNotFound, CaseTwice, WrongState), CasesRefused)
    await write(session, taken, actor=actor, now=now)
    return [one.now_is for one in taken]


async def write(session: AsyncSession, taken: Sequence[Taken], *, actor: Principal, now: datetime) -> None:
    """Write what cases became, their history, their audit row and the events that follow.

    The cases are locked by the caller (`queries.locked`); set-based, whatever their number.
    """
    if not taken:
        return
    connection = await driver(session)
    became = [one.now_is for one in taken]
    values = [[_plain(name, getattr(case, name)) for case in became] for name in _COLUMNS]
    await connection.execute(_UPDATE, [case.id for case in became], now, *values)
    await record(session, taken, actor=actor, now=now)
    facts = ((event, one.now_is) for one in taken if (event := _event(one, on=business_date(now))))
    await outbox.insert_many(session, [(event, case.id, case.version) for event, case in facts])


async def record(session: AsyncSession, taken: Sequence[Taken], *, actor: Principal, now: datetime) -> None:
    """Write the history of steps and who took them."""
    connection = await driver(session)
    rows = [
        (
            uuid7(),
            one.now_is.id,
            one.now_is.version,
            one.step.value,
            one.before.state.value if one.before else None,
            one.now_is.state.value,
            actor.subject,
            one.now_is.reason,
            one.now_is.resolution_id if one.step in rules.DECIDES.values() else None,
            now,
        )
        for one in taken
    ]
    await connection.copy_records_to_table("case_transitions", records=rows, columns=_TRANSITION)
    for step in {one.step for one in taken}:
        subjects = [one.now_is.id for one in taken if one.step is step]
        for first in range(0, len(subjects), _AUDITED):
            some = subjects[first : first + _AUDITED]
            await audit.record(session, principal=actor, action=f"case.{step}", subjects=some, now=now)


def _plain(name: str, value: Any) -> Any:  # whatever the column holds
    return orjson.dumps(value).decode() if name == "facts" else value


def _event(taken: Taken, *, on: date) -> Event | None:
    """Return what other services must hear of a step."""
    case = taken.now_is
    about = {"case_id": case.id, "household_id": case.household_id, "village_code": case.village_code}
    if taken.step is Step.CERTIFY:
        made = {
            name: getattr(case, name)
            for name in ("edition_id", "committee_id", "resolution_id", "certified_on")
        }
        return CaseCertified(**about, **made)
    if taken.step is Step.WITHDRAW:
        return CaseWithdrawn(**about, reason=WithdrawReason(str(case.reason)), withdrawn_on=on)
    if taken.step is Step.GRADUATE:
        return CaseGraduated(**about, graduated_on=on)
    return None
