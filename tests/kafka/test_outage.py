"""A broker that goes away and comes back, seen from one source and one sink."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from kafka import KafkaConsumer, TopicPartition

from streamimb.protocols import Unavailable
from streamimb_connectors.kafka import sink, source
from tests.kafka.conftest import create_topic, produce
from tests.kafka.kafka_server import KafkaServer
from tests.kafka.test_source import read_some, rows

pytestmark = [
    pytest.mark.usefixtures("outage"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]
QUICK = {"bootstrap_timeout_ms": 1_000, "request_timeout_ms": 2_000}


def seconds_until_unavailable(act: Callable[[], object], limit_s: float = 20.0) -> float:
    start = time.monotonic()
    while time.monotonic() - start < limit_s:
        try:
            act()
        except Unavailable:
            return time.monotonic() - start
    raise AssertionError(f"never Unavailable within {limit_s} s")


def seconds_until_it_works(act: Callable[[], object], limit_s: float = 20.0) -> float:
    start = time.monotonic()
    while time.monotonic() - start < limit_s:
        try:
            act()
        except Unavailable:
            time.sleep(0.1)
        else:
            return time.monotonic() - start
    raise AssertionError(f"never back within {limit_s} s")


@pytest.mark.parametrize("how", ["stop", "kill9", "pause"])
def test_fault_65_a_source_says_that_the_broker_is_away_and_goes_on(
    frail_broker: KafkaServer, how: str
) -> None:
    server = frail_broker
    topic = create_topic(server, "events")
    produce(server, topic, rows(0, 100))
    part = source(
        {"bootstrap_servers": server.bootstrap, "topic": topic, **QUICK, "fetch_max_wait_ms": 200}, "e"
    )
    part.open({})
    read = read_some(part, 100)
    getattr(server, how)()
    noticed = seconds_until_unavailable(lambda: part.poll(0.05))
    assert noticed < (6 if how == "pause" else 3)
    if how == "stop":  # opening again is refused the same way, and what was read is not forgotten
        with pytest.raises(Unavailable):
            part.open({0: 100})
    if how == "pause":
        server.resume()
    else:
        server.start()
    assert seconds_until_it_works(lambda: part.poll(0.05)) < 10
    produce(server, topic, rows(100, 150))
    read += read_some(part, 50)
    assert [record.offset for record in read] == list(range(150))
    part.close()


@pytest.mark.parametrize("how", ["stop", "kill9", "pause"])
def test_fault_65_a_sink_says_that_the_broker_is_away_and_what_is_sent_again_arrives(
    frail_broker: KafkaServer, how: str
) -> None:
    server = frail_broker
    topic = create_topic(server, "scores")
    threads = threading.active_count()
    out = sink(
        {"bootstrap_servers": server.bootstrap, "topic": topic, **QUICK, "flush_timeout_ms": 3_000}, "s"
    )
    rows_out = [(b"k%d" % i, b"v%d" % i) for i in range(200)]

    def write(start: int, stop: int) -> None:
        for key, value in rows_out[start:stop]:
            out.send(key, value)
        out.flush()

    write(0, 100)
    getattr(server, how)()
    assert seconds_until_unavailable(lambda: write(100, 150)) < 6
    if how == "pause":
        server.resume()
    else:
        server.start()
    assert seconds_until_it_works(lambda: write(100, 150)) < 10
    write(150, 200)
    out.close()
    reader = KafkaConsumer(bootstrap_servers=server.bootstrap, metrics_enabled=False)
    partition = TopicPartition(topic, 0)
    reader.assign([partition])
    reader.seek_to_beginning()
    end = reader.end_offsets([partition])[partition]
    read = []
    while reader.position(partition) < end:
        read += [(r.key, r.value) for batch in reader.poll(200).values() for r in batch]
    reader.close()
    assert list(dict.fromkeys(read)) == rows_out
    assert len(read) <= 250  # only what was not acknowledged is there twice
    until = time.monotonic() + 5
    while threading.active_count() > threads and time.monotonic() < until:
        time.sleep(0.05)
    assert threading.active_count() == threads
