"""Files kept as evidence of what was recorded: minutes, photos of a visit, signed sheets.

What a file is, its first bytes say, not its name. A photo is opened and written anew: what a phone adds to it
(place, device, a smaller picture, whatever follows the picture) is not kept. Keys are made here; nothing is
ever written over.
"""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, UploadFile
from starlette.responses import StreamingResponse

from shared.errors import BodyTooLarge, NotFound, Refusal
from shared.storage import CHUNK_BYTES, Files, FileTooLarge, new_key

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
"""Of a photo: those of phones have 12 to 50 million."""
_QUALITY: Final = 85
_TYPES: Final = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
)
_HEAD: Final = max(len(head) for head, _, _ in _TYPES)

DESCRIBED: Final[dict[str, Any]] = {
    "content": {kind: {"schema": {"type": "string", "format": "binary"}} for _, kind, _ in _TYPES}
}
"""How OpenAPI describes the answer of a route that gives such a file."""


class WrongFileType(Refusal):
    """The file is no PDF, JPEG or PNG, whatever its name says, or a photo that cannot be opened."""

    status, code = 422, "wrong_file_type"
    title_th, title_en = "รับเฉพาะไฟล์ PDF JPEG หรือ PNG", "Only PDF, JPEG and PNG files are taken"
    detail_th = "บันทึกหรือถ่ายเป็น PDF JPEG หรือ PNG แล้วส่งใหม่"
    detail_en = "Save it as PDF, JPEG or PNG and send it again"


class FileNotThere(NotFound):
    """No file was attached."""

    code = "file_not_attached"
    title_th, title_en = "ยังไม่ได้แนบไฟล์", "No file was attached"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A kept file: where it lies, what it is, its bytes and their SHA-256 in hexadecimal."""

    key: str
    media_type: str
    size: int
    sha256: str


def store_of(request: Request) -> Files:
    """Return the app's file store, opened once."""
    files: Files | None = getattr(request.app.state, "files", None)
    if files is None:
        files = request.app.state.files = Files(request.app.state.settings.files_url)
    return files


async def keep(upload: UploadFile, *, kind: str, files: Files) -> Attachment:
    """Store an uploaded file under a new key of `kind`, a photo without what its phone told of it.

    Raises WrongFileType, BodyTooLarge (10 MiB; a photo also at 50 million pixels).
    """
    head = await upload.read(_HEAD)
    await upload.seek(0)
    known = next(((media, suffix) for start, media, suffix in _TYPES if head.startswith(start)), None)
    if known is None:
        raise WrongFileType(pointer="/file")
    media_type, suffix = known
    chunks = _chunks(upload)
    if suffix != ".pdf":
        chunks = _pieces(await asyncio.to_thread(_anew, await _whole(upload), suffix))
    try:
        stored = await files.put(new_key(kind, suffix=suffix), chunks, limit=MAX_BYTES)
    except FileTooLarge as error:
        raise BodyTooLarge from error
    return Attachment(stored.key, media_type, stored.size, stored.sha256)


def answer(files: Files, key: str | None, media_type: str | None, *, name: str) -> StreamingResponse:
    """Return a kept file as a download called `name`; raises FileNotThere without a key."""
    if key is None:
        raise FileNotThere
    suffix = "." + key.rpartition(".")[2]
    headers = {"Content-Disposition": f'attachment; filename="{name}{suffix}"'}
    return StreamingResponse(files.get(key), media_type=media_type, headers=headers)


async def _chunks(upload: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await upload.read(CHUNK_BYTES):
        yield chunk


async def _whole(upload: UploadFile) -> bytes:
    content = await upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise BodyTooLarge
    return content


def _anew(content: bytes, suffix: str) -> bytes:
    """Return a photo drawn upright on a new sheet: nothing of the file but its picture."""
    from PIL import Image, ImageOps  # noqa: PLC0415  # only where needed

    kind, mode = ("PNG", "RGBA") if suffix == ".png" else ("JPEG", "RGB")
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as photo:
            if photo.width * photo.height > MAX_PIXELS:
                raise BodyTooLarge
            upright = ImageOps.exif_transpose(photo).convert(mode)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise WrongFileType(pointer="/file") from error
    sheet = Image.new(mode, upright.size)
    sheet.paste(upright)
    target = io.BytesIO()
    sheet.save(target, kind, quality=_QUALITY)
    return target.getvalue()


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), CHUNK_BYTES):
        yield content[at : at + CHUNK_BYTES]
