"""What the API takes and says about feed editions."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, HttpUrl

from households.feeds.rules import FileKind
from shared.areas import AreaCode
from shared.schemas import Filters, Schema

EditionState = Literal["open", "imported", "awaiting_approval", "closed"]
FileState = Literal["uploaded", "imported", "replaced", "refused"]
PullState = Literal["queued", "running", "fetched", "unchanged", "failed"]
Source = Annotated[str, Field(min_length=1, max_length=60, examples=["TPMAP"])]
Year = Annotated[int, Field(ge=2540, le=2699, examples=[2565], description="Buddhist era (พ.ศ.)")]


class NewEdition(Schema):
    """One survey year of one source (ข้อมูล TPMAP / จปฐ. ปี …)."""

    source: Source
    edition_year: Year
    instrument: Annotated[str, Field(max_length=40, examples=["JPT_2560_2564"])]
    """The version of the survey (แบบสำรวจ จปฐ.) whose indicators the files carry."""


class FileOut(Schema):
    """A file that was sent."""

    id: UUID
    kind: FileKind
    name: str = Field(examples=["households.csv"])
    size: int
    sha256: str
    rows: int | None
    """Known once it was read."""
    state: FileState
    refusal: str | None
    """Why it was refused as a whole."""
    uploaded_by: str
    uploaded_at: datetime
    imported_at: datetime | None


class EditionOut(Schema):
    """An edition in a list."""

    id: UUID
    source: str
    edition_year: int
    instrument: str
    state: EditionState
    uploaded_by: str | None
    approved_by: str | None
    imported_at: datetime | None
    closed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class EditionDetail(EditionOut):
    """An edition with its files."""

    files: list[FileOut]
    manifest: bool
    """Whether a manifest waits for the files it names."""


class Uploaded(Schema):
    """What was taken from an upload."""

    files: list[FileOut]
    """One, or those of a ZIP archive; none for a manifest by itself."""
    manifest: bool
    """Whether a manifest was among them."""


class ImportRequest(Schema):
    """How to import."""

    dry_run: bool = False
    """Tell what would come of it and change nothing."""


class JobStarted(Schema):
    """Long work that was queued."""

    job_id: UUID
    job: str = Field(examples=["/v1/jobs/households/0193a1d2-0000-7000-8000-000000000000"])
    """Where its state, progress and result are."""


class EditionFilters(Filters):
    """Filters of the list of editions."""

    source: Source | None = None
    edition_year: Year | None = None
    state: EditionState | None = None


class ErrorFilters(Filters):
    """Filters of the list of rejected rows."""

    file: FileKind | None = None
    code: Annotated[str, Field(max_length=40)] | None = None


class RowError(Schema):
    """What is wrong with a column of a row that was not taken."""

    file: FileKind
    line: int
    """1 is the first data line."""
    column: str | None
    """None: the row as a whole."""
    code: str = Field(examples=["bad_check_digit"])
    value: str | None
    """As it came; masked where it is personal."""


class ChangeFilters(Filters):
    """What a reconciliation is asked."""

    area: AreaCode | Literal[""] = ""
    by: Literal["province", "district", "tambon", "village"] = "district"


class AreaChanges(Schema):
    """What differs between an edition and the one before, in an area."""

    area_code: str
    before: int
    """Households of the edition before."""
    now: int
    entered: int
    left: int
    moved_in: int
    moved_out: int
    dimensions_gained: dict[str, int]
    """Households that a dimension deprives now and did not before."""
    dimensions_lost: dict[str, int]


class Changes(Schema):
    """Reconciliation of an edition with the one before it (การกระทบยอดระหว่างปี)."""

    edition_id: UUID
    before_id: UUID | None
    """The newest older edition of the same source that was imported."""
    items: list[AreaChanges]


class NewPull(Schema):
    """Where a file of an edition is to be fetched."""

    edition_id: UUID | None = None
    source: Source | None = None
    """Instead of the edition's id: its newest edition that is not closed."""
    url: HttpUrl
    """A file of the feed or a ZIP of all; the last part of the path is its name."""
    token: Annotated[str, Field(min_length=1, max_length=2000)] | None = None
    """Sent to the address as a bearer token; kept encrypted until the pull is done."""


class PullOut(Schema):
    """A pull and how far it is (การดึงข้อมูล)."""

    id: UUID
    edition_id: UUID
    url: str
    state: PullState
    problem: str | None
    etag: str | None
    last_modified: str | None
    size: int | None
    sha256: str | None
    job_id: UUID | None
    created_at: datetime
    finished_at: datetime | None


class Manifest(Schema):
    """manifest.json: what the files of an edition are."""

    model_config = ConfigDict(extra="ignore")

    source: str
    edition_year: int
    instrument: str
    files: dict[str, "ManifestFile"]

    def stored(self) -> dict[str, Any]:
        """Return it as it is kept with the edition."""
        return self.model_dump(mode="json")


class ManifestFile(Schema):
    """A file the manifest names."""

    model_config = ConfigDict(extra="ignore")

    rows: Annotated[int, Field(ge=0)] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]
