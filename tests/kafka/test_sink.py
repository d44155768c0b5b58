"""The sink on a real broker: what it writes, and that nothing it took is forgotten silently."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition

from streamimb.connections import Unavailable
from streamimb_connectors.kafka import sink
from tests.kafka.kafka_server import KafkaServer

Topic = Callable[..., str]


@pytest.mark.parametrize("codec", ["none", "gzip", "lz4", "snappy", "zstd"])
def test_keys_values_and_the_version_header_arrive(broker: KafkaServer, topic: Topic, codec: str) -> None:
    name = topic("scores", partitions=2)
    out = sink({"bootstrap_servers": broker.bootstrap, "topic": name, "compression": codec}, "scores")
    before = time.time()
    for i in range(700):
        out.send(b"k%d" % i, b'{"p": 0.%d}' % i)
    out.flush()
    out.flush()
    out.close()
    out.close()
    reader = KafkaConsumer(bootstrap_servers=broker.bootstrap, metrics_enabled=False)
    partitions = [TopicPartition(name, 0), TopicPartition(name, 1)]
    reader.assign(partitions)
    reader.seek_to_beginning()
    read: list[Any] = []
    until = time.monotonic() + 10
    while len(read) < 700 and time.monotonic() < until:
        read += [record for batch in reader.poll(200).values() for record in batch]
    reader.close()
    assert sorted((r.key, r.value) for r in read) == sorted(
        (b"k%d" % i, b'{"p": 0.%d}' % i) for i in range(700)
    )
    assert {tuple(record.headers) for record in read} == {(("v", b"1"),)}
    assert {record.partition for record in read} == {0, 1}
    assert all(abs(record.timestamp / 1000 - before) < 30 for record in read)


def test_a_flush_without_a_send_needs_no_broker() -> None:
    out = sink({"bootstrap_servers": "127.0.0.1:1", "topic": "scores"}, "scores")
    out.flush()
    out.close()


@pytest.mark.usefixtures("outage")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_broker_that_is_not_there_is_unavailable_and_leaves_no_threads() -> None:
    before = threading.active_count()
    options = {"bootstrap_servers": "127.0.0.1:1", "topic": "scores", "bootstrap_timeout_ms": 300}
    out = sink(options, "scores")
    for _ in range(2):
        out.send(b"k", b"v")
        with pytest.raises(Unavailable, match=r"sink 'scores' \(kafka\)"):
            out.flush()
    for _ in range(499):
        out.send(b"k", b"v")
    with pytest.raises(Unavailable):
        out.send(b"k", b"v")
    out.close()
    assert threading.active_count() == before


def test_fault_70_a_topic_that_is_not_there_is_unavailable(broker: KafkaServer) -> None:
    options = {"bootstrap_servers": broker.bootstrap, "topic": "nowhere", "bootstrap_timeout_ms": 1_000}
    out = sink(options, "scores")
    out.send(b"k", b"v")
    with pytest.raises(Unavailable, match=r"sink 'scores' \(kafka\): topic 'nowhere' is not there"):
        out.flush()
    out.close()


def test_a_record_that_is_too_large_is_said_and_not_waited_for(broker: KafkaServer, topic: Topic) -> None:
    options = {"bootstrap_servers": broker.bootstrap, "topic": topic("scores"), "max_request_size": 1000}
    out = sink(options, "scores")
    out.send(b"k", b"v" * 2000)
    with pytest.raises(ValueError, match="larger than max_request_size"):
        out.flush()
    small = sink(
        {"bootstrap_servers": broker.bootstrap, "topic": topic("small", max_message_bytes="500")}, "s"
    )
    small.send(b"k", b"v" * 2000)
    with pytest.raises(ValueError, match="larger than max_request_size or the topic allow"):
        small.flush()
    out.close()
    small.close()
