"""A broker that goes away and comes back, seen from one source and one sink."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from streamimb.connections import Unavailable
from streamimb_connectors.kafka import sink, source
from tests.kafka.audit import read_topic
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
def test_fault_65_a_broker_that_is_away_is_said_and_waited_for(frail_broker: KafkaServer, how: str) -> None:
    server = frail_broker
    events, scores = create_topic(server, "events"), create_topic(server, "scores")
    produce(server, events, rows(0, 100))
    threads = threading.active_count()
    part = source({"bootstrap_servers": server.bootstrap, "topic": events, **QUICK}, "events")
    out = sink(
        {"bootstrap_servers": server.bootstrap, "topic": scores, **QUICK, "flush_timeout_ms": 3_000}, "s"
    )
    outputs = [(b"k%d" % i, b"v%d" % i) for i in range(200)]

    def write(start: int, stop: int) -> None:
        for key, value in outputs[start:stop]:
            out.send(key, value)
        out.flush()

    part.open({})
    read = read_some(part, 100)
    write(0, 100)
    getattr(server, how)()
    assert seconds_until_unavailable(lambda: part.poll(0.05)) < 5
    assert seconds_until_unavailable(lambda: write(100, 150)) < 6
    if how == "stop":  # opening again is refused the same way, and what was read is not forgotten
        with pytest.raises(Unavailable):
            part.open({0: 100})
    if how == "pause":
        server.resume()
    else:
        server.start()
    assert seconds_until_it_works(lambda: part.poll(0.05)) < 10
    assert seconds_until_it_works(lambda: write(100, 150)) < 10
    write(150, 200)
    out.close()
    produce(server, events, rows(100, 150))
    read += read_some(part, 50)
    part.close()
    assert [record.offset for record in read] == list(range(150))
    written = read_topic(server, scores)
    assert list(dict.fromkeys(written)) == outputs
    assert len(written) <= 250  # only what was not acknowledged is there twice
    until = time.monotonic() + 5
    while threading.active_count() > threads and time.monotonic() < until:
        time.sleep(0.05)
    assert threading.active_count() == threads
