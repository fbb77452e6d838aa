"""What is checked and decided on an application, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import File, Request, Response, UploadFile, status

from funds import attachments
from funds.applications import deciding, preventing, queries, service, showing
from funds.applications.decision_schemas import ApplicationOut, CheckedItems, NewDecision, RiskAnswers
from funds.applications.errors import (
    AmountRaised,
    ApplicationNotFound,
    ApprovalTooLong,
    BorrowerHasOpenLoan,
    BorrowerNotTarget,
    ChecklistIncomplete,
    CheckNotFound,
    DecidedOutOfOrder,
    DecisionExists,
    GroupTooSmall,
    LevelNotYours,
    MeetingNotOfFund,
    MeetingWithoutQuorum,
    MinutesInFuture,
    MinutesMissing,
    OwnApplication,
    RiskAnswerNotValid,
    SamePersonTwice,
    ShareNotOfGroup,
    SharesDoNotSum,
    UnknownBorrower,
    UnknownCheckItem,
    WrongApplicationState,
    WrongDecision,
    WrongStep,
)
from funds.attachments import FileNotThere, WrongFileType
from funds.ledger.errors import OverCapital
from funds.permissions import FundApprover, FundReader, FundWriter
from funds.registry.errors import DateInFuture, FundNotActive
from shared import clock, etags, problems, web
from shared.db import Session
from shared.errors import BodyTooLarge, StaleVersion, VersionRequired

router = web.router(tags=["applications"])

_HERE = (ApplicationNotFound, FundNotActive, WrongApplicationState)


@router.put(
    "/applications/{application_id}/checklist",
    response_model=ApplicationOut,
    responses=problems.responses(*_HERE, UnknownCheckItem, DateInFuture, StaleVersion, VersionRequired),
    summary="Record the checklist before lending (บันทึกรายการป้องกัน)",
)
async def check_application(
    session: Session,
    principal: FundWriter,
    application_id: UUID,
    if_match: etags.IfMatch,
    body: CheckedItems,
) -> Response:
    """Record items of the six checks before lending: who, when, evidence. Repeatable; others stay.

    บันทึกการตรวจ 6 ข้อก่อนให้กู้ (ป้องกัน) ว่าใครทำ เมื่อใด มีหลักฐานอะไร
    """
    await preventing.check(
        session,
        application_id=application_id,
        given=body.items,
        if_match=if_match,
        actor=principal,
        now=clock.now(),
    )
    return await showing.answer(session, application_id, areas=principal.areas)


@router.post(
    "/applications/{application_id}/checklist/{item}/file",
    response_model=ApplicationOut,
    responses=problems.responses(*_HERE, CheckNotFound, WrongFileType, BodyTooLarge),
    summary="Attach evidence of a check (แนบหลักฐานการตรวจ)",
)
@web.large_body(attachments.MAX_BYTES + 65_536)
async def attach_check_evidence(
    session: Session,
    principal: FundWriter,
    application_id: UUID,
    item: str,
    request: Request,
    file: Annotated[UploadFile, File(description="PDF, JPEG or PNG, at most 10 MiB")],
) -> Response:
    """Attach a photo or a signed sheet to a recorded item. แนบภาพถ่ายหรือเอกสารของรายการที่บันทึกแล้ว."""
    await service.locked(session, application_id, actor=principal)
    await preventing.check_of(session, application_id, item)
    kept = await attachments.keep(file, kind="application-checks", files=attachments.store_of(request))
    await preventing.attach(
        session, application_id=application_id, item=item, file=kept, actor=principal, now=clock.now()
    )
    return await showing.answer(session, application_id, areas=principal.areas)


@router.get(
    "/applications/{application_id}/checklist/{item}/file",
    response_class=Response,
    responses={
        200: attachments.DESCRIBED,
        **problems.responses(ApplicationNotFound, CheckNotFound, FileNotThere),
    },
    summary="Evidence of a check (หลักฐานการตรวจ)",
)
async def read_check_evidence(
    session: Session, principal: FundReader, application_id: UUID, item: str, request: Request
) -> Response:
    """Return the file that proves an item. Leaves an audit row. ดาวน์โหลดหลักฐานการตรวจ."""
    if await queries.one(session, application_id, areas=principal.areas) is None:
        raise ApplicationNotFound
    found = await preventing.check_of(session, application_id, item)
    store = attachments.store_of(request)
    answer = attachments.answer(store, found["file_key"], found["file_type"], name="evidence")
    await service.record(
        session, "file", application_id, actor=principal, now=clock.now(), detail={"item": item}
    )
    return answer


@router.put(
    "/applications/{application_id}/risk",
    response_model=ApplicationOut,
    responses=problems.responses(*_HERE, RiskAnswerNotValid, StaleVersion, VersionRequired),
    summary="Score the risk of non-payment (ประเมินความเสี่ยง)",
)
async def assess_application(
    session: Session,
    principal: FundWriter,
    application_id: UUID,
    if_match: etags.IfMatch,
    body: RiskAnswers,
) -> Response:
    """Score the risk by the form LOAN_RISK: the higher, the riskier. Repeatable. ประเมินความเสี่ยงก่อนให้กู้."""
    await preventing.assess(
        session,
        application_id=application_id,
        given=body,
        if_match=if_match,
        actor=principal,
        now=clock.now(),
    )
    return await showing.answer(session, application_id, areas=principal.areas)


@router.post(
    "/applications/{application_id}/decisions",
    status_code=status.HTTP_201_CREATED,
    response_model=ApplicationOut,
    responses=problems.responses(
        *_HERE,
        WrongStep,
        WrongDecision,
        LevelNotYours,
        OwnApplication,
        SamePersonTwice,
        DecidedOutOfOrder,
        MeetingNotOfFund,
        MeetingWithoutQuorum,
        MinutesInFuture,
        MinutesMissing,
        ApprovalTooLong,
        ChecklistIncomplete,
        UnknownBorrower,
        GroupTooSmall,
        AmountRaised,
        ShareNotOfGroup,
        SharesDoNotSum,
        BorrowerNotTarget,
        BorrowerHasOpenLoan,
        OverCapital,
        DecisionExists,
        StaleVersion,
        VersionRequired,
    ),
    summary="Decide a step (ลงมติ)",
)
async def decide_application(
    session: Session,
    principal: FundApprover,
    application_id: UUID,
    if_match: etags.IfMatch,
    body: NewDecision,
) -> Response:
    """Recommend, approve, return or reject as the step that the application waits for, as it was read.

    A step may give less (`amount`) than was asked for or the step before would give, never more. The last
    step's approval keeps the money back: what is promised once is not promised again. Each step is decided at
    its own level; nobody decides on what she wrote, on what she, her group or her household asks for or
    guarantees, nor on two steps.
    ลงมติในขั้นตอนที่คำขอรออยู่ ลดวงเงินได้แต่เพิ่มไม่ได้ การอนุมัติขั้นสุดท้ายกันเงินกองทุนไว้
    ห้ามลงมติแทนระดับอื่น คำขอที่ตนเองหรือครัวเรือนขอหรือค้ำประกัน หรือลงมติสองขั้น
    """
    await deciding.decide(
        session,
        application_id=application_id,
        new=body,
        if_match=if_match,
        actor=principal,
        now=clock.now(),
    )
    code = status.HTTP_201_CREATED
    return await showing.answer(session, application_id, areas=principal.areas, code=code)
