"""Repayment schedules over HTTP."""

from typing import Annotated

from fastapi import Body
from starlette.responses import Response

from funds.permissions import FundReader
from funds.products.errors import RateAboveCap
from funds.schedule_previews import service
from funds.schedule_previews.errors import PrincipalDiffers
from funds.schedule_previews.examples import REQUESTS
from funds.schedule_previews.schemas import PreviewRequest, SchedulePreview
from funds.schedules.errors import FAULTS
from shared import clock, paging, problems, web
from shared.db import ReadSession

router = web.router(tags=["loan schedules"])


@router.post(
    "/loan-schedules/preview",
    response_model=SchedulePreview,
    responses=problems.responses(
        RateAboveCap, PrincipalDiffers, *(refusal for refusal, _ in FAULTS.values())
    ),
    summary="Compute a repayment schedule without storing it (คำนวณตารางผ่อนชำระ)",
)
async def preview_loan_schedule(
    session: ReadSession,
    principal: FundReader,
    request: Annotated[PreviewRequest, Body(openapi_examples=REQUESTS)],
) -> Response:
    """Lay out a loan in instalments by any of the named conventions; all amounts are exact to the satang.

    The principals sum to what was lent, the last balance is 0.00, and no part is negative; an instalment that
    would not cover its interest is refused. A rate above the legal cap is refused as in a contract, unless
    the request says `for_comparison`. Examples for each method are beside this text.

    To hold it against another system's table: principal, rate, method, instalments and dates first. Where
    the level amount differs, see `level_from`, `instalment_rounding`, `compounding`, `paid_at`, `balloon`,
    `level_over`; where the interest of rows does, `day_count`, and of the first row alone `first_period`,
    `interest_from`; where rows drift apart by a satang, `interest_rounding`, `carried`; where only the last
    one differs, `last_instalment`. For example:

    - a spreadsheet's PMT, each row rounded: nothing else; nothing rounded but what is shown: `carried` exact
    - Apache Fineract, progressive: `level_from` actual_days, `last_instalment` nearest; its 30/360 is
      `day_count` period (a broken first period: `period/days`), its actual/actual `ACT/ACT last day`
    - ERPNext: `instalment_rounding` up to 1.00
    - level by months, interest by days (commercial mortgages): `day_count` ACT/360 or ACT/365
    - a Canadian mortgage: `compounding` 2; an effective annual rate: `compounding` 1
    - interest alone and all principal at the end: `grace_principal` one less than `instalments`
    - add-on interest: `method` flat, with `flat_split` sum_of_digits the rule of 78

    คำนวณตารางผ่อนชำระตามวิธีที่ระบุ โดยไม่บันทึก
    """
    del principal  # arithmetic is everybody's
    answer = await service.preview(session, request=request, now=clock.now())
    return Response(paging.json_bytes(answer), media_type="application/json")
