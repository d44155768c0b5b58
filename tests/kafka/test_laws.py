"""Kafka's source and sink × the laws of every source and sink, on a real broker."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from kafka import KafkaConsumer, TopicPartition

from streamimb import checks
from streamimb.checks.sinks import SinkLaw
from streamimb.checks.sources import SourceLaw
from streamimb_connectors.kafka import sink, source
from tests.kafka.conftest import create_topic, produce
from tests.kafka.kafka_server import KafkaServer

Topic = Callable[..., str]


@pytest.fixture(scope="module")
def content(broker: KafkaServer) -> str:
    """A topic of two partitions, for all laws: they change nothing."""
    name = create_topic(broker, "laws", partitions=2)
    produce(broker, name, [(b"k%d" % i, b'{"id": "%d"}' % i, 1_500_000_000_000 + i) for i in range(300)])
    return name


@pytest.mark.parametrize("law", checks.SOURCE_LAWS, ids=lambda law: law.__name__)
def test_source(broker: KafkaServer, content: str, law: SourceLaw) -> None:
    options = {"bootstrap_servers": broker.bootstrap, "topic": content, "closed": True}
    law(lambda: source(options, "events"))


@pytest.mark.parametrize("law", checks.SINK_LAWS, ids=lambda law: law.__name__)
def test_sink(broker: KafkaServer, topic: Topic, law: SinkLaw) -> None:
    name = topic("scores")
    partition = TopicPartition(name, 0)

    def arrived() -> list[bytes]:
        reader = KafkaConsumer(bootstrap_servers=broker.bootstrap, metrics_enabled=False)
        reader.assign([partition])
        reader.seek_to_beginning()
        end = reader.end_offsets([partition])[partition]
        read: list[bytes] = []
        until = time.monotonic() + 10
        while len(read) < end and time.monotonic() < until:
            read += [record.value for batch in reader.poll(200).values() for record in batch]
        reader.close()
        return read

    law(lambda: sink({"bootstrap_servers": broker.bootstrap, "topic": name}, "scores"), arrived)
