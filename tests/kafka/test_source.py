"""The source on a real broker: what it reads, from where on, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewPartitions, NewTopic

from streamimb.connections import Record, Unavailable
from streamimb_connectors.kafka import source
from tests.kafka.conftest import Row, produce
from tests.kafka.kafka_server import KafkaServer

Topic = Callable[..., str]
QUICK = {"bootstrap_timeout_ms": 300, "request_timeout_ms": 5_000}


def rows(start: int, stop: int) -> list[Row]:
    return [(b"k%d" % i, b'{"id": "%d"}' % i, 1_500_000_000_000 + 1000 * i) for i in range(start, stop)]


def read_all(part: Any, limit_s: float = 20.0) -> list[Record]:
    """Of a closed source, everything."""
    read: list[Record] = []
    until = time.monotonic() + limit_s
    while part.waiting():
        read += part.poll(0.1)
        assert time.monotonic() < until, "a closed source did not end"
    return read


def read_some(part: Any, count: int, limit_s: float = 20.0) -> list[Record]:
    read: list[Record] = []
    until = time.monotonic() + limit_s
    while len(read) < count:
        read += part.poll(0.05)
        assert time.monotonic() < until, f"{len(read)} of {count} records"
    return read


def poll_until_raised(part: Any, kind: type[Exception], limit_s: float = 15.0) -> Exception:
    """What a poll ends with; being away is waited for, as the runner does."""
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        try:
            part.poll(0.1)
        except kind as error:
            return error
        except Unavailable:
            continue
    raise AssertionError(f"no {kind.__name__} within {limit_s} s")


def offsets(records: Sequence[Record]) -> list[int]:
    return [record.offset for record in records]


@pytest.mark.parametrize("codec", [None, "gzip", "lz4", "snappy", "zstd"])
def test_keys_values_and_times_come_through(broker: KafkaServer, topic: Topic, codec: str | None) -> None:
    name = topic()
    produce(broker, name, rows(0, 1200), compression_type=codec)
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name, "closed": True}, "events")
    part.open({})
    read = read_all(part)
    part.close()
    assert read == [
        Record(0, i, 1_500_000_000 + i, key, value) for i, (key, value, _) in enumerate(rows(0, 1200))
    ]


def test_empty_values_and_keys_are_none(broker: KafkaServer, topic: Topic) -> None:
    name = topic()
    produce(broker, name, [(b"k", None, 1000), (None, b"v", 2000)])
    part = source({"bootstrap_servers": [broker.bootstrap], "topic": name, "closed": True}, "events")
    part.open({})
    assert read_all(part) == [Record(0, 0, 1.0, b"k", None), Record(0, 1, 2.0, None, b"v")]
    part.close()


def test_goes_on_at_positions_and_reads_new_partitions_from_their_beginning(
    broker: KafkaServer, topic: Topic
) -> None:
    name = topic(partitions=3)
    for partition in range(3):
        produce(broker, name, rows(0, 50), partition)
    options = {"bootstrap_servers": broker.bootstrap, "topic": name, "closed": True, "max_poll_records": 20}
    part = source(options, "events")
    part.open({0: 40, 1: 50})
    assert list(part.waiting()) == [0, 2]
    part.close()
    part = source({**options, "closed": False, "start": "latest"}, "events")
    part.open({0: 40, 1: 50})
    read = read_some(part, 60)
    part.close()
    assert offsets([record for record in read if record.partition == 0]) == list(range(40, 50))
    assert offsets([record for record in read if record.partition == 2]) == list(range(50))
    assert len(read) == 60


def test_one_poll_brings_no_more_than_asked(broker: KafkaServer, topic: Topic) -> None:
    name = topic()
    produce(broker, name, rows(0, 300))
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name, "max_poll_records": 70}, "events")
    part.open({})
    until = time.monotonic() + 10
    counts: list[int] = []
    while sum(counts) < 300 and time.monotonic() < until:
        counts += [len(part.poll(0.0))]  # a poll that does not wait makes progress too
    part.close()
    assert max(counts) == 70
    assert sum(counts) == 300


def test_start_latest_brings_only_what_is_new(broker: KafkaServer, topic: Topic) -> None:
    name = topic()
    produce(broker, name, rows(0, 10))
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name, "start": "latest"}, "events")
    assert part.open({}) == {0: 10}  # a restart begins there too, whatever came meanwhile
    assert part.poll(0.2) == []
    produce(broker, name, rows(10, 13))
    assert offsets(read_some(part, 3)) == [10, 11, 12]
    assert list(part.waiting()) == [0]
    part.close()
    assert part.open({0: 10}) == {}
    assert offsets(read_some(part, 3)) == [10, 11, 12]
    part.close()


def test_a_closed_source_ends_where_the_topic_ended_at_the_start(broker: KafkaServer, topic: Topic) -> None:
    name, empty = topic(), topic("empty")
    produce(broker, name, rows(0, 30))
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name, "closed": True}, "events")
    part.open({})
    produce(broker, name, rows(30, 40))
    assert offsets(read_all(part)) == list(range(30))
    part.close()
    nothing = source({"bootstrap_servers": broker.bootstrap, "topic": empty, "closed": True}, "events")
    nothing.open({})
    assert list(nothing.waiting()) == []
    nothing.close()


def test_fault_72_aborted_transactions_are_not_read_and_their_marks_do_not_hold_the_end(
    broker: KafkaServer, topic: Topic
) -> None:
    name = topic()
    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, transactional_id=name)
    producer.init_transactions()
    for start, end in ((0, producer.commit_transaction), (10, producer.abort_transaction)):
        producer.begin_transaction()
        for key, value, t in rows(start, start + 10):
            producer.send(name, key=key, value=value, timestamp_ms=t)
        producer.flush()
        end()
    producer.close()
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name, "closed": True}, "events")
    part.open({})
    assert [record.key for record in read_all(part)] == [b"k%d" % i for i in range(10)]
    part.close()


def test_commit_is_for_lag_tools(broker: KafkaServer, topic: Topic) -> None:
    name = topic(partitions=2)
    produce(broker, name, rows(0, 20))
    options = {"bootstrap_servers": broker.bootstrap, "topic": name, "group_id": f"group-{name}"}
    part = source(options, "events")
    part.open({})
    read_some(part, 20)
    part.commit({0: 17, 1: 0})
    part.close()
    reader = KafkaConsumer(
        bootstrap_servers=broker.bootstrap, group_id=f"group-{name}", metrics_enabled=False
    )
    assert reader.committed(TopicPartition(name, 0)) == 17
    reader.close()
    again = source({**options, "closed": True}, "events")
    again.open({0: 5})  # what the group says is not asked
    assert offsets(read_all(again)) == list(range(5, 20))
    again.close()


@pytest.mark.parametrize("codec", ["lz4", "snappy", "zstd"])
def test_fault_07_a_codec_that_is_not_installed_is_said_at_the_start(
    broker: KafkaServer, topic: Topic, codec: str
) -> None:
    name = topic()
    produce(broker, name, rows(0, 5))
    produce(broker, name, rows(5, 99), compression_type=codec)
    program = (
        "import sys\n"
        "sys.modules.update({'lz4': None, 'lz4.frame': None, 'snappy': None, 'zstandard': None})\n"
        "from streamimb_connectors.kafka import source\n"
        "part = source({'bootstrap_servers': sys.argv[1], 'topic': sys.argv[2]}, 'events')\n"
        "try:\n"
        "    part.open({0: 2})\n"
        "except ValueError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, broker.bootstrap, name],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == (
        f"source 'events' (kafka): codec {codec} is not installed: pip install 'streamimb[kafka]'"
    ), done.stderr


def test_fault_07_the_checksum_is_not_done_without() -> None:
    program = "import sys; sys.modules['crc32c'] = None; import streamimb_connectors.kafka"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "crc32c is not installed): pip install 'streamimb[kafka]'" in done.stderr


def delete_before(broker: KafkaServer, topic: str, offset: int) -> None:
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.delete_records({TopicPartition(topic, 0): offset})
    admin.close()


def test_fault_66_a_position_no_longer_kept_fails_and_names_the_way_out(
    broker: KafkaServer, topic: Topic
) -> None:
    name = topic()
    produce(broker, name, rows(0, 100))
    delete_before(broker, name, 60)
    options = {"bootstrap_servers": broker.bootstrap, "topic": name}
    part = source(options, "events")
    with pytest.raises(
        ValueError, match=rf"partition 0 of topic '{name}': 20 records from offset 40 on are no"
    ) as said:
        part.open({0: 40})
    assert "out_of_range = 'earliest'" in str(said.value)
    with pytest.raises(
        ValueError, match="it ends at offset 100, before position 101: it is not the topic it was"
    ):
        part.open({0: 101})
    part.close()
    going_on = source({**options, "closed": True, "out_of_range": "earliest"}, "events")
    going_on.open({0: 40})
    assert offsets(read_all(going_on)) == list(range(60, 100))
    going_on.close()


def test_fault_66_falling_behind_what_is_kept_while_reading_is_not_alive_and_stuck(
    broker: KafkaServer, topic: Topic
) -> None:
    name = topic()
    produce(broker, name, rows(0, 10))
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name}, "events")
    part.open({})
    read_some(part, 10)
    partition = TopicPartition(name, 0)
    part._consumer.pause(partition)
    produce(broker, name, rows(10, 100))
    delete_before(broker, name, 60)
    part._consumer.resume(partition)
    error = poll_until_raised(part, ValueError)
    assert "50 records from offset 10 on are no longer kept" in str(error)
    part.close()


def test_fault_68_added_partitions_are_read_from_their_beginning(broker: KafkaServer, topic: Topic) -> None:
    name = topic()
    produce(broker, name, rows(0, 5))
    options = {"bootstrap_servers": broker.bootstrap, "topic": name, "metadata_max_age_ms": 500}
    part = source({**options, "start": "latest"}, "events")
    part.open({})
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.create_partitions({name: NewPartitions(2)})
    admin.close()
    time.sleep(0.2)
    produce(broker, name, rows(5, 9), partition=1)
    part._looked = 0.0
    read = read_some(part, 4)
    assert [(record.partition, record.offset) for record in read] == [(1, 0), (1, 1), (1, 2), (1, 3)]
    assert list(part.waiting()) == [0, 1]
    part.close()


def test_fault_68_a_topic_made_again_under_the_same_name_is_refused(
    broker: KafkaServer, topic: Topic
) -> None:
    name = topic()
    produce(broker, name, rows(0, 5))
    options = {"bootstrap_servers": broker.bootstrap, "topic": name, "metadata_max_age_ms": 300}
    part = source(options, "events")
    part.open({})
    read_some(part, 5)
    admin = KafkaAdminClient(bootstrap_servers=broker.bootstrap)
    admin.delete_topics([name])
    assert f"topic '{name}' is not there" in str(poll_until_raised(part, Unavailable))
    admin.create_topics([NewTopic(name, 1, 1)])
    admin.close()
    produce(broker, name, rows(0, 50))
    part._looked = 0.0
    assert "was deleted and made again" in str(poll_until_raised(part, ValueError))
    part.close()


def test_an_unknown_topic_is_a_typo(broker: KafkaServer, topic: Topic) -> None:
    name = topic("payments")
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name.replace("pay", "pai")}, "events")
    with pytest.raises(ValueError, match=f"does not exist: did you mean '{name}'"):
        part.open({})
    part.close()
    part = source({"bootstrap_servers": broker.bootstrap, "topic": name, "partitions": [0, 7]}, "events")
    with pytest.raises(ValueError, match="partitions has 7, but the topic has"):
        part.open({})
    part.close()


@pytest.mark.usefixtures("outage")
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_broker_that_is_not_there_is_unavailable_and_leaves_no_threads() -> None:
    before = threading.active_count()
    part = source({"bootstrap_servers": "127.0.0.1:1", "topic": "events", **QUICK}, "events")
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"source 'events' \(kafka\)"):
            part.open({})
        with pytest.raises(Unavailable):
            part.poll(0.1)
    part.close()
    assert threading.active_count() == before
