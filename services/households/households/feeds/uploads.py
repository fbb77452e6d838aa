"""A file out of a multipart body, streamed: nothing of it is kept in memory or written twice."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from shared.errors import BadRequest, FieldError, InvalidRequest, WrongContentType

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
"""How OpenAPI describes the body of such a route."""


class BadForm(BadRequest):
    """The multipart body cannot be read, or has not exactly one file, in the part `file`."""

    code = "bad_form"
    title_th, title_en = "แบบฟอร์มไม่ถูกต้อง", "The form cannot be read"
    detail_th = "ส่ง multipart/form-data ที่มีไฟล์เดียวชื่อ file"
    detail_en = "Send multipart/form-data with one file in the part `file`"


class Upload:
    """The one file of a multipart body: its name first, then its bytes once."""

    def __init__(self, request: Request) -> None:
        """Take the request; raises WrongContentType when its body is no form with files."""
        kind, options = parse_options_header(request.headers.get("content-type", ""))
        boundary = options.get(b"boundary")
        if kind != b"multipart/form-data" or not boundary:
            raise WrongContentType("ต้องเป็น multipart/form-data", "It must be multipart/form-data")
        self.name = ""
        self._stream = request.stream()
        self._waiting: list[bytes] = []
        self._header: dict[bytes, bytes] = {}
        self._field = self._value = b""
        self._parts = 0
        self._ended = False
        try:
            self._parser = MultipartParser(boundary, self._callbacks())
        except FormParserError as error:
            raise BadForm from error

    async def begin(self) -> str:
        """Read until the file's name is known and return it; raises BadForm, InvalidRequest."""
        while not self._parts:
            if not await self._feed():
                problem = FieldError("/file", "required", "ต้องระบุ", "is required")
                raise InvalidRequest(errors=[problem])
        return self.name

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the file's bytes; raises BadForm when the body ends too early."""
        while True:
            for chunk in self._waiting:
                yield chunk
            self._waiting.clear()
            if not await self._feed():
                break
        if not self._ended:
            raise BadForm("เนื้อหาไม่ครบ", "The body ends too early")

    async def _feed(self) -> bool:
        """Give the parser the next piece of the body; False when there is none."""
        with suppress(StopAsyncIteration):
            data = await anext(self._stream)
            try:
                self._parser.write(data)
            except FormParserError as error:
                raise BadForm from error
            return True
        return False

    def _callbacks(self) -> Any:
        return {
            "on_part_begin": self._on_part_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_end": self._on_end,
        }

    def _on_part_begin(self) -> None:
        self._header = {}

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._header[self._field.lower()] = self._value
        self._field = self._value = b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._header.get(b"content-disposition", b"").decode("latin-1"))
        name, filename = options.get(b"name", b""), options.get(b"filename", b"")
        self._parts += 1
        if self._parts > 1 or name != b"file" or not filename:
            raise InvalidRequest(
                errors=[
                    FieldError("/file", "unknown_field", "ส่งได้ไฟล์เดียวชื่อ file", "is the only part, and a file")
                ]
            )
        self.name = filename.decode("utf-8", "replace")

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._waiting.append(data[start:end])

    def _on_end(self) -> None:
        self._ended = True
