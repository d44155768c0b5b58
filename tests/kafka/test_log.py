"""What Kafka's own client says at warning and error, as our logs show it."""

from __future__ import annotations

import json
import logging
import struct
from collections.abc import Iterator

import pytest
from kafka.errors import KafkaProtocolError
from kafka.protocol.consumer import FetchRequest
from kafka.protocol.parser import KafkaProtocol

from streamimb.cli import log

PAN = b"4539578763621486"  # passes Luhn


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    root, kafka = logging.getLogger(), logging.getLogger("kafka")
    before = root.handlers[:], root.level, kafka.level
    log.set_up("info", 20, str)
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    kafka.setLevel(before[2])


def test_fault_76_an_answer_that_cannot_be_read_is_not_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(10):
        client = KafkaProtocol(client_id="test")
        request = FetchRequest[4](max_wait_ms=1, min_bytes=1, max_bytes=1, isolation_level=1, topics=[])
        number = client.send_request(request)
        body = struct.pack(">iii", number, 0, 1 << 30) + PAN
        with pytest.raises(KafkaProtocolError):
            client.receive_bytes(struct.pack(">i", len(body)) + body)
    said = capsys.readouterr().err
    lines = [json.loads(line) for line in said.splitlines()]
    assert len(lines) == log.LIBRARY_PER_MINUTE
    assert all(line["level"] == "error" for line in lines)
    assert f"buffer: '<{len(body)} bytes>'" in lines[0]["message"]
    assert PAN.decode() not in said
