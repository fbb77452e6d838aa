"""The checklist and the risk score before lending: who, when, evidence; nothing goes forward without them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from funds.applications import errors, preventing, queries, service
from funds.applications.decision_schemas import CheckedItem, RiskAnswers
from funds.applications.rules import State
from funds.attachments import Attachment
from funds.registry.errors import DateInFuture
from shared.security import Principal
from tests.applications.deciders import decide, found
from tests.factories import (
    CHAIR,
    NOW,
    OFFICER,
    TODAY,
    a_fund,
    a_person,
    a_submitted_application,
    an_application,
    an_approved_application,
)

TAMBON = a_person("tambon")


async def check(session: AsyncSession, application_id: UUID, by: Principal = OFFICER, **words: Any) -> None:
    item = CheckedItem.model_validate(
        {"item": "P.3", "done_on": TODAY.isoformat(), "done_by": "นางบุญมี ใจดี", **words}
    )
    await preventing.check(session, application_id=application_id, given=[item], actor=by, now=NOW)


async def test_an_item_says_who_did_it_when_and_by_what_and_the_last_word_stands(
    session: AsyncSession,
) -> None:
    application_id = await an_application(session, await a_fund(session))
    await check(session, application_id, evidence="ภาพถ่าย")
    await check(session, application_id, by=CHAIR, done_by="นายชัย มั่นคง", done=False)
    (row,) = await queries.checks(session, application_id)
    assert (row["item"], row["done"], row["done_by"], row["recorded_by"]) == (
        "P.3",
        False,
        "นายชัย มั่นคง",
        CHAIR.subject,
    )


async def test_no_item_is_done_tomorrow_and_the_list_has_six_only(session: AsyncSession) -> None:
    application_id = await an_application(session, await a_fund(session))
    with pytest.raises(DateInFuture):
        await check(session, application_id, done_on=(TODAY + timedelta(days=1)).isoformat())
    with pytest.raises(errors.UnknownCheckItem):
        await check(session, application_id, item="T1.1")


async def assess(session: AsyncSession, application_id: UUID, points: int) -> None:
    given = RiskAnswers(answers={f"R.{number}": points for number in range(1, 7)})
    await preventing.assess(session, application_id=application_id, given=given, actor=OFFICER, now=NOW)


async def test_what_was_checked_before_an_approval_stays(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await an_approved_application(session, fund)
    with pytest.raises(errors.WrongApplicationState):
        await check(session, application_id, done=False)


async def test_what_the_first_step_has_seen_is_what_the_next_one_sees(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund)
    await check(session, application_id, evidence="ภาพถ่าย")
    await assess(session, application_id, 1)
    await decide(session, application_id, "recommend", TAMBON)
    with pytest.raises(errors.WrongApplicationState):
        await check(session, application_id, evidence="ภาพถ่ายใหม่")
    with pytest.raises(errors.WrongApplicationState):
        await assess(session, application_id, 0)
    file = Attachment(key="k", media_type="image/png", size=1, sha256="0" * 64)
    with pytest.raises(errors.WrongApplicationState):
        await preventing.attach(
            session, application_id=application_id, item="P.3", file=file, actor=OFFICER, now=NOW
        )


async def test_what_is_sent_back_is_checked_anew_before_the_first_step_sees_it_again(
    session: AsyncSession,
) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await a_submitted_application(session, fund)
    await decide(session, application_id, "recommend", TAMBON)
    await decide(session, application_id, "return", a_person("amphoe"), reason="ยังไม่ได้ลงพื้นที่")
    await assess(session, application_id, 2)
    await service.submit(session, application_id=application_id, actor=OFFICER, now=NOW)
    await assess(session, application_id, 1)
    await decide(session, application_id, "recommend", TAMBON)
    with pytest.raises(errors.WrongApplicationState):
        await assess(session, application_id, 0)
    row = await found(session, application_id)
    assert (row["round"], row["risk"]["answers"]["R.1"]) == (2, 1)


async def test_a_loan_is_recommended_only_with_the_six_checks_and_the_risk(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await an_application(session, fund)
    await service.submit(session, application_id=application_id, actor=OFFICER, now=NOW)
    with pytest.raises(errors.ChecklistIncomplete) as refused:
        await decide(session, application_id, "recommend", TAMBON)
    assert refused.value.extra["missing"] == ["P.1", "P.2", "P.3", "P.4", "P.5", "P.6", "LOAN_RISK"]
    items = [
        CheckedItem(item=item.code, done=item.code != "P.4", done_on=TODAY, done_by="นางบุญมี ใจดี")
        for item in preventing.items()
    ]
    about: Any = {"application_id": application_id, "actor": OFFICER, "now": NOW}
    await preventing.check(session, given=items, **about)
    await preventing.assess(session, given=RiskAnswers(answers={f"R.{n}": 2 for n in range(1, 7)}), **about)
    with pytest.raises(errors.ChecklistIncomplete) as refused:
        await decide(session, application_id, "recommend", TAMBON)
    assert refused.value.extra["missing"] == ["P.4"]
    await decide(session, application_id, "return", TAMBON, reason="ยังไม่ได้ถามผู้นำชุมชน")


async def test_a_grant_needs_no_risk_score(session: AsyncSession) -> None:
    fund = await a_fund(session, capital=20_000_000)
    application_id = await an_application(session, fund, product="WOMENS_GRANT", purpose="training")
    await service.submit(session, application_id=application_id, actor=OFFICER, now=NOW)
    await decide(session, application_id, "recommend", TAMBON)
    row = await found(session, application_id)
    assert row["state"] == State.RECOMMENDED


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({"R.1": 0}, "LOW"),
        ({"R.1": 4, "R.2": 3}, "MEDIUM"),
        ({"R.1": 4, "R.2": 4, "R.3": 3, "R.4": 2}, "HIGH"),
    ],
)
async def test_risk_is_scored_by_the_form(session: AsyncSession, answers: dict[str, int], level: str) -> None:
    application_id = await an_application(session, await a_fund(session))
    given = RiskAnswers(answers={**{f"R.{n}": 0 for n in range(1, 7)}, **answers})
    await preventing.assess(session, application_id=application_id, given=given, actor=OFFICER, now=NOW)
    row = await found(session, application_id)
    assert row["risk_level"] == level


@pytest.mark.parametrize("answers", [{"R.1": 0}, {"R.9": 1}, {"R.1": 9}])
async def test_the_risk_form_is_answered_whole_and_inside_its_points(
    session: AsyncSession, answers: dict[str, int]
) -> None:
    application_id = await an_application(session, await a_fund(session))
    with pytest.raises(errors.RiskAnswerNotValid):
        await preventing.assess(
            session, application_id=application_id, given=RiskAnswers(answers=answers), actor=OFFICER, now=NOW
        )
