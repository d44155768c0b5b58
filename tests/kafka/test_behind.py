"""Which partitions are behind their end, by which times records are ordered, and what one wakes up for."""

from __future__ import annotations

import json
import select
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from kafka import KafkaProducer

from streamimb.connections import Record
from streamimb.serve import Backoff, Merge, Status
from streamimb.serve.polling import Polling
from streamimb.serve.retry import Retry
from streamimb_connectors import files
from streamimb_connectors.kafka import source
from tests.files.reading import read_all as read_file
from tests.kafka.conftest import Row, create_topic, produce
from tests.kafka.kafka_server import KafkaServer
from tests.kafka.test_outage import seconds_until_it_works, seconds_until_unavailable
from tests.kafka.test_source import read_all, read_some, rows

Topic = Callable[..., str]
BELIEVED = {"time": "time", "time_unit": "s", "earliest_s": 1e9, "latest_s": 4e9, "skew_s": 604_800.0}


def wait_until(part: Any, true: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + 20
    while not true():
        part.poll(0.05)
        assert time.monotonic() < until, f"not {what} within 20 s"


def test_a_partition_is_behind_until_it_is_read_to_its_end(broker: KafkaServer, topic: Topic) -> None:
    name = topic(partitions=2)
    produce(broker, name, rows(0, 900), partition=1)
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name}, "events")
    part.open({})
    assert list(part.behind()) == [1]
    read_some(part, 899)
    wait_until(part, lambda: not part.behind(), "at its end")
    assert list(part.waiting()) == [0, 1]
    part.close()
    part.open({1: 890})
    assert list(part.behind()) == [1]
    part.close()


def test_an_open_transaction_does_not_keep_a_partition_behind(broker: KafkaServer, topic: Topic) -> None:
    name = topic()
    produce(broker, name, rows(0, 10))
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, transactional_id=name)
    producer.init_transactions()
    producer.begin_transaction()
    for key, value, t in rows(10, 20):
        producer.send(name, key=key, value=value, timestamp_ms=t)
    producer.flush()
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name}, "events")
    part.open({})
    assert len(read_some(part, 10)) == 10
    wait_until(part, lambda: not part.behind(), "at its end")
    assert part.poll(0.3) == []
    assert list(part.behind()) == []
    producer.commit_transaction()
    producer.close()
    assert len(read_some(part, 10)) == 10
    wait_until(part, lambda: not part.behind(), "at its end beyond the mark of the transaction")
    part.close()


@pytest.mark.usefixtures("outage")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
@pytest.mark.parametrize("how", ["stop", "pause"])
def test_after_an_outage_the_ends_are_asked_for_anew(frail_broker: KafkaServer, how: str) -> None:
    server = frail_broker
    name = create_topic(server, "events")
    produce(server, name, rows(0, 10))
    options = {"bootstrap_timeout_ms": 1_000, "request_timeout_ms": 2_000}
    part = source({"bootstrap_servers": server.bootstrap, "topic": name, **options}, "events")
    part.open({})
    read_some(part, 10)
    wait_until(part, lambda: not part.behind(), "at its end")
    getattr(server, how)()
    seconds_until_unavailable(lambda: part.poll(0.05))
    assert list(part.behind()) == [0]  # nobody knows
    if how == "pause":
        server.resume()
    else:
        server.start()
    produce(server, name, rows(10, 20))
    read: list[Record] = []
    seconds_until_it_works(lambda: read.extend(part.poll(0.05)))
    if not read:
        assert list(part.behind()) == [0]
        read = read_some(part, 10)
    assert [record.offset for record in read] == list(range(10, 20))
    wait_until(part, lambda: not part.behind(), "at its end")
    part.close()


def test_what_arrives_makes_the_descriptor_readable(broker: KafkaServer, topic: Topic) -> None:
    name = topic()
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name}, "events")
    part.open({})
    assert part.poll(0.0) == []
    descriptor = part.fileno()
    assert descriptor is not None
    writer = threading.Timer(0.2, lambda: produce(broker, name, rows(0, 1)))
    writer.start()
    read: list[Record] = []
    until = time.monotonic() + 20
    polls = 0
    while not read and time.monotonic() < until:
        assert select.select([descriptor], [], [], 10)[0]
        read += part.poll(0.0)
        polls += 1
    writer.join()
    assert len(read) == 1
    assert polls < 40  # a poll per answer of the broker, which waits half a second for something to say
    part.close()


