"""A paper as an answer carries its type and a Thai name for the file."""

from funds.documents import responses
from funds.documents.receipt import receipt
from tests.documents.papers import RECEIPT


async def test_a_receipt_is_answered_as_a_pdf_with_a_thai_name_and_kept_nowhere() -> None:
    answer = await responses.pdf(receipt, RECEIPT, name="ใบเสร็จ-0001/2565")
    assert answer.media_type == "application/pdf"
    assert bytes(answer.body).startswith(b"%PDF-")
    assert "filename*=UTF-8''%E0%B9%83" in answer.headers["content-disposition"]
    assert "%2F2565.pdf" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    assert list(responses.described()[200]["content"]) == ["application/pdf"]
