"""Evidence: what a file is its bytes say, a photo comes without its place, and all is given as a download."""

import io
from typing import Any

import pytest
from fastapi import UploadFile
from PIL import Image

from funds import attachments
from funds.attachments import MAX_BYTES, WrongFileType, answer, keep
from shared.errors import BodyTooLarge, NotFound
from shared.storage import Files
from tests.photos import a_photo


@pytest.fixture
def files(settings_values: dict[str, Any]) -> Files:
    return Files(settings_values["files_url"])


def an_upload(content: bytes, name: str = "photo.jpg") -> UploadFile:
    return UploadFile(io.BytesIO(content), filename=name)


async def kept(files: Files, key: str) -> bytes:
    return b"".join([piece async for piece in files.get(key)])


async def test_a_pdf_is_kept_byte_by_byte(files: Files) -> None:
    content = b"%PDF-1.7 signed"
    found = await keep(an_upload(content, "x.exe"), kind="minutes", files=files)
    assert (found.media_type, found.size) == ("application/pdf", len(content))
    assert (found.key.startswith("minutes/"), found.key.endswith(".pdf")) == (True, True)
    assert await kept(files, found.key) == content


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
async def test_a_photo_is_kept_upright_and_without_what_its_phone_told(files: Files, kind: str) -> None:
    content = a_photo(kind, said=b"15.2285,104.8564") + b"<script>alert(1)</script>"
    found = await keep(an_upload(content), kind="visits", files=files)
    stored = await kept(files, found.key)
    assert found.media_type == f"image/{kind.lower()}"
    assert found.size == len(stored)
    assert b"15.2285" not in stored
    assert b"script" not in stored
    with Image.open(io.BytesIO(stored)) as photo:
        assert (photo.size, photo.format, dict(photo.getexif())) == ((6, 8), kind, {})


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a",
        b"PK\x03\x04",
        b"MZ",
        b"",
        b"\xff\xd8\xff not a picture",
        b"\x89PNG\r\n\x1a\n not a picture",
        a_photo()[:-30],
        a_photo("PNG")[:40],
    ],
)
async def test_what_is_no_pdf_and_no_photo_is_refused_whatever_its_name(files: Files, content: bytes) -> None:
    with pytest.raises(WrongFileType):
        await keep(an_upload(content, "minutes.pdf"), kind="minutes", files=files)


@pytest.mark.parametrize("start", [b"%PDF-1.7", b"\xff\xd8\xff"])
async def test_a_file_of_more_than_ten_mebibytes_is_refused(files: Files, start: bytes) -> None:
    with pytest.raises(BodyTooLarge):
        await keep(an_upload(start + bytes(MAX_BYTES)), kind="minutes", files=files)


async def test_a_picture_of_too_many_pixels_is_not_drawn(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MAX_PIXELS", 47)  # the picture has 48
    with pytest.raises(BodyTooLarge):
        await keep(an_upload(a_photo()), kind="visits", files=files)


async def test_a_file_is_given_as_a_download_of_what_it_is(files: Files) -> None:
    found = await keep(an_upload(b"%PDF-1.7"), kind="minutes", files=files)
    given = answer(files, found.key, found.media_type, name="minutes")
    assert given.headers["content-disposition"] == 'attachment; filename="minutes.pdf"'
    assert given.media_type == "application/pdf"
    with pytest.raises(NotFound):
        answer(files, None, None, name="minutes")
