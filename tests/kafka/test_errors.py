"""What is said of an error, without a broker."""

from __future__ import annotations

import ssl

import pytest
from kafka.errors import KafkaConnectionError

from streamimb.connections import Unavailable
from streamimb_connectors.kafka.errors import meaning, refusal

RESET = ConnectionResetError(104, "Connection reset by peer")
STRANGER = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RESET, "Connection reset by peer"),
        (KafkaConnectionError(RESET), "[Errno 104] Connection reset by peer"),
        (TimeoutError("timed out"), "timed out"),
        (OSError(), "OSError"),
        (KafkaConnectionError("111 ECONNREFUSED"), "111 ECONNREFUSED"),
        (KafkaConnectionError(), "KafkaConnectionError"),
    ],
)
def test_an_error_is_said_in_words(error: Exception, said: str) -> None:
    told = meaning("input x", error)
    assert isinstance(told, Unavailable)
    assert str(told) == f"input x: {said}"


def test_tls_that_was_not_agreed_on_is_said_with_its_reason() -> None:
    assert refusal(STRANGER) == (
        "TLS was not agreed on: check ssl_* and security_protocol "
        "(certificate verify failed: self-signed certificate)"
    )