def test_a_partition_far_behind_another_is_read_in_order_within_the_buffer(
    broker: KafkaServer, topic: Topic
) -> None:
    name = topic(partitions=2)
    produce(broker, name, rows(0, 6_000), partition=0)
    produce(broker, name, rows(50_000, 56_000), partition=1)
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name, "max_poll_records": 100}, "events")
    merge = Merge(30.0, time.monotonic)
    retry = Retry(Status(), 1.0, lambda: None, time.monotonic, time.sleep)
    polling = Polling([part], merge, retry, 1_000, 0.1, Backoff)
    part.open({})
    polling.open(lambda source: None)
    times: list[float] = []
    most = 0
    until = time.monotonic() + 25
    while len(times) < 12_000 and time.monotonic() < until:
        if not polling.poll():
            polling.wait(0.05)
        most = max(most, merge.buffered)
        times += [record.t for _, record in merge.take(50)]
    part.close()
    assert len(times) == 12_000
    assert times == sorted(times)
    assert merge.late == 0
    assert most <= 2 * (500 + 100)


def with_faults() -> list[tuple[dict[str, Any] | bytes, float]]:
    """Values and the times that should order them: unreadable ones, one in ms, one years ahead, and a gap."""
    times: list[Any] = [(1.6e9 if i < 400 else 1.61e9 - 400) + i for i in range(800)]
    times[100] = None
    times[150] = times[151] = 1.6e12
    times[250] = 1.75e9
    values: list[dict[str, Any] | bytes] = [{"time": t, "v": i} for i, t in enumerate(times)]
    values[251], values[252] = b"torn", {"v": 252}
    expected = [1.6e9 + i for i in range(400)] + [1.61e9 + i for i in range(400)]
    expected[100] = expected[99]
    expected[150] = expected[151] = expected[149]
    expected[250] = expected[251] = expected[252] = expected[249]
    return list(zip(values, expected, strict=True))


def test_the_configured_time_orders_records_as_in_a_file_and_a_wrong_one_orders_nothing(
    broker: KafkaServer, topic: Topic, tmp_path: Any
) -> None:
    name = topic()
    values = [value if isinstance(value, bytes) else json.dumps(value).encode() for value, _ in with_faults()]
    now_ms = int(time.time() * 1000)  # the topic was filled today
    produce(broker, name, [(None, value, now_ms) for value in values])
    options = {"bootstrap_servers": broker.bootstrap, "topic": name, "closed": True, "max_poll_records": 70}
    part = source(options, "events", BELIEVED)
    part.open({})
    whole = read_all(part)
    part.close()
    assert [record.t for record in whole] == [expected for _, expected in with_faults()]
    assert [record.offset for record in whole] == list(range(800))
    (tmp_path / "in.jsonl").write_bytes(b"\n".join(values))
    in_file = read_file(files.source({"path": str(tmp_path / "in.jsonl")}, "s", BELIEVED))
    assert [(record.t, record.value) for record in whole] == [(r.t, r.value) for r in in_file]
    for position in (0, 1, 100, 101, 150, 151, 152, 250, 251, 252, 253, 400, 401, 799, 800):
        part.open({0: position})
        assert read_all(part) == whole[position:], position
        part.close()


def test_without_the_field_a_record_has_its_own_time(broker: KafkaServer, topic: Topic) -> None:
    name = topic()
    bare: list[Row] = [
        (None, b'{"id": "a"}', 1_600_000_000_000),
        (None, b"torn", 1_600_000_001_000),
        (b"k", None, 1_600_000_002_000),
        (None, b'{"id": "b", "time": 1500000000}', 1_600_000_003_000),
        (None, b'{"id": "c"}', 1_600_000_004_000),
    ]
    produce(broker, name, bare)
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name, "closed": True}, "events", BELIEVED)
    part.open({})
    assert [record.t for record in read_all(part)] == [1.6e9, 1.6e9 + 1, 1.6e9 + 2, 1.5e9, 1.5e9]
    part.close()


def test_a_held_last_record_of_an_open_topic_comes_after_a_moment(broker: KafkaServer, topic: Topic) -> None:
    name = topic()
    values = [b'{"time": 1600000000}', b'{"time": 1700000000}']
    produce(broker, name, [(None, value, 1_500_000_000_000) for value in values])
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name}, "events", BELIEVED)
    part.open({})
    assert [record.t for record in read_some(part, 2)] == [1.6e9, 1.7e9]
    part.close()
