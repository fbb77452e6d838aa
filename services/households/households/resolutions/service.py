"""Recording what a meeting decided: the one way onto the target register."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from households.cases import queries as case_queries
from households.cases import service as cases
from households.cases.rules import DECIDES, Case, decide
from households.cases.service import Taken
from households.meetings import service as meetings
from households.meetings.rules import Sitting
from households.resolutions import rules
from households.resolutions.errors import KNOWN, REFUSALS, DecisionsRefused
from households.resolutions.models import Resolution
from households.resolutions.schemas import DecisionMade, NewResolution
from shared import audit
from shared.db import driver
from shared.ids import uuid7
from shared.security import Principal

_DECISION = ("resolution_id", "case_id", "decision", "reason", "voters")


async def record(
    session: AsyncSession, *, meeting_id: UUID, new: NewResolution, actor: Principal, now: datetime
) -> UUID:
    """Record a resolution over many cases and take its decisions; all of them or none. Returns its id.

    Raises MeetingNotFound, MeetingNotHeld, ResolutionNumberTaken (by its constraint), and for decisions
    the refusal they share, else DecisionsRefused: CaseNotFound, CaseTwice, WrongState, QuorumMissing,
    ProposerCannotCertify, OwnHousehold, ConflictOfInterest, WrongCommitteeLevel, WrongCommitteeArea,
    ReasonRequired.
    """
    sitting = await meetings.sitting(session, meeting_id=meeting_id, actor=actor)
    ids = {made.case_id for made in new.decisions}
    found = await case_queries.locked(session, ids, areas=actor.areas)
    _check(new, found, sitting, recorder=actor.subject)
    resolution = Resolution(
        id=uuid7(),
        meeting_id=meeting_id,
        resolution_no=new.resolution_no,
        recorded_by=actor.subject,
        recorded_at=now,
    )
    session.add(resolution)
    await session.flush()
    await _write_decisions(session, resolution.id, new, found, sitting)
    taken = [
        _taken(found[made.case_id], made, sitting, resolution_id=resolution.id) for made in new.decisions
    ]
    await cases.write(session, taken, actor=actor, now=now)
    await audit.record(
        session, principal=actor, action="resolution.record", subjects=[resolution.id], now=now
    )
    return resolution.id


def _check(new: NewResolution, found: Mapping[UUID, Case], sitting: Sitting, *, recorder: str) -> None:
    """Raise when any of the decisions cannot be taken, naming all that cannot."""
    wrong = cases.each([made.case_id for made in new.decisions], "/decisions/{}/case_id".format, found)
    for at, made in enumerate(new.decisions):
        if made.case_id not in found:
            continue
        case = found[made.case_id]
        obstacle = rules.obstacle(
            case, sitting, decision=made.decision, reason=made.reason, recorder=recorder
        )
        if obstacle is not None:
            where = f"/decisions/{at}/{'reason' if obstacle is rules.Obstacle.REASON else 'case_id'}"
            wrong.append(cases.fault(where, REFUSALS[obstacle]))
    cases.refuse(wrong, KNOWN, DecisionsRefused)


async def _write_decisions(
    session: AsyncSession,
    resolution_id: UUID,
    new: NewResolution,
    found: Mapping[UUID, Case],
    sitting: Sitting,
) -> None:
    rows = [
        (
            resolution_id,
            made.case_id,
            made.decision.value,
            made.reason,
            rules.voters(found[made.case_id], sitting),
        )
        for made in new.decisions
    ]
    connection = await driver(session)
    await connection.copy_records_to_table("decisions", records=rows, columns=_DECISION)


def _taken(case: Case, made: DecisionMade, sitting: Sitting, *, resolution_id: UUID) -> Taken:
    now_is = decide(
        case,
        made.decision,
        committee_id=sitting.committee_id,
        resolution_id=resolution_id,
        on=sitting.held_on,
        reason=made.reason,
    )
    return Taken(DECIDES[made.decision], case, now_is)
