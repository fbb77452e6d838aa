"""The households that the poverty fund may lend to."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from funds.known_households import queries
from funds.known_households.export import DESCRIBED, ELIGIBLE
from funds.known_households.schemas import EligibleHousehold
from funds.permissions import FundReader
from shared import clock, exports, paging, problems, web
from shared.areas import AreaCode
from shared.db import ReadSession
from shared.errors import InvalidCursor, InvalidRequest, ScopeMissing, UnknownParameter

router = web.router(tags=["eligible households"])


@router.get(
    "/funds/eligible-households",
    response_model=paging.Page[EligibleHousehold],
    responses={
        200: DESCRIBED,
        **problems.responses(InvalidCursor, InvalidRequest, UnknownParameter, ScopeMissing),
    },
    summary="Households that the poverty fund may lend to (ครัวเรือนเป้าหมายที่กู้ กข.คจ. ได้)",
)
async def list_eligible_households(
    session: ReadSession,
    principal: FundReader,
    page: paging.PageParams,
    area: Annotated[AreaCode | None, Query(description="This area and all below it")] = None,
    certified: Annotated[  # noqa: FBT002  # FastAPI passes it by name
        bool, Query(description="On the target register now; false lists the others that funds knows of")
    ] = True,
) -> Response:
    """List the households on the target register, as far as households has told of them.

    The poverty fund (กข.คจ.) lends to certified target households only; the register lives in the
    households service and comes here by its events. Sorted by village, then id; as CSV or XLSX (`Accept`)
    all of them, with the scope `export`.
    """
    filters = queries.Filters(areas=principal.areas, area=area or "", certified=certified)
    kind = exports.wanted(page.request)
    if kind is not None:
        return await exports.answer(
            page.request,
            kind,
            export=ELIGIBLE,
            read=partial(queries.page, filters=filters),
            principal=principal,
            area=area,
            now=clock.now(),
        )
    after = page.place(str, UUID)
    rows = await queries.page(session, filters=filters, after=after, limit=page.fetch)
    total = await queries.count(session, filters=filters) if page.count else None
    return paging.page(page, rows, key=("village_code", "household_id"), total=total)
