"""What the doctor is told of a source or sink."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

import streamimb_connectors.kafka.installed as installed
from streamimb_connectors.kafka import diagnose
from tests.kafka.conftest import produce
from tests.kafka.kafka_server import KafkaServer

Topic = Callable[..., str]


def by_what(findings: list[tuple[str, bool, str]]) -> dict[str, tuple[bool, str]]:
    return {what: (well, detail) for what, well, detail in findings}


def test_all_is_well(broker: KafkaServer, topic: Topic) -> None:
    name = topic(partitions=3)
    produce(
        broker, name, [(b"k", b"v", int(time.time() * 1000) - 9_000)], partition=1, compression_type="zstd"
    )
    for more in ({}, {"compression": "lz4"}):
        found = by_what(diagnose({"bootstrap_servers": broker.bootstrap, "topic": name, **more}, "events"))
        assert list(found) == ["broker", "topic", "partitions", "codec", "clock"]
        assert all(well for well, _ in found.values())
        assert found["partitions"][1] == "3, 1 offsets kept"
        assert found["clock"][1] in (
            "last record is 9 s old",
            "last record is 10 s old",
            "last record is 11 s old",
        )


def test_a_clock_that_is_wrong(broker: KafkaServer, topic: Topic) -> None:
    name = topic()
    produce(broker, name, [(b"k", b"v", int(time.time() * 1000) + 100_000)])
    well, detail = by_what(diagnose({"bootstrap_servers": broker.bootstrap, "topic": name}, "events"))[
        "clock"
    ]
    assert not well
    assert "s ahead of this machine's clock" in detail


def test_no_such_topic(broker: KafkaServer) -> None:
    found = diagnose({"bootstrap_servers": broker.bootstrap, "topic": "nowhere"}, "events")
    assert found[-1] == (
        "topic", False, "'events' (kafka): topic 'nowhere' does not exist: create it, or check topic",
    )  # fmt: skip


def test_fault_07_a_codec_that_is_not_installed(
    broker: KafkaServer, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = topic()
    produce(broker, name, [(b"k", b"v" * 500, 1000)] * 20, compression_type="lz4")
    monkeypatch.setattr("kafka.codec.has_lz4", lambda: False)
    found = diagnose({"bootstrap_servers": broker.bootstrap, "topic": name}, "events")
    assert found[-1] == (
        "codec", False, "'events' (kafka): codec lz4 is not installed: pip install 'streamimb[kafka]'",
    )  # fmt: skip
    found = diagnose({"bootstrap_servers": broker.bootstrap, "topic": name, "compression": "lz4"}, "scores")
    ((what, well, detail),) = found
    assert (what, well) == ("options", False)
    assert detail.endswith("compression is 'lz4': codec lz4 is not installed: pip install 'streamimb[kafka]'")
    assert installed.codec_installed("zstd")


@pytest.mark.usefixtures("outage")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_no_broker() -> None:
    options: dict[str, Any] = {
        "bootstrap_servers": "127.0.0.1:1",
        "topic": "events",
        "bootstrap_timeout_ms": 200,
    }
    ((what, well, detail),) = diagnose(options, "events")
    assert (what, well) == ("broker", False)
    assert "127.0.0.1:1" in detail
