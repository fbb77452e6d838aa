"""Event classes and the CloudEvents envelope."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import (
    MAX_ENVELOPE_BYTES,
    Envelope,
    Event,
    InvalidEnvelope,
    decode,
    encode,
    registered,
)
from shared.ids import uuid7

BANGKOK = timezone(timedelta(hours=7))
EVENT = Envelope(
    id=UUID("01938d3e-5c00-7000-8000-000000000001"),
    type="funds.loan.repaid.v1",
    subject=UUID("01938d3e-5c00-7000-8000-000000000002"),
    sequence=42,
    time=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    data='{"amount":"50.00","note":"บาท"}'.encode(),
    correlation_id="request-1",
    causation_id=UUID("01938d3e-5c00-7000-8000-000000000003"),
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


def test_an_envelope_is_structured_cloudevents() -> None:
    assert orjson.loads(encode(EVENT)) == {
        "specversion": "1.0",
        "id": "01938d3e-5c00-7000-8000-000000000001",
        "source": "urn:chumchon:funds",
        "type": "funds.loan.repaid.v1",
        "subject": "01938d3e-5c00-7000-8000-000000000002",
        "time": "2026-11-20T09:30:00+00:00",
        "datacontenttype": "application/json",
        "sequence": "0000000000000000042",
        "correlationid": "request-1",
        "causationid": "01938d3e-5c00-7000-8000-000000000003",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "data": {"amount": "50.00", "note": "บาท"},
    }


@given(
    sequence=st.integers(min_value=0, max_value=2**63 - 1),
    time=st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(BANGKOK)),  # noqa: DTZ001  # see timezones
    correlation=st.none() | st.text(alphabet=st.characters(codec="utf-8"), max_size=40),
)
def test_what_is_encoded_is_decoded(sequence: int, time: datetime, correlation: str | None) -> None:
    event = Envelope(
        id=uuid7(), type="funds.loan.repaid.v1", subject=uuid7(), sequence=sequence, time=time,
        data=b'{"amount":1}', correlation_id=correlation,
    )  # fmt: skip
    assert decode(encode(event)) == event


@given(st.integers(min_value=0, max_value=2**63 - 1), st.integers(min_value=0, max_value=2**63 - 1))
def test_sequences_order_as_text_as_they_do_as_numbers(one: int, other: int) -> None:
    def written(sequence: int) -> str:
        envelope = Envelope(
            id=EVENT.id,
            type=EVENT.type,
            subject=EVENT.subject,
            sequence=sequence,
            time=EVENT.time,
            data=b"{}",
        )
        return str(orjson.loads(encode(envelope))["sequence"])

    assert (written(one) < written(other)) == (one < other)


def test_unknown_extensions_are_ignored() -> None:
    wire = orjson.loads(encode(EVENT)) | {"partitionkey": "3415", "dataschema": "https://example.org/x"}
    assert decode(orjson.dumps(wire)).id == EVENT.id


@pytest.mark.parametrize(
    "body",
    [
        b"", b"hello", b"[]", b"{}", b"\xff\xfe", b'{"specversion":"1.0"}',
        encode(EVENT).replace(b'"1.0"', b'"0.3"'),
        encode(EVENT).replace(b'"sequence":"0000000000000000042"', b'"sequence":"x"'),
        encode(EVENT).replace(b"+00:00", b""),
        encode(EVENT).replace(b"01938d3e-5c00-7000-8000-000000000001", b"1"),
        b" " * (MAX_ENVELOPE_BYTES + 1),
    ],
)  # fmt: skip
def test_what_is_no_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidEnvelope):
        decode(body)


@pytest.mark.parametrize("name", ["loan.repaid", "Funds.loan.repaid.v1", "funds.loan.repaid", "funds.v1", ""])
def test_a_malformed_event_type_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match="event type"):

        class Malformed(Event, type=name):
            pass


def test_an_event_type_belongs_to_one_class() -> None:
    class First(Event, type="alpha.thing.taken.v1"):
        pass

    with pytest.raises(TypeError, match="already"):

        class Second(Event, type="alpha.thing.taken.v1"):
            pass

    assert registered("alpha")["alpha.thing.taken.v1"] is First
    assert "alpha.thing.taken.v1" not in registered("beta")


@pytest.mark.parametrize("field", ["citizen_id", "first_name", "phone", "head_phone", "last_name_key"])
def test_an_event_with_a_personal_field_is_refused(field: str) -> None:
    with pytest.raises(TypeError, match=field):
        type("Leaking", (Event,), {"__annotations__": {field: str}}, type=f"alpha.leak.{field}.v1")
