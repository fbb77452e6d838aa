"""Feed editions over HTTP: opened, filled, imported, corrected, approved, closed, compared."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response, status
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import StreamingResponse

from households.citizen import Keys
from households.feeds import correction, errors, pulls, queries, service
from households.feeds.rules import FileKind
from households.feeds.schemas import (
    ChangeFilters,
    Changes,
    EditionDetail,
    EditionFilters,
    EditionOut,
    ErrorFilters,
    ImportRequest,
    JobStarted,
    NewEdition,
    NewPull,
    PullOut,
    RowError,
    Uploaded,
)
from households.feeds.uploads import BODY, BadForm, Upload
from households.permissions import FeedReader, FeedWriter
from households.poverty import instruments
from shared import audit, clock, paging, problems, web
from shared.areas import covers
from shared.db import ReadSession, Session
from shared.errors import (
    BodyTooLarge,
    FieldError,
    InvalidCursor,
    InvalidRequest,
    PurposeRequired,
    ScopeMissing,
    WrongContentType,
)
from shared.security import Principal, purpose_of
from shared.storage import Files

router = web.router(tags=["feed-editions"])
_CSV = "text/csv"


@router.post(
    "/feed-editions",
    status_code=status.HTTP_201_CREATED,
    response_model=EditionDetail,
    responses={
        200: {"model": EditionDetail, "description": "The edition was open already"},
        **problems.responses(errors.UnknownInstrument, errors.EditionExists),
    },
    summary="Open an edition (เปิดชุดข้อมูลประจำปี)",
)
async def open_feed_edition(
    session: Session, principal: FeedWriter, response: Response, body: NewEdition
) -> dict[str, Any]:
    """Open a source's edition of a survey year. Asked again, it is the one there is (200).

    เปิดชุดข้อมูล TPMAP / จปฐ. ของปีหนึ่ง
    """
    edition, new = await service.open_edition(session, new=body, actor=principal, now=clock.now())
    response.status_code = status.HTTP_201_CREATED if new else status.HTTP_200_OK
    response.headers["Location"] = f"/v1/feed-editions/{edition}"
    return await _detail(session, edition)


@router.get(
    "/feed-editions",
    response_model=paging.Page[EditionOut],
    responses=problems.responses(InvalidCursor),
    summary="Editions (รายการชุดข้อมูล)",
)
async def list_feed_editions(
    session: ReadSession,
    principal: FeedReader,  # noqa: ARG001  # the scope is checked
    page: paging.PageParams,
    filters: Annotated[EditionFilters, Query()],
) -> Response:
    """List editions, the newest year first. รายการชุดข้อมูล ปีล่าสุดก่อน."""
    after = page.place(int, UUID)
    rows = await queries.page(session, filters=filters, after=after, limit=page.fetch)
    total = await queries.count(session, filters=filters) if page.count else None
    return paging.page(page, rows, key=("edition_year", "id"), total=total)


@router.get(
    "/feed-editions/{edition_id}",
    response_model=EditionDetail,
    responses=problems.responses(errors.EditionNotFound),
    summary="One edition with its files (ชุดข้อมูลและไฟล์)",
)
async def read_feed_edition(
    session: ReadSession,
    principal: FeedReader,  # noqa: ARG001  # the scope is checked
    edition_id: UUID,
) -> dict[str, Any]:
    """Return an edition and the files sent for it. ชุดข้อมูลและไฟล์ที่ส่งมา."""
    return await _detail(session, edition_id)


@router.post(
    "/feed-editions/{edition_id}/files",
    status_code=status.HTTP_201_CREATED,
    response_model=Uploaded,
    openapi_extra=BODY,
    responses=problems.responses(
        errors.EditionNotFound, errors.EditionClosed, errors.UnknownFile, errors.WrongChecksum,
        errors.BadManifest, errors.Unreadable, BadForm, BodyTooLarge, WrongContentType, InvalidRequest,
    ),
    summary="Send a file of an edition (ส่งไฟล์ข้อมูล)",
)  # fmt: skip
@web.large_body(service.MAX_BYTES)
async def upload_feed_file(
    request: Request, session: Session, principal: FeedWriter, edition_id: UUID
) -> dict[str, Any]:
    """Take households, persons, welfare (CSV, NDJSON, XLSX, Parquet), the manifest, or a ZIP of them.

    The name says which: `persons.csv`, `households.xlsx`, `manifest.json`,
        `edition.zip`. A newer file of a kind
    takes the place of one that waits. ส่งไฟล์ครัวเรือน บุคคล สวัสดิการ หรือ manifest ชื่อไฟล์บอกชนิด
    """
    upload = Upload(request)
    name = await upload.begin()
    taken, manifest = await service.take_upload(
        session,
        edition=edition_id,
        name=name,
        chunks=upload.chunks(),
        files=_files(request),
        actor=principal,
        now=clock.now(),
    )
    found = {row["id"]: dict(row) for row in await queries.files(session, edition_id)}
    return {"files": [found[file] for file in taken], "manifest": manifest}


@router.post(
    "/feed-editions/{edition_id}/import",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=JobStarted,
    responses=problems.responses(errors.EditionNotFound, errors.EditionClosed, errors.MissingFile),
    summary="Import what was sent (นำเข้าข้อมูล)",
)
async def import_feed_edition(
    session: Session, principal: FeedWriter, response: Response, edition_id: UUID, body: ImportRequest
) -> dict[str, Any]:
    """Queue the import; the job's result has the numbers of the whole edition.

    A feed that would drop or move too many households of an area ends with the state `awaiting_approval`.
    นำเข้าข้อมูลที่ส่งแล้ว ผลอยู่ในงานเบื้องหลัง
    """
    job = await service.start_import(
        session, edition=edition_id, dry_run=body.dry_run, actor=principal, now=clock.now()
    )
    return _started(response, job)


@router.post(
    "/feed-editions/{edition_id}/approve",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=JobStarted,
    responses=problems.responses(
        errors.EditionNotFound, errors.EditionClosed, errors.NothingToApprove, errors.SamePerson
    ),
    summary="Approve an edition that changes much (อนุมัติการนำเข้า)",
)
async def approve_feed_edition(
    session: Session, principal: FeedWriter, response: Response, edition_id: UUID
) -> dict[str, Any]:
    """Approve as another person than who sent the feed, and import it. อนุมัติโดยผู้ที่ไม่ใช่ผู้ส่งข้อมูล."""
    job = await service.approve(session, edition=edition_id, actor=principal, now=clock.now())
    return _started(response, job)


@router.post(
    "/feed-editions/{edition_id}/close",
    response_model=EditionDetail,
    responses=problems.responses(
        errors.EditionNotFound, errors.EditionClosed, errors.NotImported, errors.EditionWaiting
    ),
    summary="Close an edition for good (ปิดชุดข้อมูล)",
)
async def close_feed_edition(session: Session, principal: FeedWriter, edition_id: UUID) -> dict[str, Any]:
    """Close an imported edition: nothing of it can change any more. ปิดชุดข้อมูล แก้ไขไม่ได้อีก."""
    await service.close(session, edition=edition_id, actor=principal, now=clock.now())
    return await _detail(session, edition_id)


@router.get(
    "/feed-editions/{edition_id}/errors",
    response_model=paging.Page[RowError],
    responses={
        200: {"content": {_CSV: {"schema": {"type": "string"}}}},
        **problems.responses(
            errors.EditionNotFound, InvalidCursor, ScopeMissing, PurposeRequired, InvalidRequest
        ),
    },
    summary="Rows that were not taken (แถวที่ไม่ผ่าน)",
)
async def list_feed_errors(
    session: Session,
    principal: FeedReader,
    keys: Keys,
    page: paging.PageParams,
    edition_id: UUID,
    filters: Annotated[ErrorFilters, Query()],
) -> Response:
    """List what is wrong with the rows; personal values are masked.

    With `Accept: text/csv` and `?file=` the rows themselves as they came,
        to be corrected and sent back: needs
    `pii:read` and a `Purpose`. รายการแถวที่ไม่ผ่าน หรือไฟล์ CSV สำหรับแก้ไขแล้วส่งกลับ
    """
    if await queries.one(session, edition_id) is None:
        raise errors.EditionNotFound
    if _CSV in page.request.headers.get("accept", ""):
        return await _correction(session, principal, keys, edition_id, filters.file)
    after = None if page.after is None else (page.after[0], int(page.after[1]), UUID(page.after[2]))
    rows = await queries.errors(
        session,
        edition=edition_id,
        filters=filters,
        areas=principal.areas,
        after=after,
        limit=page.fetch,
    )
    total = None
    if page.count:
        total = await queries.count_errors(
            session, edition=edition_id, filters=filters, areas=principal.areas
        )
    return paging.page(page, rows, key=("file", "line", "id"), shape=_row_error, total=total)


@router.get(
    "/feed-editions/{edition_id}/changes",
    response_model=Changes,
    responses=problems.responses(errors.EditionNotFound),
    summary="What differs from the edition before (กระทบยอดระหว่างปี)",
)
async def compare_feed_edition(
    session: ReadSession,
    principal: FeedReader,
    edition_id: UUID,
    filters: Annotated[ChangeFilters, Query()],
) -> dict[str, Any]:
    """Compare with the newest older edition of the source: entered, left, moved, dimensions gained and lost.

    เทียบกับปีก่อนของแหล่งเดียวกัน: เข้าใหม่ หายไป ย้าย มิติที่ตกเกณฑ์เพิ่มและพ้น
    """
    if await queries.one(session, edition_id) is None:
        raise errors.EditionNotFound
    before = await queries.previous(session, edition_id)
    items = await queries.changes(
        session,
        edition=edition_id,
        before=before,
        digits=queries.LEVEL_DIGITS[filters.by],
        areas=narrowed(principal, filters.area),
    )
    return {"edition_id": edition_id, "before_id": before, "items": items}


@router.post(
    "/feed-pulls",
    status_code=status.HTTP_202_ACCEPTED,
    response_model=PullOut,
    responses=problems.responses(
        errors.EditionNotFound, errors.EditionClosed, errors.PullRefused, errors.UnknownFile, InvalidRequest
    ),
    summary="Fetch a file from its source (ดึงข้อมูลจากต้นทาง)",
)
async def start_feed_pull(
    session: Session, principal: FeedWriter, keys: Keys, response: Response, body: NewPull
) -> dict[str, Any]:
    """Queue the fetching of a file; what has not changed since the last pull is not fetched again.

    Addresses inside the network, other schemes and redirects are refused. ดึงไฟล์จากที่อยู่ของแหล่งข้อมูล
    """
    pull = await pulls.start(session, new=body, keys=keys, actor=principal, now=clock.now())
    found = await _pull(session, pull)
    response.headers["Location"] = f"/v1/feed-pulls/{pull}"
    return found


@router.get(
    "/feed-pulls/{pull_id}",
    response_model=PullOut,
    responses=problems.responses(errors.PullNotFound),
    summary="One pull (สถานะการดึงข้อมูล)",
)
async def read_feed_pull(
    session: ReadSession,
    principal: FeedReader,  # noqa: ARG001  # the scope is checked
    pull_id: UUID,
) -> dict[str, Any]:
    """Return how far a pull is. สถานะการดึงข้อมูล."""
    return await _pull(session, pull_id)


def narrowed(principal: Principal, area: str) -> list[str]:
    """Return the prefixes of what the caller asked for and may see."""
    inside = [mine for mine in principal.areas if mine.startswith(area)]
    return [area] if covers(principal.areas, area) else inside


async def _detail(session: AsyncSession, edition: UUID) -> dict[str, Any]:
    found = await queries.one(session, edition)
    if found is None:
        raise errors.EditionNotFound
    files = await queries.files(session, edition)
    return {**found, "manifest": found["manifest"] is not None, "files": [dict(file) for file in files]}


async def _pull(session: AsyncSession, pull: UUID) -> dict[str, Any]:
    found = await queries.pull(session, pull)
    if found is None:
        raise errors.PullNotFound
    return dict(found)


async def _correction(
    session: AsyncSession, principal: Principal, keys: Any, edition: UUID, kind: FileKind | None
) -> Response:
    purpose = purpose_of(principal)
    if kind is None:
        raise InvalidRequest(errors=[FieldError("?file", "required", "ต้องระบุ", "is required")])
    what = await queries.one(session, edition)
    assert what is not None  # noqa: S101  # looked up by the caller
    rows = await queries.rejected_rows(session, edition=edition, kind=kind, areas=principal.areas)
    await audit.record(
        session, principal=principal, action="feed_edition.read_rejected", subjects=[edition],
            now=clock.now(),
        purpose=purpose, detail={"file": kind, "rows": len(rows)},
    )  # fmt: skip
    instrument = instruments.shipped()[what["instrument"]]
    content = correction.file(rows, kind=kind, instrument=instrument, cipher=keys.cipher)
    headers = {"Content-Disposition": f'attachment; filename="{kind}.csv"'}
    return StreamingResponse(content, media_type="text/csv; charset=utf-8", headers=headers)


def _started(response: Response, job: UUID) -> dict[str, Any]:
    location = f"/v1/jobs/households/{job}"
    response.headers["Location"] = location
    return {"job_id": job, "job": location}


def _files(request: Request) -> Files:
    files: Files | None = getattr(request.app.state, "files", None)
    if files is None:
        files = request.app.state.files = Files(request.app.state.settings.files_url)
    return files


def _row_error(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in RowError.model_fields}
